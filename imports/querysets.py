"""How views get import batches, saved mappings, archives and erasures: admins only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from users.models import User


class ForAdminsQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_admin else self.none()

    def editable_by(self, user: User) -> Self:
        return self.visible_to(user)


class ImportBatchQuerySet(ForAdminsQuerySet):
    def for_list(self) -> Self:
        """With who uploaded it, the newest first; without what only one page shows."""
        return self.select_related("created_by").defer("layout", "samples").order_by("-id")

    def waiting_for_a_person(self) -> Self:
        """Columns are to be chosen, a yes is to be said, or somebody has paused it."""
        paused = models.Q(state__in=self.model.WAITING_STATES, stop=self.model.Stop.PAUSE, lease_until=None)
        return self.filter(models.Q(state__in=self.model.OPEN_STATES) | paused)
