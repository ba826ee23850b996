"""What comes next with an account: read by the sheet, the account page and the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cadences.models import Touchpoint

NOT_A_CONTACT = (Touchpoint.Kind.SURVEY, Touchpoint.Kind.TODO)
"""Surveys are sent by the system and to-dos are notes: neither is the next time we are in touch."""


@dataclass(frozen=True)
class Upcoming:
    """One contact to come: its civil date, kind and what it is for."""

    on: date
    kind: str
    slot: str


def next_planned(account_id: int, today: date, *, without: int | None = None) -> Upcoming | None:
    """The next contact that is owed with this account, ``without`` one touchpoint; one query."""
    rows = Touchpoint.objects.open().filter(account_id=account_id).exclude(kind__in=NOT_A_CONTACT)
    if without is not None:
        rows = rows.exclude(pk=without)
    first = rows.select_related("slot").order_by("due_on", "id").first()
    if first is None:
        return None
    return Upcoming(max(first.due_on, today), first.kind, first.slot.name)
