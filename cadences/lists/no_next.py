"""Customers for whom nobody has a next contact to make: a list that must read 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.lists.choice import default_owner
from cadences.lists.facts import with_facts
from cadences.lists.filters import without_next_date
from cadences.lists.sorting import phases
from cadences.models import Touchpoint
from core.keyset import Cursor, KeysetPage, cut
from core.pagination import PAGE_SIZE
from users.access import acts_for
from users.models import User

COUNT_BOUND = 1_000


@dataclass(frozen=True)
class Line:
    """One account, why nobody has a date with it, and whether this user may give it an owner."""

    account: Any
    why: str
    needs_owner: bool
    may_assign: bool


def found(user: User, owner: str, today: date) -> QuerySet[Account]:
    """Among the accounts of that owner (``me``, ``team``, ``all`` …)."""
    rows = Account.objects.visible_to(user).of_owner(owner, user)
    return without_next_date(rows, today)


def count(user: User, today: date) -> int:
    """Of the accounts that this user looks after; stops at a bound."""
    return found(user, default_owner(user), today).order_by()[: COUNT_BOUND + 1].count()


def page(user: User, owner: str, today: date, cursor: Cursor | None) -> tuple[KeysetPage, list[Line]]:
    """By name; three queries and one for what the user may change, however many rows."""
    rows = found(user, owner, today)
    number = rows.order_by()[: COUNT_BOUND + 1].count()
    part = cut(phases(rows, "name", today, is_wide=False), cursor, PAGE_SIZE)
    accounts = _loaded([edge.row_id for edge in part.edges], today)
    first = part.position + 1 if part.edges else 0
    more = number > COUNT_BOUND
    shown = KeysetPage(accounts, first, min(number, COUNT_BOUND), more, part.previous, part.next)
    sides = None if user.is_admin else set(acts_for(user).values_list("pk", flat=True))
    return shown, [_line(account, user, sides) for account in accounts]


def _loaded(ids: list[int], today: date) -> list[Any]:
    unassigned = Touchpoint.objects.open().for_people().filter(account=OuterRef("pk"), assignee=None)
    chosen = Account.objects.filter(pk__in=ids).select_related("owner", "tier")
    rows: QuerySet[Any] = with_facts(chosen, today, ["last_contact"]).annotate(
        is_unassigned=Exists(unassigned)
    )
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def _line(account: Any, user: User, sides: set[int] | None) -> Line:
    """``sides``: ids of the users for whom this one acts; None for admins, who act for all."""
    if account.owner is None:
        why = _("Nobody owns it.")
    elif not account.owner.is_active:
        why = _("%(name)s, who owns it, has been deactivated.") % {"name": account.owner}
    elif account.is_unassigned:
        why = _("A contact is owed, but nobody is there to make it.")
    else:
        why = _("The plan owes nothing now and no date is agreed.")
    needs_owner = account.owner is None or not account.owner.is_active
    acts = sides is None or account.owner_id in sides or account.owner is None
    return Line(account, why, needs_owner, acts and (user.is_manager or user.is_admin))
