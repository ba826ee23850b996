"""The rows of the account list: a page of them, all of them for a file, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from accounts.models import Account
from cadences.lists.choice import Choice
from cadences.lists.columns import chosen
from cadences.lists.facts import all_purchases_12m, with_facts
from cadences.lists.filters import matching
from cadences.lists.sorting import WIDE, phases
from core.keyset import KeysetPage, Phases, cut, read_cursor
from core.pagination import COUNT_BOUND
from users.models import User

SIZE = 25  # of a page: a little more than a screen holds; the next page is a key away
FILE_STEP = 1_000
SHOWN = (
    "name", "external_id", "status", "became_customer_on", "owner_since", "tier_since", "network_value",
    "industry", "employees", "city", "country", "phone", "phone_e164", "email", "paused_from", "paused_until",
    "pause_reason", "owner__display_name", "owner__is_active", "tier__name",
)  # fmt: skip
"""What columns read of an account, its owner and its tier: a page has hundreds of them, with many fields."""
FLAGS = ("worst_concern",)
"""Facts that stand beside the name whatever the columns."""


@dataclass(frozen=True)
class Totals:
    """The whole list in numbers: how many accounts, and what they bought in 12 months by currency."""

    count: int
    sums: list[tuple[Decimal, str]]


def account_page(user: User, choice: Choice, today: date, size: int = SIZE) -> KeysetPage:
    """One page: a count that stops at a bound, the ids of the page, and the facts of those rows.

    The order is decided from its key alone; the columns are looked up for the rows of the page.
    """
    found = matching(user, choice, today)
    count = found.order_by()[: COUNT_BOUND + 1].count()
    part = cut(_ordered(found, choice, today, count), choice.cursor, size)
    return KeysetPage(
        rows=_loaded([edge.row_id for edge in part.edges], choice, today),
        first=part.position + 1 if part.edges else 0,
        total=min(count, COUNT_BOUND),
        more_than=count > COUNT_BOUND,
        previous=part.previous,
        next=part.next,
    )


def every_row(user: User, choice: Choice, today: date) -> Iterator[Any]:
    """All rows in the order of the list, a step at a time: for a file."""
    found = matching(user, choice, today)
    ordered = _ordered(found, choice, today, found.order_by()[: COUNT_BOUND + 1].count())
    cursor = None
    while True:
        part = cut(ordered, cursor, FILE_STEP)
        yield from _loaded([edge.row_id for edge in part.edges], choice, today)
        if not part.has_next:
            return
        cursor = read_cursor(part.behind.write())  # as a page's address would hand it on


def totals(user: User, choice: Choice, today: date) -> Totals:
    """Two queries over the whole list; asked for apart from the page, which does not wait for it."""
    found = matching(user, choice, today)
    bought = all_purchases_12m(today)
    if choice.filters() != [("owner", "all")]:
        bought = bought.filter(account__in=found.values("pk"))
    sums = bought.order_by().values("currency").annotate(total=Sum("amount")).order_by("-total", "currency")
    return Totals(found.order_by().count(), [(one["total"], one["currency"]) for one in sums])


def ids_of(user: User, choice: Choice, today: date) -> QuerySet[Any, Any]:
    """The ids of all that match, as one query."""
    return matching(user, choice, today).order_by().values("pk")


def _ordered(found: QuerySet[Account], choice: Choice, today: date, count: int) -> Phases:
    return phases(found, choice.sort, today, is_wide=count > WIDE)


def _loaded(ids: list[int], choice: Choice, today: date) -> list[Any]:
    """The accounts of these ids in their order, with the facts of the columns; one query."""
    names = dict.fromkeys(FLAGS)
    for column in chosen(choice.columns):
        names |= dict.fromkeys(column.facts)
    rows = Account.objects.filter(pk__in=ids).select_related("owner", "tier").only(*SHOWN)
    by_id = {row.pk: row for row in with_facts(rows, today, names)}
    return [by_id[pk] for pk in ids if pk in by_id]
