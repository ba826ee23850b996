"""The coming 12 months of an account: what is open, and what the plan will owe, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from accounts.models import Account
from cadences.models import Slot, Touchpoint
from cadences.preview import preview
from cadences.why import explain_all, explain_owed
from users.clock import company_today
from users.models import User

HORIZON_DAYS = 365


@dataclass(frozen=True)
class Coming:
    """One contact. Projected ones count from the one before, as if that were kept."""

    due_on: date
    slot: str
    who: User | None
    is_projected: bool
    why: list[str]


@dataclass(frozen=True)
class Month:
    """The contacts of one month, first due first."""

    first: date
    rows: list[Coming]


def coming(account: Account, user: User) -> list[Month]:
    """The engine's preview, and agreed dates, which it does not owe; late ones stand elsewhere on the page.

    The same few queries for any number of contacts.
    """
    today = company_today()
    owed = [row for row in preview([account.pk], today, HORIZON_DAYS) if row.due_on >= today]
    open_rows = (
        Touchpoint.objects.visible_to(user)
        .open()
        .filter(account=account, due_on__gte=today)
        .exclude(pk__in=[row.touchpoint_id for row in owed if row.touchpoint_id])
        .exclude(kind=Touchpoint.Kind.TODO)
        .select_related("account", "slot", "item", "assignee")
    )
    people = User.objects.in_bulk({row.assignee_id for row in owed if row.assignee_id})
    slots = Slot.objects.in_bulk({row.slot_id for row in owed})
    rows = [
        Coming(row.due_on, slots[row.slot_id].name, people.get(row.assignee_id or 0), row.is_projected, why)
        for row, why in zip(owed, explain_owed(owed, user), strict=True)
    ]
    agreed = list(open_rows)
    told = explain_all(agreed, user) if agreed else {}
    rows += [
        Coming(row.due_on, row.slot.name, row.assignee, is_projected=False, why=told[row.pk])
        for row in agreed
    ]
    rows.sort(key=lambda row: (row.due_on, row.slot))
    months = groupby(rows, key=lambda row: row.due_on.replace(day=1))
    return [Month(first, list(found)) for first, found in months]
