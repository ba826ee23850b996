"""How views get touchpoints; every page's query is a named method here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.models import Account

if TYPE_CHECKING:
    from users.models import User


class TouchpointQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user sees what is owed to whom (R16)."""
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        """Whoever it is assigned to, and whoever may edit the account."""
        if user.is_admin:
            return self
        if not user.is_active:
            return self.none()
        return self.filter(Q(assignee=user) | Q(account__in=Account.objects.editable_by(user)))

    def open(self) -> Self:
        return self.filter(state="open")
