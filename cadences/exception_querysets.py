"""How views get exceptions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from accounts.models import Account
from contacts.querysets import OfAccountQuerySet

if TYPE_CHECKING:
    from users.models import User

SOON = timedelta(days=30)
KINDS = {
    "off": Q(is_off=True),
    "interval": Q(every__isnull=False),
    "tier": Q(as_tier__isnull=False),
}


class OverrideQuerySet(OfAccountQuerySet):
    """Read by everybody, written by whoever may edit the account."""

    def running(self, today: date) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gte=today))

    def in_state(self, state: str, today: date) -> Self:
        """``soon`` (ends within 30 days), ``over`` or ``all``; else those that run."""
        if state == "over":
            return self.filter(until__lt=today)
        if state == "soon":
            return self.filter(until__gte=today, until__lte=today + SOON)
        return self if state == "all" else self.running(today)

    def of_kind(self, kind: str) -> Self:
        """``off``, ``interval`` or ``tier``; else all."""
        return self.filter(KINDS[kind]) if kind in KINDS else self

    def at_accounts_of(self, choice: str, user: User) -> Self:
        """At accounts of ``me``, ``team``, ``nobody``, a user's id, or all."""
        if choice in {"", "all"}:
            return self
        return self.filter(account__in=Account.objects.of_owner(choice, user))

    def search(self, text: str) -> Self:
        """At accounts that match the words."""
        return self.filter(account__in=Account.objects.search(text)) if text.strip() else self

    def for_list(self) -> Self:
        """With all that a line shows, the next to end first; one query."""
        rows = self.select_related("account__owner", "account__tier", "slot", "as_tier")
        return rows.order_by("until", "account__name_folded", "slot__position", "id")
