"""How every column of the account list sorts: by an expression, or by a walk along an index.

Of a few thousand accounts the sort key is computed for each. Of 200,000 that would take a second; there, a
column that stands in another table is read from that table's side: its index gives the latest sales of the
company, and each leads to an account of the list. Both give the same order, and tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When

from accounts.models import Account
from cadences.lists import facts
from contacts.models import Concern
from core.keyset import Phases
from core.text import Fold

Rows = QuerySet[Account]
Walk = Callable[[Rows, date], QuerySet[Any, Any]]
WIDE = 3_000
"""From so many accounts on a walk is cheaper than a computed key."""


@dataclass(frozen=True)
class Sort:
    """``key``: the expression, or the name of a column of the account. ``nullable``: some have none.

    ``present``: which rows have one, where that is known without the key. ``walk(found, today)``: rows with
    ``sort_key`` and ``account_id``, each account once.
    """

    key: Callable[[date], Any] | str
    kind: type = str
    nullable: bool = True
    present: Q | None = None
    walk: Walk | None = None


def phases(found: Rows, sort: str, today: date, *, is_wide: bool) -> Phases:
    """The list in the order of a column. ``is_wide``: so many accounts that a walk pays."""
    spec, descending = SORTS[sort.removeprefix("-")], sort.startswith("-")
    if is_wide and spec.walk is not None:
        keyed = spec.walk(found, today)
        missing = found.filter(~Exists(_SOURCES[sort.removeprefix("-")](today)))
        return Phases(keyed, missing, "sort_key", "account_id", "pk", descending, spec.kind)
    if isinstance(spec.key, str):
        name, rows = spec.key, found
    else:
        name, rows = "sort_key", found.annotate(sort_key=spec.key(today))
    if not spec.nullable:
        return Phases(rows, None, name, "pk", "pk", descending, spec.kind)
    present = spec.present or Q(**{f"{name}__isnull": False})
    return Phases(rows.filter(present), rows.filter(~present), name, "pk", "pk", descending, spec.kind)


_SOURCES: dict[str, Callable[[date], QuerySet[Any, Any]]] = {
    "last_sale": lambda _today: facts.sales(),
    "sales": facts.purchases_12m,
    "last_contact": lambda _today: facts.contacts(),
    "next_contact": lambda _today: facts.owed(),
    "concern": lambda _today: facts.concerns(),
}
"""The rows of an account that give it its key."""


def _walk_sales(found: Rows, _today: date) -> QuerySet[Any, Any]:
    """Each account's latest sale, from the sales."""
    rows = facts.all_sales()
    later = rows.filter(account=OuterRef("account_id")).filter(
        Q(purchased_on__gt=OuterRef("purchased_on"))
        | Q(purchased_on=OuterRef("purchased_on"), pk__gt=OuterRef("pk"))
    )
    return _walked(rows.filter(~Exists(later)), found, "purchased_on")


def _walk_contacts(found: Rows, _today: date) -> QuerySet[Any, Any]:
    rows = facts.all_contacts()
    later = rows.filter(account=OuterRef("account_id")).filter(
        Q(happened_on__gt=OuterRef("happened_on"))
        | Q(happened_on=OuterRef("happened_on"), pk__gt=OuterRef("pk"))
    )
    return _walked(rows.filter(~Exists(later)), found, "happened_on")


def _walk_owed(found: Rows, _today: date) -> QuerySet[Any, Any]:
    rows = facts.all_owed()
    earlier = rows.filter(account=OuterRef("account_id")).filter(
        Q(due_on__lt=OuterRef("due_on")) | Q(due_on=OuterRef("due_on"), pk__lt=OuterRef("pk"))
    )
    return _walked(rows.filter(~Exists(earlier)), found, "due_on")


def _walk_sums(found: Rows, today: date) -> QuerySet[Any, Any]:
    """Sums have no index: all purchases of the year are added up, which still is cheaper from their side."""
    rows = facts.all_purchases_12m(today).filter(account__in=found.values("pk"))
    return rows.order_by().values("account_id").annotate(sort_key=Sum("amount"))


def _walk_concerns(found: Rows, _today: date) -> QuerySet[Any, Any]:
    rows = Concern.objects.open().filter(account__in=found.values("pk"))
    return rows.order_by().values("account_id").annotate(sort_key=Max("severity"))


def _walked(rows: QuerySet[Any, Any], found: Rows, day: str) -> QuerySet[Any, Any]:
    return rows.filter(account__in=found.values("pk")).annotate(sort_key=F(day))


def _folded(name: str) -> Sort:
    """By a text of the account without case and accents; the empty ones come last."""
    return Sort(lambda _today: Fold(name), present=~Q(**{name: ""}))


def _plain(name: str) -> Sort:
    """By a text as it is written: numbers and addresses."""
    return Sort(name, present=~Q(**{name: ""}))


def _first_tag(_today: date) -> Any:
    hung = Account.tags.through.objects.filter(account=OuterRef("pk")).order_by().values("account")
    firsts: QuerySet[Any, Any] = hung.annotate(first=Min(Fold("tag__name")))
    return Subquery(firsts.values("first"))


SORTS: dict[str, Sort] = {
    "name": Sort("name_folded", nullable=False),
    "where": _folded("city"),
    "tier": Sort("tier__rank", Decimal),
    "owner": Sort(lambda _t: Fold("owner__display_name"), present=Q(owner__isnull=False)),
    "status": Sort("status", nullable=False),
    "last_sale": Sort(lambda _t: facts.last_sale(), date, walk=_walk_sales),
    # amounts of different currencies cannot be ranked fairly; they are added as they are
    "sales": Sort(facts.sales_total, Decimal, walk=_walk_sums),
    "last_contact": Sort(
        lambda _t: Subquery(facts.contacts().values("happened_on")[:1]), date, walk=_walk_contacts
    ),
    "next_contact": Sort(lambda _t: Subquery(facts.owed().values("due_on")[:1]), date, walk=_walk_owed),
    "concern": Sort(lambda _t: facts.worst_concern(), Decimal, walk=_walk_concerns),
    "tags": Sort(_first_tag),
    "number": Sort("external_id"),
    "industry": _folded("industry"),
    "employees": Sort("employees", Decimal),
    "network": Sort("network_value", Decimal, nullable=False),
    "customer_since": Sort("became_customer_on", date),
    "owner_since": Sort("owner_since", date),
    "tier_since": Sort("tier_since", date),
    "paused": Sort(lambda today: Case(When(paused_until__gte=today, then="paused_until")), date),
    "phone": _plain("phone"),
    "email": _plain("email"),
}
