"""How views get what belongs to an account: people, interactions, concerns, promises, asks.

Everybody active reads all of it (R16). Writing: whoever may edit the account, and besides the person
whose record it is (the author of a log, the owner of a concern …), whatever department they are in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, JSONObject

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
        return self.filter(Q(account__in=Account.objects.editable_by(user)) | self.own(user))

    def own(self, user: User) -> Q:
        """The rows that are this user's own, whoever owns the account."""
        mine = Q(pk__in=[])
        for path in self.own_paths:
            mine |= Q(**{path: user})
        return mine


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
        lately = Exists(_talks().filter(happened_on__gt=day))
        return self.exclude(lately | Exists(_attended().filter(happened_on__gt=day)))

    def with_spoken_on(self) -> Self:
        """``spoken_on``: the day on which we last reached them; in the same query."""
        first = Subquery(_talks().values("happened_on")[:1])
        beside = Subquery(_attended().values("happened_on")[:1])
        return self.annotate(spoken_on=Greatest(first, beside))

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
            .annotate(last_talk=ArraySubquery(_there().values(json=said)[:1]))
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


def _attended() -> models.QuerySet[Any]:
    """Contacts in which the row's person was among the others, latest first."""
    from contacts.models import Interaction  # noqa: PLC0415 - models import this module

    return Interaction.objects.standing().filter(others=OuterRef("pk"), reached=True).latest_first()


def _there() -> models.QuerySet[Any]:
    """Either of them. By the account's talks: an OR over everybody's would read them all."""
    from contacts.models import Interaction  # noqa: PLC0415 - models import this module

    there = Q(contact=OuterRef("pk")) | Q(others=OuterRef("pk"))
    talks = Interaction.objects.standing().filter(account=OuterRef("account"), reached=True)
    return talks.filter(there).latest_first()


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
        away = absent_and_covered_by(user, today)
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

    def for_list(self, state: str = "all") -> Self:
        """With the names that a list shows: open ones first due first, then closed ones, latest first.

        ``state``: as in :meth:`in_state`, whose rows alone are there; an index has them in this order.
        """
        rows = self.select_related("account__owner", "user", "contact", "interaction")
        if state == "closed":
            return rows.order_by("-closed_on", "-id")
        if state in {"open", "due"}:
            return rows.order_by("due_on", "-id")
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

    def latest_of(self, account: Account) -> Self:
        """The ten latest of an account, with the people that their lines name."""
        rows = self.filter(account=account).order_by("-asked_on", "-id")
        return rows.select_related("asked_by", "contact")[:10]


def marked_own(rows: Iterable[Any], user: User, *, editable: bool) -> list[Any]:
    """Rows of one account, each with ``is_editable``: the rule of ``editable_by`` without a query.

    ``editable``: whether the user may edit the account.
    """
    found = list(rows)
    owners = [f"{path}_id" for path in type(found[0]).objects.all().own_paths] if found else []
    for row in found:
        own = any(getattr(row, owner) == user.pk for owner in owners)
        row.is_editable = user.is_active and (editable or own)
    return found
