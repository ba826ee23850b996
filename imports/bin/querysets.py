"""How views get what lies in the bin: whoever might delete it may see and restore it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Account
from users.access import owned_side

if TYPE_CHECKING:
    from users.models import User


class BinUnitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own deletions, and those at accounts that one may edit; admins: all.

        As long as an account is there it says who that is; of one that lies in the bin, whoever had it.
        """
        if not user.is_active:
            return self.none()
        here = Account.objects.filter(pk=OuterRef("account_id"))
        mine = Exists(here.editable_by(user)) | (~Exists(here) & owned_side(user))
        return self.filter(mine | Q(deleted_by=user))

    def editable_by(self, user: User) -> Self:
        return self.visible_to(user)

    def for_list(self) -> Self:
        """With who deleted it, the latest first."""
        return self.select_related("deleted_by", "owner").order_by("-deleted_at", "-id")

    def search(self, text: str) -> Self:
        """Every word in the name of the record, of its account, or in the reason."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(
                Q(name__icontains=word) | Q(account_name__icontains=word) | Q(why__icontains=word)
            )
        return found

    def holding(self, model: str, object_id: int) -> Self:
        """Units that this record went into, itself or along with another."""
        from imports.models import BinRow  # noqa: PLC0415 - models import this module

        rows = BinRow.objects.filter(unit=OuterRef("pk"), role="row", model=model, object_id=object_id)
        return self.filter(Exists(rows))

    def deleted_before(self, moment: datetime) -> Self:
        return self.filter(deleted_at__lt=moment)
