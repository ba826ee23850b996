"""How views get budgets: everybody sees what the year may cost, managers and admins say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from users.models import User


class GiftBudgetQuerySet(models.QuerySet[Any]):
    """Budgets of gifts and greetings."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        return self if user.is_active and (user.is_manager or user.is_admin) else self.none()
