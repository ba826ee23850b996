"""How pages get batches of letters: their maker, who acts for the maker, and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Q

from users.access import acts_for

if TYPE_CHECKING:
    from users.models import User

STILL_TO_POST = Q(lines__state="printed", lines__piece__state="printed")


class PrintBatchQuerySet(models.QuerySet[Any]):
    """Letters that were printed together."""

    def visible_to(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(user__in=acts_for(user))

    def editable_by(self, user: User) -> Self:
        return self.visible_to(user)

    def for_list(self) -> Self:
        """The newest first, each with how many of its letters are on paper and not posted yet."""
        counted = self.annotate(to_post=Count("lines", filter=STILL_TO_POST))
        return counted.select_related("user").order_by("-id")


class PrintLineQuerySet(models.QuerySet[Any]):
    """Letters of a batch, in the order of the pile."""

    def with_letters(self) -> Self:
        """With all that a sheet is made of."""
        return self.select_related("piece__account", "piece__contact", "piece__sender").order_by("position")

    def left_behind(self) -> Self:
        return self.filter(state="behind")

    def on_paper(self) -> Self:
        """Printed, and not sent back into the queue."""
        return self.filter(state="printed")

    def to_post(self) -> Self:
        return self.filter(state="printed", piece__state="printed")
