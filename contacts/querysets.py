"""How views get what belongs to an account: people, interactions, concerns, promises, asks.

Everybody active reads all of it (R16). Writing: whoever may edit the account, and besides the person
whose record it is (the author of a log, the owner of a concern …), whatever department they are in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Case, Count, F, Q, When
from django.db.models.functions import Coalesce

from accounts.models import Account
from accounts.querysets import matches
from core.text import whole_number
from users.access import absent_and_covered_by

if TYPE_CHECKING:
    from contacts.models import Contact
    from users.models import User

ASK_WITHIN_DAYS = 60
"""How long a solved concern is kept in front of callers until the customer has confirmed it."""


def team_of(user: User, path: str) -> Q:
    """Rows whose user at ``path`` is in a team that this user manages or belongs to."""
    mine = Q(**{f"{path}__team__manager": user})
    return mine | Q(**{f"{path}__team": user.team_id}) if user.team_id else mine


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


class InteractionQuerySet(OfAccountQuerySet):
    """Corrected and withdrawn by its author or by those who may edit the account."""

    own_paths = ("user",)

    def standing(self) -> Self:
        """Without the withdrawn ones, which stay only as history."""
        return self.filter(withdrawn_at__isnull=True)

    def logged_by(self, user: User) -> Self:
        """What this user wrote down, the latest entry first."""
        return self.standing().filter(user=user).order_by("-id")

    def with_person(self, contact: Contact) -> Self:
        """Talks with somebody: as the one it was with, or among the others who were there."""
        return self.filter(Q(contact=contact) | Q(pk__in=contact.attended.values("pk")))

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

    def unconfirmed(self) -> Self:
        """Solved as we see it; the customer has not said so yet."""
        return self.filter(resolved_on__isnull=False, confirmed_on__isnull=True)

    def on_the_table(self, today: date) -> Self:
        """What the next caller must know: open ones, and lately solved ones nobody asked about yet."""
        lately = today - timedelta(days=ASK_WITHIN_DAYS)
        return self.filter(
            Q(resolved_on__isnull=True) | Q(resolved_on__gte=lately, confirmed_on__isnull=True)
        )

    def of_person(self, choice: str, user: User) -> Self:
        """Of whom: ``me``, ``raised`` (by me, with anybody), ``team`` (with my people), or ``all``."""
        if choice == "me":
            return self.filter(owner=user)
        if choice == "raised":
            return self.filter(raised_by=user)
        if choice == "team":
            return self.filter(team_of(user, "owner"))
        return self

    def in_state(self, choice: str) -> Self:
        """``open``, ``unconfirmed`` (solved, not confirmed), ``closed`` (confirmed), or ``all``."""
        if choice == "open":
            return self.open()
        if choice == "unconfirmed":
            return self.unconfirmed()
        return self.filter(confirmed_on__isnull=False) if choice == "closed" else self

    def by_urgency(self) -> Self:
        """Open ones first, worst first; then the solved ones, latest first."""
        when = Coalesce("due_on", "opened_on")
        return self.order_by(F("resolved_on").desc(nulls_first=True), "-severity", when, "id")

    def for_list(self) -> Self:
        """With the names that a list of concerns shows, and how long each thread is."""
        return self.select_related("account", "owner", "contact", "confirmed_with").annotate(
            note_count=Count("notes")
        )

    def for_page(self) -> Self:
        """With the names that the page of one concern shows."""
        return self.select_related(
            "account__owner", "owner", "raised_by", "resolved_by", "contact", "confirmed_with", "confirmed_by"
        )

    def worst_first(self) -> Self:
        return self.order_by("-severity", Coalesce("due_on", "opened_on"), "id")


class ConcernNoteQuerySet(models.QuerySet[Any]):
    """Anybody active adds one; nobody changes one."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def thread(self) -> Self:
        return self.select_related("user").order_by("noted_at", "id")


class CommitmentQuerySet(OfAccountQuerySet):
    """Closed by who gave or took the promise, or by those who may edit the account."""

    own_paths = ("user",)

    def open(self) -> Self:
        return self.filter(state="open")

    def for_my_day(self, user: User, today: date) -> Self:
        """Promises of this user, and promises made to them, that are due; the longest due first.

        A word given is nobody's to lose: those of an absent colleague stand with the deputy, those of
        somebody who has left with the account's owner.
        """
        away = absent_and_covered_by(user)
        mine = Q(user=user) | Q(user__in=away, account__owner__in=away)
        left = Q(user__is_active=False, account__owner=user)
        rows = self.open().filter(mine | left, due_on__lte=today)
        return rows.select_related("account", "contact", "user").order_by("due_on", "id")

    def of_person(self, choice: str, user: User) -> Self:
        """Given or taken by ``me``, by ``team`` (my people), or by anybody (``all``)."""
        if choice == "me":
            return self.filter(user=user)
        if choice == "team":
            return self.filter(team_of(user, "user"))
        number = whole_number(choice)
        return self if number is None else self.filter(user_id=number)

    def in_state(self, choice: str, today: date) -> Self:
        """``open``, ``due`` (open and due), ``closed``, or ``all``."""
        if choice == "open":
            return self.open()
        if choice == "due":
            return self.open().filter(due_on__lte=today)
        return self.exclude(state="open") if choice == "closed" else self

    def for_list(self) -> Self:
        """With the names that a list shows: open ones first due first, then closed ones, latest first."""
        rows = self.select_related("account__owner", "user", "contact", "interaction")
        is_open = Case(When(state="open", then=0), default=1)
        when_open = Case(When(state="open", then="due_on"))
        return rows.order_by(is_open, when_open, F("closed_on").desc(nulls_last=True), "-id")

    def rates(self, today: date, by: str | None = None) -> list[dict[str, Any]]:
        """How many of *our* promises were kept, late, broken and are overdue: of 12 months by due day.

        ``by``: one row per value of that column ("user", "account"), else one row for all. What the
        customer promised is not counted: it is their word, not ours.
        """
        due = self.filter(by_us=True, due_on__gt=today - timedelta(days=365)).order_by()
        counts = {
            "kept": Count("pk", filter=Q(state="kept")),
            "late": Count("pk", filter=Q(state="late")),
            "broken": Count("pk", filter=Q(state="broken")),
            "overdue": Count("pk", filter=Q(state="open", due_on__lt=today)),
        }
        return list(due.values(by).annotate(**counts)) if by else [due.aggregate(**counts)]


class ExpectationQuerySet(OfAccountQuerySet):
    """Judged by who led them to it, or by those who may edit the account."""

    own_paths = ("led_by",)

    def for_panel(self) -> Self:
        """What is not known yet first, then the latest."""
        rows = self.select_related("led_by", "judged_by", "contact", "interaction")
        return rows.order_by(Case(When(state="open", then=0), default=1), "-led_on", "-id")


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
