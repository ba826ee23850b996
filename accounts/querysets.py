"""How views get accounts; every page's query is a named method here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from users.access import owned_side

if TYPE_CHECKING:
    from users.models import User


class AccountQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user reads every account (R16)."""
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        """Owner, deputy, the owner's manager; admins everything; nobody's accounts: managers."""
        if user.is_admin:
            return self
        return self.filter(owned_side(user, "owner"))
