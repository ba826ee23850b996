"""How views get accounts; every page's query is a named method here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from core.phones import digits
from core.text import Fold, whole_number
from users.access import owned_side

if TYPE_CHECKING:
    from users.models import User

PHONE_LIKE = re.compile(r"^[\d\s()+./-]+$")
MANY_TERMS = 8


def matches(text: str, column: str = "search_folded", phones: str = "phone_digits") -> Q:
    """Every word of ``text`` in ``column`` without case and accents; or its digits in a phone number.

    Words of one or two letters match at the beginning of a word, longer ones anywhere: so each can
    use the trigram index. Phones are found from four digits on; a leading 0 is no part of the number
    abroad and is left out.
    """
    wanted = Q()
    for term in text.split()[:MANY_TERMS]:
        if len(term) > 2:
            wanted &= Q(**{f"{column}__contains": Fold(Value(term))})
        else:
            folded = Fold(Value(term))
            wanted &= Q(**{f"{column}__startswith": folded}) | Q(
                **{f"{column}__contains": Fold(Value(f" {term}"))}
            )
    number = digits(text).lstrip("0")
    if len(number) >= 4 and PHONE_LIKE.match(text.strip()):
        wanted |= Q(**{f"{phones}__contains": number})
    return wanted


def known_owner(choice: str) -> str:
    """A choice that :meth:`AccountQuerySet.of_owner` understands; ``all`` for what else an address holds."""
    return choice if choice in {"me", "team", "nobody"} or whole_number(choice) is not None else "all"


class AccountQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user reads every account (R16)."""
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        """Owner, deputy, the owner's manager; admins everything; nobody's accounts: managers."""
        return self.filter(owned_side(user))

    def search(self, text: str) -> Self:
        """Name, number in the customer file, city, postal code or phone; see :func:`matches`."""
        return self.filter(matches(text)) if text.strip() else self

    def of_owner(self, choice: str, user: User) -> Self:
        """``me``, ``team``, ``nobody``, a user's id, or ``all``."""
        if choice == "me":
            return self.filter(owner=user)
        if choice == "team":
            return self.filter(
                Q(owner__team__manager=user) | Q(owner__team=user.team_id, owner__team__isnull=False)
            )
        if choice == "nobody":
            return self.filter(owner=None)
        number = whole_number(choice)
        return self if number is None else self.filter(owner_id=number)

    def in_book_of(self, user: User) -> Self:
        """The accounts the user works now (R7)."""
        from accounts.models import BookEntry  # noqa: PLC0415 - models import this module

        return self.filter(Exists(BookEntry.objects.filter(account=OuterRef("pk"), user=user)))


class AccountFileQuerySet(models.QuerySet[Any]):
    """Everybody active reads and adds; removed by who added it or by those who may edit the account."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        return self.filter(owned_side(user, "account__owner") | Q(added_by=user))

    def kept(self) -> Self:
        """Without the removed ones."""
        return self.filter(removed_at__isnull=True)

    def for_bin(self) -> Self:
        """Removed ones that can be brought back, the latest first, with their account and who did it."""
        rows = self.filter(removed_at__isnull=False).exclude(file="")
        return rows.select_related("account", "removed_by").order_by("-removed_at", "-id")

    def for_panel(self) -> Self:
        """The latest first, with who added them."""
        return self.kept().select_related("added_by").order_by("-created_at", "-id")


class TierQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user reads every tier: whoever serves an account sees why it is Large."""
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        """Tiers and their rules are the admins'."""
        return self if user.is_active and user.is_admin else self.none()

    def for_ladder(self) -> Self:
        """Highest first, each with its conditions and its number of accounts. Two queries."""
        from accounts.models import Account  # noqa: PLC0415 - models import this module

        held = Account.objects.filter(tier=OuterRef("pk")).order_by().values("tier")
        pinned = held.filter(tier_pinned=True)
        return (
            self.annotate(
                account_count=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
                pinned_count=Coalesce(Subquery(pinned.annotate(n=Count("pk")).values("n")), 0),
            )
            .prefetch_related("conditions")
            .order_by("-rank")
        )


class TierLiftQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user reads what the network does to a tier."""
        return self if user.is_active else self.none()


class BookFinishQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user reads what came of the accounts that were worked."""
        return self if user.is_active else self.none()


class BookEntryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Every active user reads every book: it says what is being worked now, and by whom."""
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        """A book is its salesperson's; who stands in for them works it too, and so does their manager."""
        return self.filter(owned_side(user, "user"))
