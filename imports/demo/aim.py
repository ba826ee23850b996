"""When the demo's salespeople last called: chosen so that the engine finds work for *today*.

Nothing is due because we say so. A last contact on the right day, or a purchase a week or a month ago,
makes the rule say it; this module only inverts the rule's arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from imports.demo.days import DAY, WorkingDays, add, add_months


@dataclass(frozen=True)
class Rhythm:
    """The call rhythm of a tier: every ``every`` ``unit``, in time until ``tolerance`` days after."""

    every: int
    unit: str
    tolerance: int


def _bases(rhythm: Rhythm, due: date) -> Iterator[date]:
    """Days whose contact is owed again on ``due``, or as near before it as month ends allow."""
    guess = add(due, -rhythm.every, rhythm.unit)
    for shift in range(5):
        yield guess - timedelta(days=shift)


def last_contact(rhythm: Rhythm, work: WorkingDays, first_due: date, last_due: date) -> date | None:
    """A working day after which the next contact is due between the two days, the latest such, or none."""
    for due in sorted(work.between(first_due, last_due), reverse=True):
        for base in _bases(rhythm, due):
            if (
                work.has(base)
                and first_due <= work.on_or_after(add(base, rhythm.every, rhythm.unit)) <= last_due
            ):
                return base
    return None


def due_today(rhythm: Rhythm, work: WorkingDays, today: date, since: int = 0) -> date | None:
    """Last contact of a call that is neither planned nor late today, due some ``since`` days ago."""
    first = today - timedelta(days=rhythm.tolerance)
    wanted = max(first, today - timedelta(days=since))
    return last_contact(rhythm, work, first, wanted) or last_contact(rhythm, work, first, today)


def overdue(rng: Random, rhythm: Rhythm, work: WorkingDays, today: date) -> date | None:
    """Last contact of a call that is 1 to about 12 days late today."""
    due = work.on_or_before(today - timedelta(days=rhythm.tolerance + rng.choice((1, 2, 3, 4, 6, 8, 11))))
    return last_contact(rhythm, work, due - timedelta(days=5), due)


def later(rng: Random, rhythm: Rhythm, work: WorkingDays, today: date) -> date:
    """Last contact of a call that is due some time after today, but before a whole interval."""
    interval = (add(today, rhythm.every, rhythm.unit) - today).days
    back = work.on_or_before(today - timedelta(days=rng.randrange(1, max(2, interval - 1))))
    while work.on_or_after(add(back, rhythm.every, rhythm.unit)) <= today:
        back = work.on_or_after(back + DAY)
    return min(back, today - DAY)


@dataclass(frozen=True)
class Start:
    """A new customer: the day of the first purchase, and whether the call of the first week was made."""

    purchased_on: date
    called: bool


def new_customers(work: WorkingDays, today: date) -> list[Start]:
    """Five running 1-2-1 tracks: week's call due, about to be due, late; month's call due, and coming."""
    workday = work.on_or_before(today)
    month_ago = add_months(workday, -1)
    while work.on_or_after(add_months(month_ago, 1)) > today:
        month_ago -= DAY
    return [
        Start(workday - timedelta(days=7), called=False),
        Start(work.on_or_before(today - timedelta(days=3)), called=False),
        Start(month_ago, called=True),
        Start(work.on_or_before(today - timedelta(days=19)), called=True),
        Start(work.on_or_before(today - timedelta(days=16)), called=False),
    ]
