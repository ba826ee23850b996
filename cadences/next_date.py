"""The next date that the form is prefilled with: what will be owed once this touchpoint is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from cadences.engine import Owed, owed_after, owed_to
from cadences.models import PlanItem, Slot, Touchpoint
from cadences.upcoming import NOT_A_CONTACT


@dataclass(frozen=True)
class Suggestion:
    """The next contact as the plan and the agreements stand: accepting it unchanged creates nothing."""

    on: date
    kind: str
    slot: str


def suggest(touchpoint: Touchpoint, today: date) -> Suggestion | None:
    """The first contact after today, if this one were done today; None where nothing follows."""
    others = Touchpoint.objects.open().filter(account=touchpoint.account_id).exclude(pk=touchpoint.pk)
    return _first(owed_after(touchpoint, today), others, today)


def suggest_for(account_id: int, today: date) -> Suggestion | None:
    """The same for a contact outside any touchpoint."""
    open_rows = Touchpoint.objects.open().filter(account=account_id)
    return _first(owed_to(account_id, today), open_rows, today)


def _first(plan: list[Owed], rows: QuerySet[Touchpoint], today: date) -> Suggestion | None:
    """The first day after today; rolling rows count as the plan foresees them after this contact."""
    standing = rows.exclude(kind__in=NOT_A_CONTACT).exclude(anchor=PlanItem.Anchor.AFTER_CONTACT)
    found = [(row.due_on, row.kind, row.slot_id) for row in plan]
    found += standing.values_list("due_on", "kind", "slot_id")
    ahead = [one for one in found if one[0] > today]
    if not ahead:
        return None
    on, kind, slot_id = min(ahead)
    return Suggestion(on, kind, Slot.objects.get(pk=slot_id).name)


def next_working_day(day: date) -> date:
    """The Monday to Friday after ``day``: a day offered to people, who know their own holidays."""
    day += timedelta(days=1)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return day
