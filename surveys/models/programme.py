"""Programmes: which surveys there are, what they ask, and in which words people are invited."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ballotbox.questionnaire import Questionnaire
from core.history import tracked
from core.models import TimeStamped
from surveys.querysets import ForManagersQuerySet, ProgrammeQuerySet, QuestionsQuerySet
from surveys.rules import Rule


@tracked()
class Programme(TimeStamped):
    """A survey that is sent again and again (after a purchase, yearly), or once.

    Only waves of the same programme are compared with each other. While it is off, what is owed in its slot
    stays owed and lapses as the plan says.
    """

    class Kind(models.TextChoices):
        AFTER_PURCHASE = "after_purchase", _("After a purchase")
        YEARLY = "yearly", _("Yearly")
        ONE_OFF = "one_off", _("One-off")

    class Rhythm(models.TextChoices):
        FORECAST = "forecast", _("By the forecast: a quarter, or half a year where too few are asked")
        HALF = "half", _("Always half a year, the company as a whole")

    kind = models.CharField(max_length=14, choices=Kind)
    name = models.CharField(max_length=80)
    is_on = models.BooleanField(default=False)
    slot_key = models.SlugField(max_length=40, blank=True, help_text="Of the plan; empty: sent once.")
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.FORECAST)
    sender_name = models.CharField(max_length=80, help_text="The company or a department, never a person.")
    sender_address = models.EmailField(blank=True, help_text="Neutral; empty: DEFAULT_FROM_EMAIL.")
    reply_to = models.EmailField(blank=True, help_text="A mailbox that salespeople do not read.")
    rule = models.JSONField(default=dict, blank=True, help_text="Who is asked, see surveys.rules.")

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        constraints = [
            # what the plan owes in a slot is asked by one programme
            models.UniqueConstraint(
                fields=["slot_key"], condition=~Q(slot_key=""), name="programme_one_per_slot"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind__in=["after_purchase", "yearly"]),
                name="programme_one_per_kind",
            ),
            models.CheckConstraint(
                name="programme_slot_where_repeated",
                condition=Q(kind="one_off", slot_key="") | ~Q(kind="one_off") & ~Q(slot_key=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_repeated(self) -> bool:
        return self.kind != self.Kind.ONE_OFF

    @property
    def who(self) -> Rule:
        return Rule.from_json(self.rule)


@tracked()
class Questions(TimeStamped):
    """A version of what a programme asks. Published ones never change: a wave keeps what it began with."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CURRENT = "current", _("Current")
        RETIRED = "retired", _("Earlier")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="questions")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    content = models.JSONField(help_text="As ballotbox.questionnaire reads it.")
    published_on = models.DateField(null=True, blank=True)

    objects = QuestionsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "questions"
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="questions_version_once"),
            models.UniqueConstraint(
                fields=["programme", "state"],
                condition=Q(state__in=["draft", "current"]),
                name="questions_one_draft_one_current",
            ),
            models.CheckConstraint(
                name="questions_published_on_a_day",
                condition=Q(state="draft", published_on__isnull=True)
                | ~Q(state="draft") & Q(published_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} version {self.version} ({self.state})"

    @property
    def asked(self) -> Questionnaire:
        return Questionnaire.from_json(self.content)


@tracked()
class MailText(TimeStamped):
    """How people of one language are invited, and written to once more a week later."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="mail_texts")
    language = models.CharField(max_length=10, help_text="Such as en or de.")
    subject = models.CharField(max_length=150)
    body = models.TextField()
    follow_up_subject = models.CharField(max_length=150)
    follow_up_body = models.TextField()

    objects = ForManagersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "language"], name="mailtext_once_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.language}"
