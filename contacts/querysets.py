"""How views get what belongs to an account: people, interactions, concerns, promises, asks.

Everybody active reads all of it (R16). Writing: whoever may edit the account, and besides the person
whose record it is (the author of a log, the owner of a concern …), whatever department they are in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject

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
        return self.employed_or(None)

    def employed_or(self, kept: int | None) -> Self:
        """The same, with the one that a record names already, wherever they work now."""
        there = Q(left_on__isnull=True) if kept is None else Q(left_on__isnull=True) | Q(pk=kept)
        return self.filter(there).order_by("-is_main", "name_folded", "id")

    # -- The part they play (R21) ----------------------------------------------------------------------

    def deciders(self) -> Self:
        """Who decides about us and still works there."""
        return self.employed().filter(decision_roles__contains=["decides"])

    def champions(self) -> Self:
        """Who speaks for us and still works there."""
        return self.employed().filter(decision_roles__contains=["champions"])

    def not_spoken_to_since(self, day: date) -> Self:
        """Whom nobody has reached after that day."""
        return self.exclude(Exists(_talks().filter(happened_on__gt=day)))

    def with_spoken_on(self) -> Self:
        """``spoken_on``: the day on which we last reached them; in the same query."""
        return self.annotate(spoken_on=Subquery(_talks().values("happened_on")[:1]))

    def for_panel(self) -> Self:
        """People for their panel on the account page: who works there first, whom we call in front.

        Then who decides, who champions us and everybody else; who left last. One query with all that
        the warnings ask.
        """
        order = ("gone", "-is_main", F("role_rank").asc(nulls_last=True), "name_folded", "id")
        return self.with_ranks().with_spoken_on().order_by(*order)

    def with_ranks(self) -> Self:
        """``gone``: whether they have left; ``role_rank``: by the first of the roles in their order."""
        from contacts.models import DecisionRole  # noqa: PLC0415 - models import this module

        roles = [
            When(decision_roles__contains=[role], then=Value(rank))
            for rank, role in enumerate(DecisionRole.values)
        ]
        return self.annotate(
            gone=Case(When(left_on__isnull=True, then=Value(0)), default=Value(1)),
            role_rank=Case(*roles, output_field=models.IntegerField()),
        )

    def for_people_page(self, sort: str) -> Self:
        """Rows of the people page; what is not known comes last in both directions, who left after all.

        ``last_talk``: when, how and with whom of us; ``later``: what became of who left. Three queries.
        """
        key, down = sort.removeprefix("-"), sort.startswith("-")
        column = F(_PEOPLE_SORTS[key])
        first = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
        said = JSONObject(on="happened_on", kind="kind", by="user__display_name")
        rows = (
            self.with_ranks()
            .with_spoken_on()
            .annotate(last_talk=ArraySubquery(_talks().values(json=said)[:1]))
        )
        return (
            rows.select_related("reports_to").prefetch_related("later__account").order_by("gone", first, "id")
        )


_PEOPLE_SORTS = {
    "name": "name_folded",
    "role": "role_rank",
    "influence": "influence",
    "attitude": "attitude",
    "last": "spoken_on",
    "placed": "placed",
}


def _talks() -> models.QuerySet[Any]:
    """Contacts in which the row's person was reached, latest first."""
    from contacts.models import Interaction  # noqa: PLC0415 - models import this module

    rows = Interaction.objects.standing().filter(contact=OuterRef("pk"), reached=True)
    return rows.latest_first()


class InfluenceQuerySet(OfAccountQuerySet):
    """Drawn and ended by those who may edit the account."""

    def among_employed(self) -> Self:
        """Where both still work there, by name."""
        there = self.filter(who__left_on__isnull=True, whom__left_on__isnull=True)
        return there.order_by("who__name_folded", "whom__name_folded", "id")

    def touching(self, contact: Any) -> Self:
        """Who influences this person, and whom they influence."""
        return self.filter(Q(who=contact) | Q(whom=contact)).select_related("who", "whom")


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
