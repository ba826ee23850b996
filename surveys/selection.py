"""A rule as a query: whom of the customers it names."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef

from accounts.models import Account
from accounts.querysets import AccountQuerySet
from sales.models import Purchase
from surveys.rules import Rule


def matching(rule: Rule, on: date) -> AccountQuerySet:
    """Customers that are not paused on that day and that the rule names."""
    found = Account.objects.filter(status=Account.Status.CUSTOMER).exclude(
        paused_from__lte=on, paused_until__gte=on
    )
    if rule.tiers:
        found = found.filter(tier__in=rule.tiers)
    if rule.countries:
        found = found.filter(country__in=rule.countries)
    if rule.tags:
        found = found.filter(
            pk__in=Account.tags.through.objects.filter(tag__in=rule.tags).values("account_id")
        )
    if rule.bought_since:
        bought = Purchase.objects.filter(
            account=OuterRef("pk"), voided_at__isnull=True, amount__gt=0, purchased_on__gte=rule.bought_since
        )
        found = found.filter(Exists(bought))
    return found
