"""Of several ballots of one invitation the first counts; a wave with more of them than mails stays shut."""

from datetime import date
from uuid import UUID

import psycopg2
import pytest

from ballotbox import database, sealing, tally
from tests.ballotbox.test_tally import AFTER_NEXT, ENOUGH, NEXT, released
from tests.ballotbox.waves import cast, close, counter, marked, open_wave, public_key, put, settle, state
from tests.ballots import Ballots

# -- One ballot of an invitation --------------------------------------------------------------------------


def test_of_several_ballots_of_an_invitation_the_first_one_counts(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    key, mark = public_key(ballots, wave), "ab" * 16
    for day, score, said in ((9, 2, "too late"), (3, 9, "in time"), (4, 0, "second thoughts")):
        answers = {"recommend": score, "change": said}
        put(ballots, wave, sealing.seal(key, wave, marked(answers, mark=mark, day=day)))
    close(ballots, wave, mailed=13)
    settle(ballots)
    assert released(ballots)[0][:2] == (13, 0)
    texts = {text for (text,) in ballots.rows("SELECT text FROM comment")}
    assert texts & {"too late", "in time", "second thoughts"} == {"in time"}


def test_of_one_day_the_ballot_that_lies_first_counts(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    key = public_key(ballots, wave)
    for said in ("in time", "second thoughts"):  # the box was started anew between them
        answers = {"recommend": 9, "change": said}
        put(ballots, wave, sealing.seal(key, wave, marked(answers, mark="ab" * 16, day=3)))
    close(ballots, wave)
    settle(ballots)
    texts = {text for (text,) in ballots.rows("SELECT text FROM comment")}
    assert "in time" in texts
    assert "second thoughts" not in texts


# -- More ballots than mails ------------------------------------------------------------------------------


def how_it_stands(ballots: Ballots, wave: UUID) -> tuple[object, ...]:
    return ballots.rows("SELECT state, held_for, next_release FROM wave WHERE id = %s", str(wave))[0]


@pytest.mark.parametrize(("mailed", "stands"), [(12, "released"), (11, "held")])
def test_a_wave_with_more_ballots_than_mails_is_held(ballots: Ballots, mailed: int, stands: str) -> None:
    wave = open_wave(ballots)
    open_wave(ballots, closes=NEXT, label="2025 Q4")
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave, {"": 5}, mailed=mailed)  # most of those 12 mails came back, later
    settle(ballots)
    assert state(ballots, wave) == stands
    assert len(released(ballots)) == (stands == "released")
    if stands == "held":
        assert how_it_stands(ballots, wave) == ("held", "surplus", None)


def test_ballots_of_one_invitation_are_no_surplus(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    key = public_key(ballots, wave)
    for day in range(5):
        put(ballots, wave, sealing.seal(key, wave, marked(ENOUGH[0], mark="ab" * 16, day=day)))
    close(ballots, wave, mailed=13)
    settle(ballots)
    assert state(ballots, wave) == "released"


def test_a_surplus_is_never_let_out_with_others_and_holds_nobody_up(ballots: Ballots) -> None:
    first, second = open_wave(ballots), open_wave(ballots, closes=NEXT, label="2025 Q4")
    third = open_wave(ballots, closes=date(2026, 4, 28), label="2026 Q1")
    cast(ballots, first, *ENOUGH[:5])
    close(ballots, first)
    settle(ballots)
    assert how_it_stands(ballots, first) == ("held", "few", AFTER_NEXT)
    cast(ballots, second, *ENOUGH)
    close(ballots, second, mailed=3)
    settle(ballots, AFTER_NEXT)
    assert how_it_stands(ballots, second) == ("held", "surplus", None)
    assert how_it_stands(ballots, first) == ("held", "few", date(2026, 4, 29))
    assert released(ballots) == []
    cast(ballots, third, *ENOUGH[:6])
    close(ballots, third)
    settle(ballots, date(2026, 4, 29))
    assert [row[0] for row in released(ballots)] == [11]
    assert [state(ballots, each) for each in (first, second, third)] == ["released", "held", "released"]
    tally.destroy_expired(counter(ballots), date(2027, 2, 1), today=date(2027, 2, 1))
    assert state(ballots, second) == "destroyed"


def test_a_surplus_cannot_be_talked_away(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave, mailed=1)
    settle(ballots)
    for change in (
        "mailed = 500",
        "held_for = NULL",
        "held_for = 'few'",
        "state = 'released', settled_on = now()",
    ):
        with pytest.raises(psycopg2.Error), database.connected(ballots.tally_url) as cursor:
            cursor.execute(f"UPDATE wave SET {change}")


def test_a_wave_that_was_told_before_mails_were_counted_is_settled_without_them(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    close(ballots, wave)
    with database.connected(ballots.results_url) as cursor:
        cursor.execute("UPDATE wave SET mailed = NULL")
    settle(ballots)
    assert state(ballots, wave) == "released"


# -- From before there were marks ---------------------------------------------------------------------------


def from_before(ballots: Ballots, wave: UUID) -> None:
    """As the wave stands after the upgrade, when it was there before."""
    with database.connected(ballots.tally_url) as cursor:
        cursor.execute("UPDATE wave SET unmarked = true WHERE id = %s", [str(wave)])


def cast_unmarked(ballots: Ballots, wave: UUID, *said: dict[str, object], tag: bytes = b"") -> None:
    """As the box sealed them then."""
    key = public_key(ballots, wave)
    put(ballots, wave, *(sealing.seal(key, wave, {"answers": each, "codes": {}}) for each in said), tag=tag)


def test_an_upgrade_knows_the_waves_it_finds_from_those_that_come(ballots: Ballots) -> None:
    before = open_wave(ballots)
    with database.connected(ballots.tally_url) as cursor:
        cursor.execute("ALTER TABLE wave DROP COLUMN unmarked")
    roles = [str(database.words(url)["user"]) for url in (ballots.box_url, ballots.results_url)]
    for _ in range(2):
        database.prepare(ballots.tally_url, box_role=roles[0], results_role=roles[1])
    after = open_wave(ballots, closes=NEXT, label="2025 Q4")
    found = dict(ballots.rows("SELECT id::text, unmarked FROM wave"))
    assert found == {str(before): True, str(after): False}


def test_ballots_from_before_the_upgrade_count_beside_those_after_it(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    from_before(ballots, wave)
    cast_unmarked(ballots, wave, *ENOUGH[:7])
    cast(ballots, wave, *ENOUGH[7:])
    close(ballots, wave, mailed=12)
    settle(ballots)
    assert released(ballots)[0][:2] == (12, 0)


def test_half_a_mark_is_none_whatever_the_wave(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    from_before(ballots, wave)
    cast(ballots, wave, *ENOUGH)
    key = public_key(ballots, wave)
    for damaged in ({"mark": "ab" * 16}, {"day": 3}, {"mark": None, "day": None}):
        said = {"answers": ENOUGH[0], "codes": {}} | damaged
        put(ballots, wave, sealing.seal(key, wave, said))
    close(ballots, wave)
    settle(ballots)
    assert released(ballots)[0][:2] == (12, 3)


def test_without_a_mark_nothing_counts_in_a_wave_that_began_with_them(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH)
    cast_unmarked(ballots, wave, ENOUGH[0])
    close(ballots, wave)
    settle(ballots)
    assert released(ballots)[0][:2] == (12, 1)


@pytest.mark.parametrize("mailed", [100, 1])
def test_a_held_wave_forgets_the_tags_of_links_and_still_counts_its_ballots(
    ballots: Ballots, mailed: int
) -> None:
    wave = open_wave(ballots)
    second = open_wave(ballots, closes=NEXT, label="2025 Q4")
    from_before(ballots, wave)
    for n, each in enumerate(ENOUGH[:5]):
        cast_unmarked(ballots, wave, each, tag=bytes([n]) * 16)
    close(ballots, wave, mailed=mailed)
    settle(ballots)
    tags = {bytes(tag) for (tag,) in ballots.rows("SELECT tag FROM ballot WHERE wave = %s", str(wave))}
    assert len(tags) == 5
    assert not tags & {bytes([n]) * 16 for n in range(5)}
    cast(ballots, second, *ENOUGH)
    close(ballots, second)
    settle(ballots, AFTER_NEXT)
    assert [row[0] for row in released(ballots)] == [17 if mailed == 100 else 12]
