"""How pages get pairs and merges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Account

if TYPE_CHECKING:
    from users.models import User


class PairQuerySet(models.QuerySet[Any]):
    """Everybody active reads the pairs; they are decided by those who may change both sides."""

    accounts: tuple[str, str]
    """Paths from a pair to the accounts whose editors decide about it."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        """Pairs of which this user may change both accounts."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        mine = Account.objects.editable_by(user)
        return self.filter(*(Exists(mine.filter(pk=OuterRef(path))) for path in self.accounts))

    def open(self) -> Self:
        return self.filter(state="open")

    def in_state(self, choice: str) -> Self:
        """``open``, or ``different``: what somebody has said is not the same."""
        return self.filter(state=choice)

    def likeliest_first(self) -> Self:
        return self.order_by("-score", "id")


class AccountPairQuerySet(PairQuerySet):
    accounts = ("first", "second")

    def for_list(self) -> Self:
        """With what the list shows of both accounts; one query."""
        return self.select_related("first__owner", "second__owner", "decided_by").likeliest_first()


class ContactPairQuerySet(PairQuerySet):
    accounts = ("first__account", "second__account")

    def for_list(self) -> Self:
        """With what the list shows of both people; one query."""
        return self.select_related("first__account", "second__account", "decided_by").likeliest_first()


class MergeQuerySet(models.QuerySet[Any]):
    """Everybody active reads what was merged; it is taken apart by those who may change what came of it."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def standing(self) -> Self:
        return self.filter(undone_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("user", "undone_by").order_by("-id")

    def survivor_of(self, kind: str, pk: int) -> int | None:
        """Where a merged record is now, however often that was merged again; None if it was not merged."""
        found: int | None = None
        seen = {pk}
        while (step := self.standing().filter(kind=kind, loser_id=found or pk).first()) is not None:
            found = int(step.survivor_id)
            if found in seen:
                return None
            seen.add(found)
        return found

    def forgettable(self) -> Self:
        """Those that can no longer be taken apart, and still hold what that would need."""
        from imports.models import Merge  # noqa: PLC0415 - models import this module

        past = timezone.now() - Merge.UNDO_FOR
        return self.filter(created_at__lt=past, steps__isnull=False).distinct()
