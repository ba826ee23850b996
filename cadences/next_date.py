"""The next date that the form is prefilled with: what the plan will say once this one is closed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from cadences.models import PlanItem, Touchpoint
from cadences.upcoming import Upcoming


@dataclass(frozen=True)
class Suggestion:
    """The plan's next contact: accepting it unchanged creates nothing."""

    on: date
    kind: str
    slot: str


def suggest(touchpoint: Touchpoint, today: date, upcoming: Upcoming | None) -> Suggestion | None:
    """The earlier of what is owed anyway and this rhythm's next turn; None where the plan is silent."""
    found = [Suggestion(upcoming.on, upcoming.kind, upcoming.slot)] if upcoming else []
    item: PlanItem | None = touchpoint.item
    if item is not None and touchpoint.anchor == PlanItem.Anchor.AFTER_CONTACT:
        turn = _next_turn(touchpoint, item, today)
        found.append(Suggestion(turn, touchpoint.kind, touchpoint.slot.name))
    return min(found, key=lambda one: one.on, default=None)


def next_working_day(day: date) -> date:
    """The Monday to Friday after ``day``: a day offered to people, who know their own holidays."""
    day += timedelta(days=1)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return day


def add(base: date, count: int, unit: str) -> date:
    """Base plus so many units, clamped to the month's end (decision table, month ends)."""
    if unit in (PlanItem.Unit.DAY, PlanItem.Unit.WEEK):
        return base + timedelta(days=count * (7 if unit == PlanItem.Unit.WEEK else 1))
    months = base.month - 1 + count * (12 if unit == PlanItem.Unit.YEAR else 1)
    year, month = base.year + months // 12, months % 12 + 1
    return date(year, month, min(base.day, monthrange(year, month)[1]))


def _next_turn(touchpoint: Touchpoint, item: PlanItem, today: date) -> date:
    ideal = add(today, item.every, item.unit)
    return next_working_day(ideal - timedelta(days=1))
