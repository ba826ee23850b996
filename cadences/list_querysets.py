"""How views get saved views and bulk changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.text import Fold

if TYPE_CHECKING:
    from users.models import User


class SavedViewQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own and the shared ones; a private one of somebody else does not exist, for admins too."""
        return self.filter(Q(owner=user) | Q(is_shared=True)) if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        """By its maker; a shared one also by admins."""
        mine = Q(owner=user)
        return self.visible_to(user).filter(mine | Q(is_shared=True) if user.is_admin else mine)

    def for_menu(self, user: User) -> Self:
        """In the order of the alphabet, each with ``is_default``; one query."""
        from cadences.models import DefaultView  # noqa: PLC0415 - models import this module

        default = DefaultView.objects.filter(user=user, view=OuterRef("pk"))
        rows = self.select_related("owner").annotate(is_default=Exists(default))
        return rows.order_by(Fold("name"), "pk")


class BulkChangeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own; admins see all."""
        if not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(user=user)

    def editable_by(self, user: User) -> Self:
        """Confirmed by whoever chose the accounts: the rules are asked in their name."""
        return self.filter(user=user) if user.is_active else self.none()

    def for_list(self) -> Self:
        """Confirmed ones, the newest first."""
        return self.exclude(state="draft").select_related("user").order_by("-id")
