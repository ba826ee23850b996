"""The tally at work: prepares, lets out, holds, destroys; a wave is whole or untouched, whatever happens."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import psycopg2
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from ballotbox import keyfiles, sealing, tally
from ballotbox.keyfiles import KeyFiles
from ballotbox.questionnaire import Questionnaire
from ballotbox.tally_app import app
from tests.ballotbox.waves import (
    AFTER,
    CLOSES,
    cast,
    close,
    counter,
    marked,
    open_wave,
    plan,
    public_key,
    put,
    settle,
    snapshot,
    state,
)
from tests.ballots import Ballots, questionnaire

ROOT = Path(__file__).resolve().parent.parent.parent
ENOUGH = [{"recommend": n % 11, "change": f"text number {'abcdefghijkl'[n]}"} for n in range(12)]
NEXT, AFTER_NEXT = date(2026, 1, 28), date(2026, 1, 29)


def released(ballots: Ballots) -> list[tuple[object, ...]]:
    return ballots.rows("SELECT ballots, invalid, invited, response, label, keys_destroyed_on FROM release")


def n_of(ballots: Ballots, cell: str = "") -> int:
    rows = ballots.rows(
        "SELECT amount FROM figure WHERE cell = %s AND question = 'recommend' AND measure = 'n'", cell
    )
    return int(rows[0][0])


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


# -- When something is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["missing", "another"])
def test_without_the_right_key_a_wave_is_left_alone_and_the_others_go_on(
    ballots: Ballots, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = open_wave(ballots), open_wave(ballots, programme="yearly-2")
    for wave in (bad, good):
        cast(ballots, wave, *ENOUGH)
        close(ballots, wave)
    keys = KeyFiles(ballots.tally_keys)
    private = keys.read(keyfiles.private_key(bad))
    keys.destroy(keyfiles.private_key(bad))
    if wrong == "another":
        keys.make(keyfiles.private_key(bad), sealing.new_private_key())
    before = ballots.rows("SELECT wave::text FROM wave WHERE id = %s", str(bad))
    with pytest.raises(tally.TallyError, match=str(bad)):
        settle(ballots)
    assert str(bad) in caplog.text
    assert state(ballots, good) == "released"
    assert ballots.rows("SELECT wave::text FROM wave WHERE id = %s", str(bad)) == before
    assert ballots.count() == 12
    keys.destroy(keyfiles.private_key(bad))
    keys.make(keyfiles.private_key(bad), private)  # the trustee's copy
    settle(ballots)
    assert state(ballots, bad) == "released"


def test_a_held_wave_whose_key_is_lost_does_not_stop_the_next(ballots: Ballots) -> None:
    first, following = open_wave(ballots), open_wave(ballots, closes=NEXT, label="2025 Q4")
    cast(ballots, first, *ENOUGH[:3])
    close(ballots, first)
    settle(ballots)
    KeyFiles(ballots.tally_keys).destroy(keyfiles.private_key(first))
    cast(ballots, following, *ENOUGH)
    close(ballots, following)
    with pytest.raises(tally.TallyError, match=str(first)):
        settle(ballots, on=AFTER_NEXT)
    assert (state(ballots, first), state(ballots, following)) == ("held", "released")
    assert [row[0] for row in released(ballots)] == [12]


STEPS = ("opened", "half written", "written", "committed", "keys destroyed")
CRASH = """
import os, signal, sys
from datetime import date
from ballotbox import tally
from dataclasses import replace
def die(step):
    if step == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
