"""What comes next with an account: read by the verbs, which let no contact end without a next one."""

from __future__ import annotations

from datetime import date

from cadences.engine import next_contact
from cadences.models import Touchpoint

NOT_A_CONTACT = (Touchpoint.Kind.SURVEY, Touchpoint.Kind.TODO)
"""Surveys are sent by the system and to-dos are notes: neither is the next time we are in touch."""


def next_owed_on(account_id: int) -> date | None:
    """The day of the next contact owed to this account: open already, or foreseen by the plan."""
    rows = Touchpoint.objects.open().filter(account_id=account_id).exclude(kind__in=NOT_A_CONTACT)
    due_on: date | None = rows.order_by("due_on").values_list("due_on", flat=True).first()
    return due_on or next_contact(account_id)
