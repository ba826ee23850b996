"""Meetings agreed with customers (R13), and the calendar address under which a user reads theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadences.meetings.querysets import AppointmentQuerySet, FeedQuerySet
from contacts.models import Contact
from core.history import tracked
from core.models import TimeStamped
from users.clock import zone
from users.models.people import known_time_zone


@tracked(exclude=("token", "touchpoint"))
class Appointment(TimeStamped):
    """A time and place agreed with people of an account.

    What was agreed is a wall time at a place: the instants and ``time_zone`` say it together, and a
    change goes by the wall time. ``touchpoint`` is the row that My day and the ledger show of it: a row of
    the plan that it is agreed for, else an agreed one of its own.
    """

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        VIDEO = "video", _("Video call")
        VISIT = "visit", _("Visit")
        LUNCH = "lunch", _("Lunch")

    class State(models.TextChoices):
        PLANNED = "planned", _("agreed")
        HELD = "held", _("took place")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("did not take place")

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="appointments")
    touchpoint = models.ForeignKey(
        "cadences.Touchpoint", null=True, on_delete=models.SET_NULL, related_name="appointments"
    )
    host = models.ForeignKey("users.User", on_delete=models.PROTECT, related_name="hosted_appointments")
    colleagues = models.ManyToManyField("users.User", related_name="joined_appointments", blank=True)
    contacts = models.ManyToManyField("contacts.Contact", through="Guest", related_name="appointments")
    made_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.UUIDField(null=True, unique=True, editable=False, help_text="Of the form that made it.")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MEETING)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, validators=[known_time_zone], help_text="Of the place.")
    place = models.CharField(max_length=300, blank=True, help_text="An address, or that of a video call.")
    purpose = models.CharField(max_length=200, blank=True, help_text="As the customer reads it.")
    agenda = models.TextField(blank=True, help_text="As the customer reads it.")
    needs = models.TextField(blank=True, help_text="What they said they need.")

    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    reason = models.CharField(max_length=200, blank=True, help_text="Why cancelled, or not held.")
    closed_at = models.DateTimeField(null=True, blank=True)
    interaction = models.ForeignKey(
        "contacts.Interaction",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="appointments",
        help_text="What came of it.",
    )
    uid = models.UUIDField(default=uuid4, unique=True, editable=False, help_text="In calendars, for good.")
    sequence = models.PositiveIntegerField(default=0, help_text="Grows with what guests must hear of.")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_its_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="appointment_closed_at_a_moment",
                condition=Q(state="planned", closed_at=None)
                | ~Q(state="planned") & Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="appointment_cancelled_with_reason", condition=~Q(state="cancelled") | ~Q(reason="")
            ),
            # two meetings for one that is owed: one of them would never be missed
            models.UniqueConstraint(
                fields=["touchpoint"], condition=Q(state="planned"), name="appointment_one_for_a_touchpoint"
            ),
        ]
        indexes = [
            # the calendar of one person; of everybody in a team by the day
            models.Index(fields=["host", "starts_at"], name="appointment_of_host"),
            models.Index(fields=["starts_at"], name="appointment_by_start"),
            models.Index(fields=["account", "-starts_at"], name="appointment_of_account"),
        ]

    def __str__(self) -> str:
        return self.purpose or str(self.get_kind_display())

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def local_start(self) -> datetime:
        """The wall time that was agreed."""
        return self.starts_at.astimezone(zone(self.time_zone))

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(zone(self.time_zone))

    @property
    def people(self) -> list[Contact]:
        """Who of theirs is expected, in the order in which they were named."""
        return [guest.contact for guest in self.guests.all() if not guest.is_off]


class Guest(models.Model):
    """Somebody of theirs at an appointment, and what they were told by mail.

    ``is_off``: no longer expected; the row stays until they have been told. ``told``: the sequence of the
    invitation that left last, None while none has.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="guests")
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="guest_rows")
    is_invited = models.BooleanField(default=False, help_text="Gets the invitation and its updates.")
    is_off = models.BooleanField(default=False)
    told = models.PositiveIntegerField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "contact"], name="guest_once_per_appointment")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} at {self.appointment_id}"


class CalendarFeed(TimeStamped):
    """The secret address under which other calendars read a user's. Only a hash of the secret is kept."""

    user = models.OneToOneField("users.User", on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    with_notes = models.BooleanField(
        default=False, help_text="With people, agenda and what was noted; else accounts and times alone."
    )

    objects = FeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"calendar of user {self.user_id}"
