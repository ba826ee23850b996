"""How views get what belongs to an account: people, interactions, concerns, promises, asks.

Everybody active reads all of it (R16). Writing: whoever may edit the account, and besides the person
whose record it is (the author of a log, the owner of a concern …), whatever department they are in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import Account
from accounts.querysets import matches

if TYPE_CHECKING:
    from users.models import User


class OfAccountQuerySet(models.QuerySet[Any]):
    """Seen with the account and edited by whoever may edit the account."""

    own_paths: ClassVar[tuple[str, ...]] = ()
    """Columns naming users who may edit the row although the account is not theirs."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        allowed = Q(account__in=Account.objects.editable_by(user))
        for path in self.own_paths:
            allowed |= Q(**{path: user})
        return self.filter(allowed)


class ContactQuerySet(OfAccountQuerySet):
    """People at accounts. Anybody adds one; those who may edit the account change them."""

    def search(self, text: str) -> Self:
        """Name, e-mail or phone, as accounts are searched."""
        return self.filter(matches(text)) if text.strip() else self

    def of_owner(self, choice: str, user: User) -> Self:
        """At accounts of ``me``, ``team``, ``nobody``, a user's id, or ``all``."""
        if choice == "all":
            return self
        return self.filter(account__in=Account.objects.of_owner(choice, user))

    def employed(self) -> Self:
        """Who still works there, the one we call first in front."""
        return self.filter(left_on__isnull=True).order_by("-is_main", "name_folded", "id")

    def deciders(self) -> Self:
        """Who decides at the account: as far as we know, whom we call."""
        return self.employed().filter(is_main=True)


class InteractionQuerySet(OfAccountQuerySet):
    """Corrected and withdrawn by its author or by those who may edit the account."""

    own_paths = ("user",)

    def standing(self) -> Self:
        """Without the withdrawn ones, which stay only as history."""
        return self.filter(withdrawn_at__isnull=True)

    def latest_first(self) -> Self:
        return self.order_by("-happened_on", "-id")

    def contacts_made(self) -> Self:
        """Contacts that happened or were tried: everything but notes."""
        return self.standing().exclude(kind="note")


class ConcernQuerySet(OfAccountQuerySet):
    """Edited and resolved by who raised it, who owns it, or those who may edit the account."""

    own_paths = ("raised_by", "owner")

    def open(self) -> Self:
        return self.filter(resolved_on__isnull=True)

    def worst_first(self) -> Self:
        return self.order_by("-severity", Coalesce("due_on", "opened_on"), "id")


class CommitmentQuerySet(OfAccountQuerySet):
    """Closed by who gave or took the promise, or by those who may edit the account."""

    own_paths = ("user",)

    def open(self) -> Self:
        return self.filter(state="open")


class AskQuerySet(OfAccountQuerySet):
    """Answered by who asked, or by those who may edit the account."""

    own_paths = ("asked_by",)

    def latest_of(self, account: Account) -> Self:
        """The ten latest of an account, with the people that their lines name."""
        rows = self.filter(account=account).order_by("-asked_on", "-id")
        return rows.select_related("asked_by", "contact")[:10]


def marked_own(rows: Iterable[Any], user: User, *, editable: bool) -> list[Any]:
    """Rows of one account, each with ``is_editable``: the rule of ``editable_by`` without a query.

    ``editable``: whether the user may edit the account.
    """
    found = list(rows)
    for row in found:
        paths = type(row).objects.all().own_paths
        own = any(getattr(row, f"{path}_id") == user.pk for path in paths)
        row.is_editable = user.is_active and (editable or own)
    return found
