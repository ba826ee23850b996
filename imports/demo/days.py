"""Day arithmetic of the demo: months that clamp, working days of two calendars at once."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

DAY = timedelta(days=1)


def add_months(day: date, count: int) -> date:
    """The same day ``count`` months later or earlier, clamped to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add(day: date, count: int, unit: str) -> date:
    """``day`` plus an interval of a plan item; ``unit`` is day, week, month or year."""
    if unit in {"month", "year"}:
        return add_months(day, count * (12 if unit == "year" else 1))
    return day + timedelta(days=count * (7 if unit == "week" else 1))


@cache
def days_off(country: str, first_year: int, last_year: int) -> frozenset[date]:
    """Public holidays of a whole country, by ISO code; empty for a country without known holidays."""
    if not country:
        return frozenset()
    years = range(first_year, last_year + 1)
    return frozenset(holidays.country_holidays(country, years=years))


@dataclass(frozen=True)
class WorkingDays:
    """Monday to Friday, without the holidays of the countries given (owner's and account's)."""

    off: frozenset[date]

    @classmethod
    def of(cls, *countries: str, around: date) -> WorkingDays:
        sets = [days_off(country, around.year - 2, around.year + 1) for country in countries]
        return cls(frozenset().union(*sets))

    def has(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.off

    def on_or_after(self, day: date) -> date:
        while not self.has(day):
            day += DAY
        return day

    def on_or_before(self, day: date) -> date:
        while not self.has(day):
            day -= DAY
        return day

    def back(self, day: date, count: int) -> date:
        """The working day ``count`` working days before ``day``."""
        for _ in range(count):
            day = self.on_or_before(day - DAY)
        return day

    def between(self, first: date, last: date) -> Iterator[date]:
        """Every working day from ``first`` to ``last``, both included."""
        day = first
        while day <= last:
            if self.has(day):
                yield day
            day += DAY
