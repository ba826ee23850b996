"""How views get users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from users.models import User


class UserQuerySet(models.QuerySet[Any]):
    """Colleagues are visible to every user; only admins change them."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        return self if user.is_admin else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_role(self, role: str) -> Self:
        return self.filter(roles__contains=[role])
