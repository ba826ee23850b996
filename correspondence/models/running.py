"""What sending needs to remember: reports of providers, rates, halted topics, a mail server that is down."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from correspondence.models.message import Topic
from correspondence.querysets import HaltQuerySet, ReportQuerySet


class DeliveryReport(models.Model):
    """A mail bounced, or somebody complained or unsubscribed. Opens and clicks are never stored.

    Kept for 90 days: to count soft bounces, and how a topic does.
    """

    class Kind(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("hard bounce")
        SOFT_BOUNCE = "soft_bounce", _("soft bounce")
        COMPLAINT = "complaint", _("complaint")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribed")

    event_id = models.CharField(max_length=200, help_text="The provider's; the same event comes again.")
    kind = models.CharField(max_length=12, choices=Kind)
    address = models.EmailField()
    topic = models.CharField(max_length=10, choices=Topic, blank=True)
    reported_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id"], name="report_once_per_event"),
        ]
        indexes = [
            models.Index(fields=["address", "kind", "reported_at"], name="report_by_address"),
            models.Index(fields=["topic", "kind", "reported_at"], name="report_by_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Throttle(models.Model):
    """How fast mail leaves, in all or to one domain: a token bucket, kept as the moment it is full again."""

    name = models.CharField(max_length=255, primary_key=True)
    full_at = models.DateTimeField(help_text="When everything that was let through will have been paid for.")

    def __str__(self) -> str:
        return f"{self.name}, full at {self.full_at:%H:%M:%S}"


class Halt(models.Model):
    """A topic that is not sent because too many mails bounced or were reported as spam."""

    topic = models.CharField(max_length=10, choices=Topic, primary_key=True)
    halted_at = models.DateTimeField(null=True, blank=True)
    sent = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    complaints = models.PositiveIntegerField(default=0)
    counted_from = models.DateTimeField(
        null=True, blank=True, help_text="When an admin resumed: what was before is not held against it."
    )

    objects = HaltQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.topic} {'halted' if self.halted_at else 'runs'}"


class Outage(models.Model):
    """The mail server cannot be reached, or lets one sender's mail not through.

    Nothing is lost and no attempt is spent while this stands.
    """

    TRANSPORT = "transport"
    _SENDER = "from "

    name = models.CharField(max_length=300, primary_key=True, default=TRANSPORT)
    since = models.DateTimeField()
    next_try_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=1)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name} down since {self.since:%Y-%m-%d %H:%M}"

    @classmethod
    def name_of(cls, sender: str) -> str:
        """The row of a sender's address; "" is DEFAULT_FROM_EMAIL."""
        return f"{cls._SENDER}{sender}"

    @property
    def is_sender(self) -> bool:
        """Whether it is about one sender, not about all mail."""
        return self.name != self.TRANSPORT

    @property
    def sender(self) -> str:
        return self.name.removeprefix(self._SENDER)
