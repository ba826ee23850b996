"""How views get what belongs to an account: people, interactions, concerns, promises, asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from accounts.models import Account

if TYPE_CHECKING:
    from users.models import User


class OfAccountQuerySet(models.QuerySet[Any]):
    """Seen with the account and edited by whoever may edit the account."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        if user.is_admin:
            return self
        return self.filter(account__in=Account.objects.editable_by(user))
