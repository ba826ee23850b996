"""The days of a wave. Pure: civil dates in, civil dates out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ballotbox.policy import CLOSES_AFTER_DAYS

DAY = timedelta(days=1)
ONE_WINDOW_DAYS = 31
"""A window of the plan no longer than this is one wave; a longer one is cut into quarters."""
LATE_DAYS = 14
"""How long after its window nights that were missed, and managers' decisions, may still send."""


@dataclass(frozen=True)
class Period:
    """The days on which a wave's invitations are sent. ``is_whole``: too few to be shown by anything.

    ``late``: how many of the last days are for those alone who should have been asked before.
    """

    label: str
    first: date
    last: date
    is_whole: bool = False
    late: int = 0

    @property
    def closes_on(self) -> date:
        """The last day on which a ballot counts."""
        return self.last + timedelta(days=CLOSES_AFTER_DAYS - self.late)


def quarter(on: date) -> Period:
    """The calendar quarter of a day."""
    number = (on.month - 1) // 3
    return Period(f"{on.year} Q{number + 1}", date(on.year, 3 * number + 1, 1), _end(on.year, 3 * number + 3))


def half(on: date) -> Period:
    """The half-year of a day; its figures are the whole company's."""
    second = on.month > 6
    first = date(on.year, 7 if second else 1, 1)
    return Period(
        f"{on.year} H{2 if second else 1}", first, _end(on.year, 12 if second else 6), is_whole=True
    )


def is_one_wave(window_days: int) -> bool:
    """Whether a window of so many days is short enough for one wave."""
    return window_days <= ONE_WINDOW_DAYS


def repeated(on: date, *, by_half: bool, window: tuple[date, date] | None = None) -> Period | None:
    """The wave that an invitation of this day belongs to, of a programme that is sent again and again.

    ``window``: of a calendar item; a short one is a wave of its own, and None outside of it.
    """
    if window is not None and is_one_wave((window[1] - window[0]).days + 1):
        period = Period(str(window[0].year), window[0], window[1] + timedelta(days=LATE_DAYS), late=LATE_DAYS)
        return period if period.first <= on <= period.last else None
    return half(on) if by_half else quarter(on)


def following(period: Period, *, by_half: bool) -> Period:
    """The quarter or half-year after this one."""
    on = period.last + DAY
    return half(on) if by_half else quarter(on)


def _end(year: int, month: int) -> date:
    return (date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)) - DAY