day = date.fromisoformat(sys.argv[2])
tally.settle(replace(tally.Tally.from_environment(), step=die), day, today=day)
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_a_wave_whole_or_untouched(ballots: Ballots, step: str) -> None:
    """T18. ``kill -9`` of the real process; the next run ends what was begun and makes no second release."""
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave)
    before = snapshot(ballots)
    done = subprocess.run(
        [sys.executable, "-c", CRASH, step, AFTER.isoformat()], cwd=ROOT, check=False,
        capture_output=True, text=True,
        env={**os.environ, "BALLOTS_TALLY_URL": ballots.tally_url, "TALLY_KEYS": str(ballots.tally_keys)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    if step in {"opened", "half written", "written"}:
        assert snapshot(ballots) == before
    else:
        assert state(ballots, wave) == "released"
        assert released(ballots)[0][-1] is None  # not yet written down that the key is gone
    settle(ballots)
    assert [(row[0], row[-1]) for row in released(ballots)] == [(12, AFTER)]
    assert ballots.rows("SELECT state, keys_destroyed_on FROM wave") == [("released", AFTER)]
    assert list(KeyFiles(ballots.tally_keys).names()) == []


def test_a_ballot_that_comes_while_the_tally_counts_is_refused_not_lost(ballots: Ballots) -> None:
    """Whoever saw the thank-you page is counted: the place for ballots is locked before it is read."""
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave)
    seen: list[str] = []

    def vote(step: str) -> None:
        if step != "opened":
            return
        connection = psycopg2.connect(**tally.database.words(ballots.box_url))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
                cursor.execute(
                    "INSERT INTO ballot VALUES (%s, %s, %s)",
                    [str(wave), os.urandom(16), b"x" * sealing.SEALED_BYTES],
                )
        except psycopg2.errors.LockNotAvailable:
            seen.append("waits")
        finally:
            connection.close()

    settle(ballots, step=vote)
    assert seen == ["waits"]
    with pytest.raises(psycopg2.errors.CheckViolation, match="no partition"):
        put(ballots, wave, b"x" * sealing.SEALED_BYTES)


def test_questions_that_changed_are_not_mixed(ballots: Ballots) -> None:
    older = questionnaire()
    data = older.to_json()
    for question in data["questions"]:
        if question["key"] == "reason":
            question["options"] = [
                *question["options"],
                {"key": "speed", "label": {"en": "Speed", "de": "Tempo"}},
            ]
    newer = Questionnaire.from_json(data)
    first = open_wave(ballots, asked=older)
    following = open_wave(ballots, asked=newer, closes=NEXT, label="2025 Q4")
    cast(ballots, first, *[{"recommend": 10, "reason": "price"}] * 5)
    close(ballots, first)
    settle(ballots)
    cast(ballots, following, *[{"recommend": 5, "reason": "speed"}, {"recommend": 8, "reason": "advice"}] * 5)
    close(ballots, following)
    settle(ballots, on=AFTER_NEXT)
    counts = dict(ballots.rows("SELECT question, amount FROM figure WHERE measure = 'n' AND cell = ''"))
    assert (counts["recommend"], counts["reason"]) == (15, 10)


def test_ids_are_random_and_rows_say_no_time(ballots: Ballots) -> None:
    """T7 for tables: no moment finer than a day, no sequence, no key into another database."""
    columns = ballots.rows(
        "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    assert not [each for each in columns if "time" in each[2] or "nextval" in (each[3] or "")]
    assert {each[1] for each in columns if each[0] == "ballot"} == {"wave", "tag", "sealed"}
    assert ballots.rows("SELECT count(*) FROM pg_sequences") == [(0,)]


def test_the_tally_knows_no_other_tasks() -> None:
    """In a process of its own, as it runs: here the application's tasks are loaded too."""
    ask = "from ballotbox.tally_app import app; app.finalize(); print(*app.tasks)"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT)
    assert {name for name in said.stdout.split() if not name.startswith("celery.")} == {
        "ballotbox.prepare_wave", "ballotbox.settle", "ballotbox.destroy_expired",
    }  # fmt: skip


def test_tasks_reach_the_tally_by_name(ballots: Ballots) -> None:
    wave = plan(ballots)
    app.tasks["ballotbox.prepare_wave"].apply(args=[str(wave)], throw=True)
    assert state(ballots, wave) == "ready"
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave)
    app.tasks["ballotbox.settle"].apply(args=["2025-10-29"], throw=True)
    app.tasks["ballotbox.destroy_expired"].apply(args=["2025-10-29"], throw=True)
    assert state(ballots, wave) == "released"
    assert app.conf.task_ignore_result
    assert not app.conf.worker_send_task_events


