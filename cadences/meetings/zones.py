"""VTIMEZONE: how calendars that know no zone by name compute the instants of ours.

icalendar can make one, but dates the spring change by the clock after it (7.3); RFC 5545 counts onsets by the
clock before it, and a meeting in that hour would be an hour off.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from users.clock import zone

STEP = timedelta(days=7)
"""No zone has changed its clocks twice within a week since there are zones; Ramadan's pause is four."""


@lru_cache(maxsize=64)
def vtimezone(name: str, first: date, last: date) -> Timezone:
    """The zone with every change of its clocks between the two days."""
    there = zone(name)
    made = Timezone()
    made.add("tzid", name)
    start = datetime.combine(first, datetime.min.time(), tzinfo=UTC)
    made.add_component(_phase(there, start, start))
    for moment in _changes(there, start, datetime.combine(last, datetime.min.time(), tzinfo=UTC)):
        made.add_component(_phase(there, moment - timedelta(seconds=1), moment))
    return made


def _phase(there: ZoneInfo, before: datetime, moment: datetime) -> TimezoneStandard | TimezoneDaylight:
    """What clocks show from ``moment`` on."""
    after = moment.astimezone(there)
    phase = TimezoneDaylight() if after.dst() else TimezoneStandard()
    offset_before = before.astimezone(there).utcoffset() or timedelta(0)
    # the onset by the clock that is about to be changed
    phase.add("dtstart", moment.replace(tzinfo=None) + offset_before)
    phase.add("tzoffsetfrom", offset_before)
    phase.add("tzoffsetto", after.utcoffset())
    phase.add("tzname", after.tzname())
    return phase


def _changes(there: ZoneInfo, first: datetime, last: datetime) -> list[datetime]:
    """The moments at which the clocks there change, to the second."""
    found = []
    at = first
    while at < last:
        following = min(at + STEP, last)
        if _shown(there, at) != _shown(there, following):
            found.append(_bisect(there, at, following))
        at = following
    return found


def _bisect(there: ZoneInfo, low: datetime, high: datetime) -> datetime:
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if _shown(there, middle) == _shown(there, low):
            low = middle
        else:
            high = middle
    return high


def _shown(there: ZoneInfo, moment: datetime) -> tuple[timedelta | None, str | None]:
    here = moment.astimezone(there)
    return here.utcoffset(), here.tzname()
