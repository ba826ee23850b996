"""Whom not to write to, about what, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped
from correspondence.models.message import Topic
from correspondence.querysets import SuppressionQuerySet


class Suppression(TimeStamped):
    """An address gets no more mail: about one topic, or (``topic`` empty) about anything."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("does not exist")
        SOFT_BOUNCES = "soft_bounces", _("could not be reached several times")
        COMPLAINT = "complaint", _("reported a mail as spam")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribed")
        MANUAL = "manual", _("entered by an admin")

    address = models.EmailField(help_text="Normalised: lower case, no name.")
    topic = models.CharField(max_length=10, choices=Topic, blank=True, help_text="Empty: all topics.")
    reason = models.CharField(max_length=12, choices=Reason)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: for good.")

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address", "topic"], name="suppression_once_per_topic"),
            models.CheckConstraint(
                name="suppression_lower_case", condition=Q(address=models.functions.Lower("address"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic or 'all topics'}: {self.reason}"
