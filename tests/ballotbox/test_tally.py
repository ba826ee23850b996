"""The tally at work: prepares, lets out, holds, destroys; a wave is whole or untouched, whatever happens."""

import os
from datetime import date
from uuid import uuid4

import pytest

from ballotbox import keyfiles, sealing, tally
from ballotbox.keyfiles import KeyFiles
from tests.ballotbox.waves import (
    AFTER,
    AFTER_NEXT,
    CLOSES,
    ENOUGH,
    NEXT,
    cast,
    close,
    counter,
    marked,
    n_of,
    open_wave,
    plan,
    put,
    released,
    settle,
    snapshot,
    state,
)
from tests.ballots import Ballots

# -- Before -----------------------------------------------------------------------------------------------


def test_a_wave_gets_its_key_once(ballots: Ballots) -> None:
    wave = plan(ballots)
    tally.prepare_wave(counter(ballots), wave)
    private = counter(ballots).keys.read(keyfiles.private_key(wave))
    assert ballots.rows("SELECT state, trustee_copy FROM wave") == [("ready", False)]
    tally.prepare_wave(counter(ballots), wave)
    assert counter(ballots).keys.read(keyfiles.private_key(wave)) == private
    (key,) = ballots.rows("SELECT public_key FROM wave")[0]
    assert bytes(key) == sealing.public_key_of(private)
    cast(ballots, wave, ENOUGH[0])
    assert ballots.count() == 1


def test_a_crash_while_the_key_is_made_leaves_one_key(ballots: Ballots) -> None:
    wave = plan(ballots)

    def die(step: str) -> None:
        raise RuntimeError(step)

    with pytest.raises(RuntimeError):
        tally.prepare_wave(counter(ballots, step=die), wave)
    assert state(ballots, wave) == "planned"
    private = counter(ballots).keys.read(keyfiles.private_key(wave))
    tally.prepare_wave(counter(ballots), wave)
    assert counter(ballots).keys.read(keyfiles.private_key(wave)) == private
    assert state(ballots, wave) == "ready"


def test_a_trustee_can_bring_a_lost_key_back(ballots: Ballots) -> None:
    trustee = sealing.new_private_key()
    wave = plan(ballots)
    mine = counter(ballots, trustee=sealing.public_key_of(trustee))
    tally.prepare_wave(mine, wave)
    assert ballots.rows("SELECT trustee_copy FROM wave") == [(True,)]
    private = mine.keys.read(keyfiles.private_key(wave))
    copy = mine.keys.read(keyfiles.key_copy(wave))
    assert private not in copy
    assert sealing.unseal_key(trustee, wave, copy) == private
    with pytest.raises(sealing.SealError):
        sealing.unseal_key(sealing.new_private_key(), wave, copy)
    with pytest.raises(sealing.SealError):
        sealing.unseal_key(trustee, uuid4(), copy)


def test_a_wave_that_is_not_there_is_refused(ballots: Ballots) -> None:
    with pytest.raises(tally.TallyError, match="no wave"):
        tally.prepare_wave(counter(ballots), uuid4())


# -- Settled ----------------------------------------------------------------------------------------------


def test_a_closed_wave_is_let_out_and_forgotten(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH, tier="Large")
    close(ballots, wave, {"": 30, "tier:Large": 30}, ["letter", "abc"])
    settle(ballots)
    assert released(ballots) == [(12, 0, 30, 40, "2025 Q3", AFTER)]
    assert n_of(ballots) == n_of(ballots, "tier:Large") == 12
    texts = {text for (text,) in ballots.rows("SELECT text FROM comment WHERE question = 'change'")}
    assert texts == {f"text number {letter}" for letter in "abcdefghijkl"}
    assert ballots.rows("SELECT state, settled_on, keys_destroyed_on FROM wave") == [
        ("released", AFTER, AFTER)
    ]
    assert list(KeyFiles(ballots.tally_keys).names()) == []
    assert ballots.count() == 0
    assert ballots.rows("SELECT * FROM redaction") == []
    before = snapshot(ballots)
    settle(ballots)
    assert snapshot(ballots) == before  # again: no second release


