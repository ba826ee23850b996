"""The outbox row: one mail to one address, from the moment somebody wants it sent."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import TimeStamped
from correspondence.querysets import MessageQuerySet


class Topic(models.TextChoices):
    """What a mail is about: people unsubscribe from a topic, and a topic can be halted."""

    SURVEY = "survey", _("Surveys")
    SERVICE = "service", _("Service")
    MARKETING = "marketing", _("Marketing")


class State(models.TextChoices):
    """Where a mail is. ``uncertain``: it may have gone out; nobody but a person sends it again."""

    PENDING = "pending", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", pgettext_lazy("mail", "sent")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")
    CANCELLED = "cancelled", _("cancelled")


READY_MADE = "account_mail"  # handed in through Django's mail API


class Message(TimeStamped):
    """One mail to one address, once per (kind, recipient, key).

    The row decides, not the task queue: it is claimed, the claim is committed, and only then is the mail
    handed to the mail server. ``payload`` holds ids; what they stand for is read and rendered when it is
    sent, and never stored. ``stored`` is the sealed text of a mail that came ready-made through Django's
    mail API; it is blanked as soon as the row needs it no longer.
    """

    kind = models.CharField(max_length=40, help_text="Names its renderer, see correspondence.kinds.")
    topic = models.CharField(max_length=10, choices=Topic)
    recipient = models.EmailField(help_text="Normalised: lower case, no name.")
    key = models.CharField(max_length=100, help_text="The same key again is the same mail.")
    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        db_index=False,
    )
    payload = models.JSONField(default=dict, help_text="Ids only.")
    stored = models.TextField(blank=True, help_text="A ready-made mail, sealed with SECRET_KEY.")
    from_name = models.CharField(max_length=100, blank=True)
    from_address = models.EmailField(blank=True, help_text="Empty: DEFAULT_FROM_EMAIL.")
    reply_to = models.EmailField(blank=True)

    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was cancelled.")
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(help_text="Never before not_before.")
    lease_until = models.DateTimeField(null=True, blank=True)
    handing_over = models.BooleanField(
        default=False, help_text="Set before the mail server hears of it: from here on it may have gone out."
    )
    has_slot = models.BooleanField(default=False, help_text="Its turn under the rate limits is reserved.")
    is_urgent = models.BooleanField(default=False, help_text="Somebody waits for it: goes first.")
    message_id = models.CharField(max_length=300, help_text="The same in every attempt.")
    provider_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    returned_at = models.DateTimeField(null=True, blank=True, help_text="It came back after it was sent.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            # enqueueing twice, or two processes at once, is one mail: this decides, not a lock
            models.UniqueConstraint(fields=["kind", "recipient", "key"], name="message_once_per_key"),
            models.CheckConstraint(
                name="message_recipient_lower_case",
                condition=Q(recipient=models.functions.Lower("recipient")),
            ),
            # a crash must always leave a lease to run out, else the mail is lost in "sending"
            models.CheckConstraint(
                name="message_sending_has_lease",
                condition=~Q(state="sending") | Q(lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="message_sent_has_moment", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="message_cancelled_has_reason", condition=~Q(state="cancelled") | ~Q(reason="")
            ),
            # texts with links for passwords do not lie about once they are out
            models.CheckConstraint(
                name="message_text_only_while_needed",
                condition=Q(stored="") | Q(state__in=["pending", "sending"]),
            ),
            models.CheckConstraint(
                name="message_not_before_kept",
                condition=Q(not_before__isnull=True) | Q(next_try_at__gte=F("not_before")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-is_urgent", "next_try_at", "id"],
                condition=Q(state="pending"),
                name="message_due",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_leases"),
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            models.Index(
                fields=["topic", "sent_at"], condition=Q(sent_at__isnull=False), name="message_sent_by_topic"
            ),
            models.Index(fields=["recipient"], name="message_recipient"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="message_by_provider_id"),
            # whole, and by its beginning (a return path)
            models.Index(
                fields=["message_id"], name="message_by_id_or_path", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["contact"], condition=Q(contact__isnull=False), name="message_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"

    @property
    def domain(self) -> str:
        """Where the recipient's mail is received."""
        return self.recipient.rpartition("@")[2]

    @property
    def can_resend(self) -> bool:
        """Whether it can still be rendered: a ready-made text is blanked when the row ends."""
        return self.kind != READY_MADE
