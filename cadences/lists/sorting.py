"""How every column of the account list sorts: by an expression, or by what is stored of it.

Of a few thousand accounts the sort key is computed for each. Of 200,000 that would take a second; there, a
column that comes from other tables is read off the index of its figures (``figures``), or off the few rows
there are of it. Both give the same order, and tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from accounts.models import Account, Tier
from cadences.lists import facts
from cadences.models import Figures
from contacts.models import Concern
from core.keyset import Phases
from core.text import Fold

Rows = QuerySet[Account]
Keys = QuerySet[Any, Any]
WIDE = 3_000
"""From so many accounts on stored keys are cheaper than computed ones."""


@dataclass(frozen=True)
class Sort:
    """``key``: the expression, or the name of a column of the account. ``nullable``: some have none.

    ``present``: which rows have one, where that is known without the key. ``stored``: rows with
    ``sort_key`` and ``account_id``, one for each account that has a key. ``steps``: the few keys there are,
    with their rows.
    """

    key: Callable[[date], Any] | str
    kind: type = str
    nullable: bool = True
    present: Callable[[date], Q] | None = None
    stored: Callable[[], Keys] | None = None
    steps: Callable[[], list[tuple[Any, Q]]] | None = None


def phases(found: Rows, sort: str, today: date, *, is_wide: bool) -> Phases:
    """The list in the order of a column. ``is_wide``: so many accounts that stored keys pay."""
    spec, descending = SORTS[sort.removeprefix("-")], sort.startswith("-")
    if is_wide and spec.stored is not None:
        keyed = spec.stored().filter(account__in=found.values("pk"))
        missing = found.filter(~Exists(spec.stored().filter(account=OuterRef("pk"))))
        return Phases(keyed, missing, "sort_key", "account_id", "pk", descending, spec.kind)
    if isinstance(spec.key, str):
        name, rows = spec.key, found
    else:
        name, rows = "sort_key", found.annotate(sort_key=spec.key(today))
    if not spec.nullable:
        return Phases(rows, None, name, "pk", "pk", descending, spec.kind)
    present = spec.present(today) if spec.present else Q(**{f"{name}__isnull": False})
    steps = spec.steps() if is_wide and spec.steps else None
    return Phases(rows.filter(present), rows.filter(~present), name, "pk", "pk", descending, spec.kind, steps)


def _tiers() -> list[tuple[Any, Q]]:
    return [(rank, Q(tier=pk)) for pk, rank in Tier.objects.values_list("pk", "rank")]


def _figures(key: str) -> Keys:
    return Figures.objects.filter(**{f"{key}__isnull": False}).annotate(sort_key=F(key))


def _worst_concerns() -> Keys:
    """Of the open ones, which are few."""
    return Concern.objects.open().order_by().values("account_id").annotate(sort_key=Max("severity"))


def _first_tags() -> Keys:
    """From the tags in their order to the accounts that have none before it."""
    hung = Account.tags.through.objects.annotate(sort_key=Fold("tag__name"))
    before = Q(sort_key__lt=OuterRef("sort_key")) | Q(sort_key=OuterRef("sort_key"), tag__lt=OuterRef("tag"))
    return hung.filter(~Exists(hung.filter(before, account=OuterRef("account"))))


def _figure(name: str, key: Callable[[date], Any], kind: type) -> Sort:
    return Sort(key, kind, stored=partial(_figures, name))


def _folded(name: str) -> Sort:
    """By a text of the account without case and accents; the empty ones come last."""
    return Sort(lambda _today: Fold(name), present=lambda _today: ~Q(**{name: ""}))


def _plain(name: str) -> Sort:
    """By a text as it is written: numbers and addresses."""
    return Sort(name, present=lambda _today: ~Q(**{name: ""}))


def _first_tag(_today: date) -> Any:
    hung = Account.tags.through.objects.filter(account=OuterRef("pk")).order_by().values("account")
    firsts: QuerySet[Any, Any] = hung.annotate(first=Min(Fold("tag__name")))
    return Subquery(firsts.values("first"))


SORTS: dict[str, Sort] = {
    "name": Sort("name_folded", nullable=False),
    "where": _folded("city"),
    "tier": Sort("tier__rank", Decimal, present=lambda _t: Q(tier__isnull=False), steps=_tiers),
    "owner": Sort(lambda _t: Fold("owner__display_name"), present=lambda _t: Q(owner__isnull=False)),
    "status": Sort("status", nullable=False),
    "last_sale": _figure("last_sale_on", lambda _t: facts.last_sale(), date),
    # amounts of different currencies cannot be ranked fairly; they are added as they are
    "sales": _figure("sales_12m", facts.sales_total, Decimal),
    "last_contact": _figure("last_contact_on", lambda _t: facts.last_contact_on(), date),
    "next_contact": _figure("next_contact_on", lambda _t: facts.next_contact_on(), date),
    "concern": Sort(lambda _t: facts.worst_concern(), Decimal, stored=_worst_concerns),
    "tags": Sort(_first_tag, stored=_first_tags),
    "number": Sort("external_id"),
    "industry": _folded("industry"),
    "employees": Sort("employees", Decimal),
    "network": Sort("network_value", Decimal, nullable=False),
    "customer_since": Sort("became_customer_on", date),
    "owner_since": Sort("owner_since", date),
    "tier_since": Sort("tier_since", date),
    "paused": Sort("paused_until", date, present=lambda today: Q(paused_until__gte=today)),
    "phone": _plain("phone"),
    "email": _plain("email"),
}