def test_comments_lose_the_names_of_the_crm(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    said = "Mr Müller of Acme was late, call 0171/2345678 or me@acme.example"
    cast(ballots, wave, *[{"recommend": 7 + n % 4, "change": said} for n in range(10)])
    close(ballots, wave, {"": 30}, ["Müller", "acme"])
    settle(ballots)
    assert set(ballots.rows("SELECT text FROM comment")) == {("Mr […] of […] was late, call […] or […]",)}


def test_before_its_last_day_is_over_nothing_is_opened(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave)
    settle(ballots, on=CLOSES)
    assert state(ballots, wave) == "ready"
    assert ballots.count() == 12


def test_nobody_closes_a_wave_early_by_ringing_with_a_later_day(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave)
    with pytest.raises(tally.TallyError, match="has not come"):
        tally.settle(counter(ballots), AFTER, today=date(2025, 10, 27))
    with pytest.raises(tally.TallyError, match="has not come"):
        tally.destroy_expired(counter(ballots), date(2028, 1, 1), today=AFTER)
    assert state(ballots, wave) == "ready"


def test_a_wave_waits_for_the_words_that_comments_may_not_show(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    settle(ballots)
    assert state(ballots, wave) == "ready"
    close(ballots, wave)
    settle(ballots)
    assert state(ballots, wave) == "released"


def test_what_is_no_ballot_is_counted_and_left_out(ballots: Ballots) -> None:
    wave, other = open_wave(ballots), open_wave(ballots, programme="yearly-2")
    cast(ballots, wave, *ENOUGH)
    cast(
        ballots,
        wave,
        {"change": "without the required answer"},
        {"recommend": 11},
        {"recommend": True},
        {"x": 1},
    )
    put(ballots, wave, os.urandom(sealing.SEALED_BYTES))
    private = counter(ballots).keys.read(keyfiles.private_key(other))
    moved = sealing.seal(sealing.public_key_of(private), other, marked(ENOUGH[0]))
    put(ballots, wave, moved)  # of another wave
    key = sealing.public_key_of(counter(ballots).keys.read(keyfiles.private_key(wave)))
    put(ballots, wave, sealing.seal(key, wave, marked(ENOUGH[0], {"tier": 5})))
    put(ballots, wave, sealing.seal(key, wave, marked(["recommend"])))
    close(ballots, wave)
    settle(ballots)
    assert [row[:2] for row in released(ballots)] == [(12, 8)]
    assert n_of(ballots) == 12


# -- Held -------------------------------------------------------------------------------------------------


def test_too_few_are_held_and_let_out_with_the_next_wave(ballots: Ballots) -> None:
    first = open_wave(ballots)
    following = open_wave(ballots, closes=NEXT, label="2025 Q4")
    cast(ballots, first, *ENOUGH[:5])
    close(ballots, first, {"": 20})
    settle(ballots)
    assert ballots.rows("SELECT state, next_release FROM wave WHERE id = %s", str(first)) == [
        ("held", AFTER_NEXT)
    ]
    assert released(ballots) == []
    assert ballots.count() == 5
    cast(ballots, following, *ENOUGH[5:9])
    close(ballots, following, {"": 20})
    settle(ballots, on=AFTER_NEXT)
    assert released(ballots) == [(9, 0, 40, 25, "2025 Q3 + 2025 Q4", AFTER_NEXT)]
    assert n_of(ballots) == 9
    assert {state(ballots, first), state(ballots, following)} == {"released"}
    assert list(KeyFiles(ballots.tally_keys).names()) == []


def test_other_programmes_are_not_mixed(ballots: Ballots) -> None:
    first, other = open_wave(ballots), open_wave(ballots, programme="yearly-2", closes=NEXT)
    for wave in (first, other):
        cast(ballots, wave, *ENOUGH[:5])
        close(ballots, wave)
    settle(ballots, on=AFTER_NEXT)
    assert (state(ballots, first), state(ballots, other)) == ("held", "held")
    assert ballots.rows("SELECT DISTINCT next_release FROM wave") == [(None,)]


def test_two_that_close_after_a_missed_night_are_let_out_together(ballots: Ballots) -> None:
    waves = [open_wave(ballots), open_wave(ballots, closes=NEXT, label="2025 Q4")]
    for wave in waves:
        cast(ballots, wave, *ENOUGH[:5])
        close(ballots, wave)
    settle(ballots, on=AFTER_NEXT)
    assert [row[0] for row in released(ballots)] == [10]


def test_what_is_held_for_a_year_is_destroyed_unread(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH[:5])
    close(ballots, wave, names=["acme"])
    settle(ballots)
    expired = date(2026, 10, 28)
    tally.destroy_expired(counter(ballots), date(2026, 10, 27), today=expired)
    assert state(ballots, wave) == "held"
    tally.destroy_expired(counter(ballots), expired, today=expired)
    assert ballots.rows("SELECT state, settled_on, keys_destroyed_on FROM wave") == [
        ("destroyed", expired, expired)
    ]
    assert ballots.count() == 0
    assert released(ballots) == []
    assert ballots.rows("SELECT * FROM redaction") == []
    assert list(KeyFiles(ballots.tally_keys).names()) == []
