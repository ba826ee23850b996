"""Mailings: the same words to everybody who meets criteria, each in a piece of their own (R18)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.models import TimeStamped
from correspondence.mailing_querysets import MailingQuerySet, RecipientQuerySet
from correspondence.models.message import Topic
from correspondence.models.template import Medium


class Whom(models.TextChoices):
    """Which people of an account are written to."""

    MAIN = "main", _("The main contact")
    DECIDERS = "deciders", _("Everybody who decides")
    ALL = "all", _("Everybody")


class Exclusion(models.TextChoices):
    """Why somebody whom the criteria find gets nothing; of several reasons the first counts."""

    NOT_YOURS = "not_yours", _("The account is not yours to write to")
    LEFT = "left", _("Has left")
    NO_CONTACT = "no_contact", _("Nobody to write to is known there")
    NO_SENDER = "no_sender", _("The account has no active owner who could write")
    NO_IDENTITY = "no_identity", _("The sender has no verified address")
    ACCOUNT_PAUSED = "account_paused", _("The account is paused")
    CONTACT_PAUSED = "contact_paused", _("The contact is paused")
    REFUSED = "refused", _("Does not want this channel")
    NO_ADDRESS = "no_address", _("No address")
    SUPPRESSED = "suppressed", _("The address is suppressed")
    UNSUBSCRIBED = "unsubscribed", _("Has unsubscribed from the topic")
    LATELY = "lately", _("Got a mailing lately")
    NO_WORDS = "no_words", _("The template has no words for them")
    MISSING = "missing", _("A value is missing")
    DUPLICATE = "duplicate", _("The same address again")


@tracked(exclude=("rows_total", "rows_left", "lease_until", "attempts"))
class Mailing(TimeStamped):
    """Pieces to an audience, from the first draft until the last one has left.

    As a draft its audience is whoever meets the criteria at that moment. Scheduling freezes who gets it
    (:class:`Recipient`) and the versions of the words; whether each may still be written to is asked again
    when their piece is made, and when it leaves.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    ENDED = (State.DONE, State.STOPPED)
    AHEAD = (State.SCHEDULED, State.RUNNING, State.PAUSED)

    name = models.CharField(max_length=100)
    medium = models.CharField(max_length=6, choices=Medium, default=Medium.EMAIL)
    template = models.ForeignKey(
        "correspondence.Template", null=True, on_delete=models.SET_NULL, related_name="mailings"
    )
    topic = models.CharField(max_length=10, choices=Topic, default=Topic.MARKETING)
    query = models.TextField(blank=True, help_text="The query of the account list that finds the audience.")
    criteria = models.CharField(max_length=1000, blank=True, help_text="The same in words.")
    whom = models.CharField(max_length=8, choices=Whom, default=Whom.MAIN)
    sender = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="sent_mailings",
        help_text="Empty: each account's owner.",
    )  # fmt: skip
    by_owner = models.BooleanField(
        default=True, help_text="Each account's owner writes; a sender who is gone does not make it so."
    )
    rest_days = models.PositiveSmallIntegerField(
        default=30, help_text="Who got a mailing within so many days is left out; 0: nobody is."
    )
    created_by = models.ForeignKey(
        "users.User", null=True, on_delete=models.SET_NULL, related_name="mailings"
    )
    token = models.UUIDField(
        null=True, unique=True, editable=False, help_text="Made with the form: sent twice, it makes one."
    )

    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    starts_at = models.DateTimeField(null=True, blank=True)
    per_hour = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: as fast as mail leaves.")
    spaced_from = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="From when the places in the line are counted."
    )
    spaced_place = models.PositiveIntegerField(default=0, editable=False, help_text="Whose turn that was.")
    finished_at = models.DateTimeField(null=True, blank=True)

    rows_total = models.PositiveIntegerField(default=0, help_text="Recipients without the excluded.")
    rows_left = models.PositiveIntegerField(default=0, help_text="Of them those without a piece yet.")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mailing_scheduled_for_a_moment", condition=Q(state="draft") | Q(starts_at__isnull=False)
            ),
            models.CheckConstraint(
                name="mailing_per_hour_positive", condition=Q(per_hour__isnull=True) | Q(per_hour__gt=0)
            ),
        ]
        indexes = [
            # the tick looks for what is to be started, gone on with, finished
            models.Index(
                fields=["state"], name="mailing_ahead", condition=Q(state__in=["scheduled", "running"])
            ),
            models.Index(fields=["-created_at", "-id"], name="mailing_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_ahead(self) -> bool:
        """Scheduled and not over."""
        return self.state in self.AHEAD

    @property
    def is_preparing(self) -> bool:
        """Whether a worker makes pieces now, or will at once."""
        return self.state == self.State.RUNNING and self.rows_left > 0

    @property
    def rows_done(self) -> int:
        return self.rows_total - self.rows_left


class Recipient(models.Model):
    """One person of a frozen audience, or one account without anybody. Machine-made: no history of it.

    ``excluded`` says why they get nothing; otherwise ``place`` is their turn, and what became of it is read
    off ``piece`` and its message. ``reason`` keeps that in words once the mailing is over.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.CASCADE, related_name="+")
    sender = models.ForeignKey(
        "users.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    address = models.CharField(max_length=254, blank=True, help_text="Lower case; empty for letters.")
    language = models.CharField(max_length=10, blank=True)
    text = models.ForeignKey(
        "correspondence.TemplateText", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    excluded = models.CharField(max_length=14, choices=Exclusion, blank=True)
    missing = models.CharField(max_length=300, blank=True, help_text="Placeholders without a value.")
    reason = models.CharField(max_length=300, blank=True)
    place = models.PositiveIntegerField(null=True, help_text="From 1; empty for the excluded.")
    piece = models.OneToOneField(
        "correspondence.Piece", null=True, on_delete=models.SET_NULL, related_name="recipient"
    )

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "contact"], name="recipient_once"),
            models.CheckConstraint(
                name="recipient_excluded_or_placed",
                condition=Q(excluded="", place__isnull=False) | ~Q(excluded="") & Q(piece__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "id"], name="recipient_in_order"),
            models.Index(
                fields=["mailing", "excluded"], name="recipient_excluded", condition=~Q(excluded="")
            ),
            # the next ones to make a piece for
            models.Index(
                fields=["mailing", "place"],
                name="recipient_waiting",
                condition=Q(piece__isnull=True, excluded=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}: {self.contact_id or self.account_id}"


class Outcome(models.TextChoices):
    """What became of a recipient, read off their piece (``RecipientQuerySet.with_outcome``)."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", pgettext_lazy("mail", "sent")
    FAILED = "failed", _("failed")
    BOUNCED = "bounced", _("bounced")
    UNCERTAIN = "uncertain", _("uncertain")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed since")
    COMPLAINED = "complained", _("reported as spam")
    TO_PRINT = "to_print", _("to print")
    PRINTED = "printed", _("printed")
    POSTED = "posted", _("posted")
    DROPPED = "dropped", _("left out when its turn came")
    STOPPED = "stopped", _("stopped")
    EXCLUDED = "excluded", _("excluded")