# -- What somebody sealed by hand -------------------------------------------------------------------------


def _sealed(ballots: Ballots, wave: UUID, plain: bytes) -> bytes:
    """Anything at all, sealed as the box seals a ballot."""
    padded = (len(plain).to_bytes(2, "big") + plain).ljust(sealing.PLAIN_BYTES, b"\0")
    key = X25519PublicKey.from_public_bytes(public_key(ballots, wave))
    return sealing.SUITE.encrypt(padded, key, info=sealing._info(wave))


MARKED = b'{"mark": "' + b"0" * 32 + b'", "day": 1, '  # as it should be, and then
HOSTILE = {
    "NUL": MARKED + rb'"answers": {"recommend": 9, "change": "a\u0000b"}}',
    "half a pair": MARKED + rb'"answers": {"recommend": 9, "change": "a\ud800b"}}',
    "control sign": MARKED + rb'"answers": {"recommend": 9, "change": "a\u001bb"}}',
    "half a pair as a choice": MARKED + rb'"answers": {"recommend": 9, "reason": "\ud800"}}',
    "half a pair as a key": MARKED + rb'"answers": {"recommend": 9, "\ud800": 1}}',
    "deep": MARKED + b'"answers":' + b"[" * 4000,
    "no text": b"\xff\xfe\xfd",
    "a long number": MARKED + b'"answers": {"recommend": ' + b"9" * 3980 + b"}}",
    "no number": MARKED + b'"answers": {"recommend": NaN}}',
    "a list": b"[]",
    "lists as answers": MARKED + b'"answers": {"recommend": [[]], "reason": {}}}',
    "codes": MARKED + b'"answers": {"recommend": 9}, "codes": {"tier": [1]}}',
    "no mark": b'{"answers": {"recommend": 9}, "day": 1}',
    "a mark that is none": b'{"answers": {"recommend": 9}, "day": 1, "mark": ["x"]}',
    "no day": b'{"answers": {"recommend": 9}, "mark": "' + b"1" * 32 + b'"}',
    "a day before the first": b'{"answers": {"recommend": 9}, "day": -1, "mark": "' + b"1" * 32 + b'"}',
    "a day that is none": b'{"answers": {"recommend": 9}, "day": true, "mark": "' + b"1" * 32 + b'"}',
}


@pytest.mark.parametrize("plain", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_ballot_does_not_count_and_stops_nothing(ballots: Ballots, plain: bytes) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    put(ballots, wave, _sealed(ballots, wave, plain))
    close(ballots, wave)
    settle(ballots)
    assert state(ballots, wave) == "released"
    assert released(ballots)[0][:2] == (12, 1)
    assert ballots.rows("SELECT count(*) FROM comment") == [(12,)]


def test_one_wave_that_fails_stops_no_other(
    ballots: Ballots, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = open_wave(ballots), open_wave(ballots, programme="other-1", closes=CLOSES)
    for wave in (bad, good):
        cast(ballots, wave, *ENOUGH)
        close(ballots, wave)
    read = tally._frame

    def fail(cursor: object, waves: list[tally.Wave]) -> object:
        if waves[-1].id == bad:
            raise KeyError("what stood in a ballot")
        return read(cursor, waves)

    monkeypatch.setattr(tally, "_frame", fail)
    with pytest.raises(tally.TallyError, match=f"{bad}: KeyError"):
        settle(ballots)
    assert (state(ballots, bad), state(ballots, good)) == ("ready", "released")
    assert "what stood in a ballot" not in caplog.text
    assert not KeyFiles(ballots.tally_keys).has(keyfiles.private_key(good))


@pytest.mark.parametrize(("now", "comes"), [("09:59", False), ("10:00", True)])
def test_a_day_begins_at_utc_plus_14(ballots: Ballots, now: str, comes: bool) -> None:
    with time_machine.travel(f"2025-10-28T{now}:00+00:00", tick=False):
        if comes:
            tally.settle(counter(ballots), AFTER)
            return
        with pytest.raises(tally.TallyError, match="has not come"):
            tally.settle(counter(ballots), AFTER)
