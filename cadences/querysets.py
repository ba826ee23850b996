"""How views get touchpoints; every page's query is a named method here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, F, OuterRef, Q, When
from django.db.models.functions import JSONObject

from accounts.models import BookEntry
from cadences.lateness import NEXT_DAYS
from cadences.planned.origins import ON_THEIR_WAY, piece_of_outer
from contacts.models import Commitment, Concern, Contact, Interaction
from contacts.querysets import OfAccountQuerySet

if TYPE_CHECKING:
    from users.models import User


class TouchpointQuerySet(OfAccountQuerySet):
    """Closed, put off and skipped by whom it is assigned to, or by those who may edit the account."""

    own_paths = ("assignee",)

    def own(self, user: User) -> Q:
        """And by the host of the meeting that is agreed for it."""
        from cadences.models import Appointment  # noqa: PLC0415 - models import this module

        hosted = Appointment.objects.planned().hosted_by(user).filter(touchpoint__isnull=False)
        return super().own(user) | Q(pk__in=hosted.values("touchpoint"))

    def open(self) -> Self:
        return self.filter(state="open")

    def for_people(self) -> Self:
        """Without surveys: those are sent by the system and shown in nobody's day (R3)."""
        return self.exclude(kind="survey")

    # -- My day --------------------------------------------------------------------------------------

    def for_my_day(self, user: User, today: date, *, book_only: bool = False) -> Self:
        """What this user owes late and today, each with what its line says; one query."""
        rows = self.open().for_people().filter(assignee=user, due_on__lte=today)
        return rows.in_book_of(user, only=book_only).with_lines(today)

    def for_next_days(self, user: User, today: date, *, book_only: bool = False) -> Self:
        """What follows within the next days, folded on My day."""
        rows = self.open().for_people().filter(assignee=user).due_in_next_days(today)
        return rows.in_book_of(user, only=book_only)

    def unassigned_for(self, user: User, today: date) -> Self:
        """The manager's queue: owed with nobody to do it (no owner, or one who has left)."""
        if not user.is_manager:
            return self.none()
        mine = Q(account__owner__isnull=True) | Q(account__owner__team__manager=user)
        ahead = today + timedelta(days=NEXT_DAYS)
        return self.open().for_people().filter(mine, assignee__isnull=True, due_on__lte=ahead)

    def due_in_next_days(self, today: date) -> Self:
        return self.filter(due_on__gt=today, due_on__lte=today + timedelta(days=NEXT_DAYS))

    def in_book_of(self, user: User, *, only: bool = True) -> Self:
        """Only the accounts the user works now (R7): a filter, never a wall."""
        if not only:
            return self
        return self.filter(account__in=BookEntry.objects.filter(user=user).values("account"))

    def with_own_interval(self, today: date) -> Self:
        """``own_interval``: how often this account wants it, where an exception from the plan says so."""
        return self.annotate(own_interval=ArraySubquery(_own_interval(today)))

    def with_lines(self, today: date) -> Self:
        """Person, last contact, worst concern and next promise of each line, in the same query."""
        return (
            self.with_own_interval(today)
            .select_related("account", "slot", "item", "contact")
            .annotate(
                first_person=ArraySubquery(_first_person(today)),
                last_contact=ArraySubquery(_last_contact()),
                open_concern=ArraySubquery(_open_concern()),
                open_promise=ArraySubquery(_open_promise()),
                written=ArraySubquery(_written()),
            )
            .order_by("due_on", F("due_at").asc(nulls_last=True), "account__name_folded", "id")
        )


def _first_person(today: date) -> models.QuerySet[Any]:
    """Whom we call when the touchpoint names nobody: the main contact, else any who works there.

    Who is paused comes last: only where everybody is does a paused one stand in front.
    """
    return (
        Contact.objects.filter(account=OuterRef("account_id"), left_on__isnull=True)
        .annotate(paused=Case(When(paused_until__gte=today, then="paused_until")))
        .order_by(F("paused").asc(nulls_first=True), "-is_main", "id")
        .values(
            json=JSONObject(
                first="first_name",
                last="last_name",
                title="job_title",
                phone="phone",
                phone_e164="phone_e164",
                mobile="mobile",
                mobile_e164="mobile_e164",
                email="email",
                paused="paused",
            )
        )[:1]
    )


def _last_contact() -> models.QuerySet[Any]:
    return (
        Interaction.objects.filter(account=OuterRef("account_id"), reached=True)
        .standing()
        .latest_first()
        .values(
            json=JSONObject(
                on="happened_on",
                kind="kind",
                by="user__display_name",
                by_id="user_id",
                sentiment="sentiment",
                summary="summary",
            )
        )[:1]
    )


def _own_interval(today: date) -> models.QuerySet[Any]:
    from cadences.models import Override  # noqa: PLC0415 - models import this module

    return (
        Override.objects.filter(account=OuterRef("account_id"), slot=OuterRef("slot_id"), every__gte=1)
        .filter(Q(since=None) | Q(since__lte=today), Q(until=None) | Q(until__gte=today), is_off=False)
        .values(json=JSONObject(every="every", unit="unit"))[:1]
    )


def _open_concern() -> models.QuerySet[Any]:
    return (
        Concern.objects.filter(account=OuterRef("account_id"))
        .open()
        .worst_first()
        .values(json=JSONObject(what="what", since="opened_on", severity="severity"))[:1]
    )


def _written() -> models.QuerySet[Any]:
    """What the plan has written for it, and has not left yet."""
    said = JSONObject(state="state", medium="medium", name="contact__last_name")
    return piece_of_outer().filter(state__in=ON_THEIR_WAY).values(json=said)[:1]


def _open_promise() -> models.QuerySet[Any]:
    return (
        Commitment.objects.filter(account=OuterRef("account_id"), by_us=True)
        .open()
        .order_by("due_on", "id")
        .values(json=JSONObject(what="what", due="due_on"))[:1]
    )
