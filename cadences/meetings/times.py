"""Wall times at a place and the instants they are, also where clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from users.clock import zone


class SkippedTimeError(ValueError):
    """On that day clocks jump over that time: nobody can meet then."""


def instant(on: date, at: time, zone_name: str) -> datetime:
    """The moment at which clocks there show it; the first of two where they are set back (RFC 5545).

    Raises SkippedTimeError where they never do.
    """
    wall = datetime.combine(on, at)
    moment = wall.replace(tzinfo=zone(zone_name)).astimezone(UTC)
    if moment.astimezone(zone(zone_name)).replace(tzinfo=None) != wall:
        raise SkippedTimeError
    return moment
