"""Promises, ours or theirs (R12)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.interaction import Channel
from contacts.querysets import CommitmentQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Commitment(TimeStamped):
    """What was promised, by whom, by when, by which channel; kept, late or broken."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        LATE = "late", _("Kept late")
        BROKEN = "broken", _("Broken")

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="commitments")
    contact = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    interaction = models.ForeignKey(
        "contacts.Interaction", null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    user = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="commitments")
    by_us = models.BooleanField(default=True)
    what = models.CharField(max_length=300)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    due_on = models.DateField()
    missed_on = models.DateField(
        null=True,
        blank=True,
        help_text="The due day that had passed when a new one was set: whatever comes, it is late.",
    )
    moved_reason = models.CharField(max_length=200, blank=True, help_text="Why it has a new date.")
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    closed_on = models.DateField(null=True, blank=True)

    external_id = models.CharField(
        max_length=60,
        null=True,
        blank=True,
        unique=True,
        help_text="Which one of another system it is: the same file again changes nothing.",
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commitment_closed_on_a_day",
                condition=Q(state="open", closed_on__isnull=True)
                | ~Q(state="open") & Q(closed_on__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["account"], name="commitment_open", condition=Q(state="open")),
            # My day asks for those of one user that are due
            models.Index(fields=["user", "due_on"], name="commitment_due", condition=Q(state="open")),
            # the page of all promises of an account, and the kept rate of a user in 12 months
            models.Index(fields=["account", "-due_on"], name="commitment_of_account"),
            models.Index(fields=["user", "-due_on"], name="commitment_of_user"),
            # the list of those kept and broken, latest first: of one person, and of everybody
            models.Index(
                fields=["user", "-closed_on", "-id"],
                name="commitment_closed_of_user",
                condition=~Q(state="open"),
            ),
            models.Index(fields=["-closed_on", "-id"], name="commitment_closed", condition=~Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def judged_on(self) -> date:
        """The last day on which it counts as kept and not as late."""
        return self.missed_on or self.due_on
