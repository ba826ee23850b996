"""Contacts that happened. What we owe is a touchpoint, in cadences: two different facts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.querysets import InteractionQuerySet
from core.history import tracked
from core.models import TimeStamped
from core.text import Fold


class Channel(models.TextChoices):
    """How people are reached, and what they may prefer or refuse (R11)."""

    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    MEETING = "meeting", _("Meeting")
    VIDEO = "video", _("Video call")
    TEXT = "text", _("Text message")
    SOCIAL = "social", _("Social media")


@tracked(exclude=("token",))
class Interaction(TimeStamped):
    """Who spoke with whom, how, what was said, what came of it.

    ``reached`` says whether the customer was really reached, in either direction; ``by_owner_side``
    whether our side was the owner, the deputy or their manager at that time. Both are stored when
    logged, because the engine counts only such contacts and neither may change with today's org chart.
    """

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Letter")
        MEETING = "meeting", _("Meeting")
        VIDEO = "video", _("Video call")
        TEXT = "text", _("Text message")
        SOCIAL = "social", _("Social media")
        VISIT = "visit", _("Visit")
        LUNCH = "lunch", _("Lunch")
        GIFT = "gift", _("Gift")
        NOTE = "note", _("Note")

    class Outcome(models.TextChoices):
        TALKED = "talked", _("Talked")
        NO_ANSWER = "no_answer", _("No answer")
        VOICEMAIL = "voicemail", _("Left a voicemail")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        CALL_BACK = "call_back", _("Asked to be called later")
        SENT = "sent", _("Sent")
        HELD = "held", _("Took place")
        NOTED = "noted", _("Noted")

    class Direction(models.TextChoices):
        OUT = "out", _("We contacted them")
        IN = "in", _("They contacted us")

    class Source(models.TextChoices):
        PAGE = "page", _("Logged on a page")
        IMPORT = "import", _("Imported")
        SYSTEM = "system", _("By the system")

    account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.CASCADE,
        related_name="interactions",
        db_index=False,  # the timeline's index serves it; a second one would tempt the planner to sort it all
    )
    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="interactions",
        db_index=False,  # the index of their latest talks serves it
    )
    others = models.ManyToManyField(
        "contacts.Contact", blank=True, related_name="attended", help_text="Who else of theirs was there."
    )
    kind = models.CharField(max_length=10, choices=Kind)
    refused_reason = models.CharField(
        max_length=200, blank=True, help_text="Why a channel was used that the contact does not want (R11)."
    )
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.OUT)
    outcome = models.CharField(max_length=12, choices=Outcome)
    reached = models.BooleanField()
    by_owner_side = models.BooleanField()
    happened_on = models.DateField(help_text="Civil date at the place of whoever logged it.")
    happened_at = models.DateTimeField(null=True, blank=True, help_text="Empty for imported history.")
    user = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions"
    )
    summary = models.TextField(blank=True)
    sentiment = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 angry to 5 delighted.")
    no_next_reason = models.CharField(max_length=200, blank=True, help_text="Why no next date was set (R11).")
    covered = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Keys of the purpose's checklist that were dealt with (R2, R4).",
    )
    token = models.UUIDField(
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text="Made with the form: the same form sent twice logs once.",
    )
    source = models.CharField(max_length=8, choices=Source, default=Source.PAGE)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="interaction_sentiment_1_5",
                condition=Q(sentiment__isnull=True) | Q(sentiment__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="interaction_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
            ),
        ]
        indexes = [
            # timeline of an account, and its last contact
            models.Index(fields=["account", "-happened_on", "-id"], name="interaction_timeline"),
            # words of notes; new entries wait in the index's list, so that logging does not wait for it
            GinIndex(
                SearchVector(Fold("summary"), config="simple"),
                name="interaction_words",
                fastupdate=True,
                condition=Q(withdrawn_at__isnull=True) & ~Q(summary=""),
            ),
            # the talks with a person, and when we last reached them, however many there are
            models.Index(fields=["contact", "-happened_on", "-id"], name="interaction_by_contact"),
            # the engine's last qualifying contact per account and kind
            models.Index(
                fields=["account", "kind", "happened_on"],
                name="interaction_qualifying",
                condition=Q(reached=True, by_owner_side=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}: {self.get_outcome_display()}"
