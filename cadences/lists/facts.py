"""What the account list shows out of other apps: one expression per fact, asked only for the columns chosen.

Names in the plural without ``all_`` are rows of the outer account, for a subquery.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from accounts.models import Account
from cadences.models import Touchpoint
from contacts.models import Concern, Interaction
from sales.models import Purchase

Found = QuerySet[Any, Any]


def with_facts(rows: QuerySet[Account], today: date, names: Iterable[str]) -> QuerySet[Account]:
    """The accounts with the facts of those names."""
    known: dict[str, Any] = {
        "last_sale_on": last_sale,
        "sales_12m": lambda: ArraySubquery(_sums(today)),
        "last_contact": _last_contact,
        "next_contact": _next_contact,
        "worst_concern": worst_concern,
        "tag_names": _tag_names,
    }
    return rows.annotate(**{name: known[name]() for name in names})


def all_purchases_12m(today: date) -> Found:
    """Purchases and credit notes of the 12 months up to today."""
    return Purchase.objects.filter(
        voided_at=None, purchased_on__gt=a_year_before(today), purchased_on__lte=today
    )


def sales() -> Found:
    """Sales that count: neither voided nor credit notes."""
    return Purchase.objects.filter(voided_at=None, amount__gt=0, account=OuterRef("pk"))


def contacts() -> Found:
    """Contacts in which the customer was reached, latest first."""
    rows = Interaction.objects.standing().filter(reached=True, account=OuterRef("pk"))
    return rows.order_by("-happened_on", "-id")


def owed() -> Found:
    """What somebody owes, first due first; no person makes a survey."""
    rows = Touchpoint.objects.open().for_people()
    return rows.filter(account=OuterRef("pk")).order_by("due_on", "id")


def purchases_12m(today: date) -> Found:
    return all_purchases_12m(today).filter(account=OuterRef("pk"))


def last_sale() -> Subquery:
    """The day of the latest sale to the row's account."""
    return Subquery(sales().order_by("-purchased_on").values("purchased_on")[:1])


def last_contact_on() -> Subquery:
    return Subquery(contacts().values("happened_on")[:1])


def next_contact_on() -> Subquery:
    return Subquery(owed().values("due_on")[:1])


def worst_concern() -> Subquery:
    rows = Concern.objects.open().filter(account=OuterRef("pk"))
    return Subquery(rows.order_by().values("account").annotate(worst=Max("severity")).values("worst"))


def sales_total(today: date) -> Subquery:
    """Net sales of 12 months, whatever their currency."""
    rows = purchases_12m(today).order_by().values("account")
    return Subquery(rows.annotate(total=Sum("amount")).values("total"))


def _last_contact() -> Subquery:
    return Subquery(
        contacts().values(json=JSONObject(on="happened_on", kind="kind", by="user__display_name"))[:1]
    )


def _next_contact() -> Subquery:
    json = JSONObject(on="due_on", planned="planned_on", tolerance="tolerance_days", kind="kind")
    return Subquery(owed().values(json=json)[:1])


def _tag_names() -> ArraySubquery:
    return ArraySubquery(Account.tags.through.objects.filter(account=OuterRef("pk")).values("tag__name"))


def _sums(today: date) -> Any:
    """Net sales by currency, as {"currency", "total"}."""
    sums = purchases_12m(today).order_by().values("currency").annotate(total=Sum("amount"))
    return sums.values(json=JSONObject(currency="currency", total="total"))


def a_year_before(day: date) -> date:
    """The same day a year earlier; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
