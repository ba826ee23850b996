"""Waves: the invitations of a time, whose ballots are opened together."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.querysets import WaveQuerySet


class Wave(models.Model):
    """A survey round. Integers per wave, dates, and nothing about single people.

    ``state`` is what the ballots' database last said; that one decides.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("key is being made")
        READY = "ready", _("open")
        HELD = "held", _("closed, held")
        RELEASED = "released", _("released")
        DESTROYED = "destroyed", _("destroyed unread")

    SETTLED = frozenset({"released", "destroyed"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey("surveys.Programme", on_delete=models.PROTECT, related_name="waves")
    label = models.CharField(max_length=40)
    opens_on = models.DateField()
    last_send_on = models.DateField()
    closes_on = models.DateField()
    questions = models.ForeignKey("surveys.Questions", on_delete=models.PROTECT, related_name="waves")
    dimensions = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="Empty: the company as a whole."
    )
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    held_for = models.CharField(max_length=7, blank=True, help_text="Why it is held: few or surplus.")
    next_release_on = models.DateField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    keys_destroyed_on = models.DateField(null=True, blank=True, help_text="The mailer's keys of this wave.")
    key_is_missing = models.BooleanField(
        default=False, help_text="The tally looked for its private key and did not find it."
    )
    counted_on = models.DateField(
        null=True, blank=True, help_text="When the tally was told how many were invited."
    )
    purged_on = models.DateField(null=True, blank=True, help_text="Invitations and mails are gone.")
    n_invited = models.PositiveIntegerField(default=0)
    n_mailed = models.PositiveIntegerField(default=0, help_text="Left for the mail server; never falls.")
    n_handed_over = models.PositiveIntegerField(default=0)
    n_bounced = models.PositiveIntegerField(default=0)
    n_suppressed = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(
        default=dict, blank=True, help_text="Reason -> how many were owed this survey and not asked."
    )

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "label"], name="wave_once_per_label"),
            models.CheckConstraint(
                name="wave_days_in_order",
                condition=Q(last_send_on__gte=F("opens_on")) & Q(closes_on__gt=F("last_send_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.label}: {self.state}"

    @property
    def n_left_out(self) -> int:
        return sum(self.left_out.values())

    @property
    def is_settled(self) -> bool:
        return self.state in self.SETTLED

    @property
    def is_surplus(self) -> bool:
        """Whether there were more answers than mails: nothing of it is ever shown."""
        return self.held_for == "surplus"
