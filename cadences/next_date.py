"""The next date that the form is prefilled with: what will be owed once this touchpoint is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cadences.engine import owed_after
from cadences.models import Slot, Touchpoint
from cadences.upcoming import NOT_A_CONTACT


@dataclass(frozen=True)
class Suggestion:
    """The next contact as the plan and the agreements stand: accepting it unchanged creates nothing."""

    on: date
    kind: str
    slot: str


def suggest(touchpoint: Touchpoint, today: date) -> Suggestion | None:
    """The first contact after today, if this one were done today; None where nothing follows."""
    found = [*_from_plan(touchpoint, today), *_open_rows(touchpoint)]
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


def _from_plan(touchpoint: Touchpoint, today: date) -> list[tuple[date, str, int]]:
    return [(row.due_on, row.kind, row.slot_id) for row in owed_after(touchpoint, today)]


def _open_rows(touchpoint: Touchpoint) -> list[tuple[date, str, int]]:
    """What stands open already, but for rolling rows: the plan's answer has those after this contact."""
    rows = Touchpoint.objects.open().filter(account=touchpoint.account_id).exclude(pk=touchpoint.pk)
    rows = rows.exclude(kind__in=NOT_A_CONTACT).exclude(anchor="after_contact")
    return list(rows.values_list("due_on", "kind", "slot_id"))
