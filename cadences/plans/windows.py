"""Windows of calendar items: days of a cycle in the plan, dates of the year for people.

A window lies in every cycle alike, so it must fit the shortest one. Dates are those of a common year; in
leap years what lies after February comes a day earlier.
"""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
SHORTEST = {"year": 365, "half": 181, "quarter": 90, "month": 28}
COMMON_YEAR = 2023


def days_in(month: int) -> int:
    """Length of a month of a common year."""
    first = date(COMMON_YEAR, month, 1)
    return ((first + timedelta(days=31)).replace(day=1) - first).days


def offset_of(month: int, day: int) -> int:
    """Days from 1 January to that day; raises ValueError for a day that a common year has not."""
    return (date(COMMON_YEAR, month, day) - date(COMMON_YEAR, 1, 1)).days


def day_at(offset: int, first_month: int = 1) -> date:
    """The day that many days after the first day of a month, in a common year."""
    return date(COMMON_YEAR, first_month, 1) + timedelta(days=offset)


def first_months(cycle: str) -> list[int]:
    """The months in which the cycles of a year begin."""
    return list(range(1, 13, MONTHS[cycle]))


def spans(cycle: str, window_from: int, window_days: int) -> list[tuple[date, date]]:
    """First and last day of the window in each cycle of a common year."""
    return [
        (day_at(window_from, month), day_at(window_from + window_days - 1, month))
        for month in first_months(cycle)
    ]


def is_whole(cycle: str, window_from: int, window_days: int) -> bool:
    """Whether the window leaves out nothing of the cycle that every cycle has."""
    return window_from == 0 and window_days >= SHORTEST[cycle]
