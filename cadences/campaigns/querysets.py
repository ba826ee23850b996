"""How pages get campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from users.models import User


class CampaignQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user reads every campaign, as they read every account (R16)."""
        return self if user.is_active else self.none()

    def running(self) -> Self:
        return self.filter(ended_on=None)
