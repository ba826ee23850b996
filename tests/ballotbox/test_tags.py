"""Tags of a day: a second ballot is refused until the day ends, and then nobody knows whose a tag was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from ballotbox.box.tags import DayTags

WAVE, OTHER = uuid4(), uuid4()
MARK = b"m" * 16


class Day:
    """A clock, and an alarm that rings when the test says so."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
        self.alarms: list[tuple[float, Callable[[], None]]] = []
        self.tags = DayTags(lambda: self.moment, lambda seconds, do: self.alarms.append((seconds, do)))


def test_the_same_invitation_has_one_tag_until_the_day_ends() -> None:
    day = Day()
    first = day.tags.tag(WAVE, MARK)
    day.moment += timedelta(minutes=89)
    assert day.tags.tag(WAVE, MARK) == first
    assert len(first) == 16
    day.moment += timedelta(minutes=1)
    assert day.tags.tag(WAVE, MARK) != first


def test_marks_and_waves_have_tags_of_their_own() -> None:
    tags = Day().tags
    assert len({tags.tag(WAVE, MARK), tags.tag(OTHER, MARK), tags.tag(WAVE, b"n" * 16)}) == 3


def test_two_boxes_share_nothing() -> None:
    assert Day().tags.tag(WAVE, MARK) != Day().tags.tag(WAVE, MARK)


def test_the_key_goes_with_its_day_although_nobody_answers_any_more() -> None:
    day = Day()
    day.tags.tag(WAVE, MARK)
    place, before = day.tags._key, bytes(day.tags._key)
    ((seconds, wake),) = day.alarms
    assert seconds == 60  # a timer does not count the time its machine sleeps
    day.moment += timedelta(seconds=seconds)
    wake()
    assert bytes(place) == before
    day.moment += timedelta(hours=1, minutes=28, seconds=30)
    wake()
    assert bytes(place) == before
    assert day.alarms[-1][0] == 30  # the day ends
    day.moment += timedelta(seconds=30)
    wake()
    assert day.tags._key is place  # the bytes themselves were overwritten
    assert bytes(place) not in (before, bytes(32))
    assert day.alarms[-1][0] == 60  # and it wakes again tomorrow
    assert len(day.alarms) == 4


def test_whoever_finds_the_new_day_first_it_is_woken_once_a_minute() -> None:
    day = Day()
    day.tags.tag(WAVE, MARK)
    day.moment += timedelta(days=1)
    day.tags.tag(WAVE, MARK)
    assert len(day.alarms) == 1
    day.alarms[0][1]()
    assert len(day.alarms) == 2
