"""People at accounts."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from contacts.models.interaction import Channel
from contacts.models.part import Attitude, DecisionRole, Placed, Weight
from contacts.querysets import ContactQuerySet
from core.history import tracked
from core.models import TimeStamped
from core.text import Digits, Fold

TAKE_BACK_FOR = timedelta(days=1)
"""For so long "has left" is taken back as a mistake."""


@tracked(exclude=("name_folded", "search_folded", "phone_digits", "left_noted_at"))
class Contact(TimeStamped):
    """A person at an account, from ``started_on`` until ``left_on``.

    Who turns up elsewhere gets a new row there with ``formerly`` naming this one, so that the history
    stays where it happened.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="contacts")
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80)
    job_title = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True, help_text="As people write it.")
    phone_e164 = models.CharField(max_length=20, blank=True, editable=False)
    mobile = models.CharField(max_length=60, blank=True)
    mobile_e164 = models.CharField(max_length=20, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True)
    is_main = models.BooleanField(default=False, help_text="Whom we call when nobody else is named.")
    preferred_channel = models.CharField(max_length=10, choices=Channel, blank=True)
    refused_channels = ArrayField(models.CharField(max_length=10, choices=Channel), default=list, blank=True)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True)
    started_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    left_noted_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When we learnt of it: what was said of the account before may not be true any more.",
    )
    formerly = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="later"
    )
    paused_until = models.DateField(
        null=True, blank=True, help_text="Last day on which this person is not to be called."
    )
    pause_reason = models.CharField(max_length=200, blank=True)

    decision_roles = ArrayField(
        models.CharField(max_length=10, choices=DecisionRole), default=list, blank=True
    )
    influence = models.PositiveSmallIntegerField(null=True, blank=True, choices=Weight)
    attitude = models.PositiveSmallIntegerField(null=True, blank=True, choices=Attitude)
    placed = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=Placed, verbose_name="how well we are placed"
    )
    reports_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
        help_text="Somebody at the same account; the lines never run in a circle.",
    )
    about = models.TextField(blank=True)

    name_folded = models.GeneratedField(
        expression=Fold(Concat("last_name", Value(" "), "first_name")),
        output_field=models.TextField(),
        db_persist=True,
    )
    search_folded = models.GeneratedField(
        expression=Fold(
            Concat(
                "first_name",
                Value(" "),
                "last_name",
                Value(" "),
                "first_name",
                Value(" "),
                "email",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    phone_digits = models.GeneratedField(
        expression=Digits(Concat("phone", Value(" "), "mobile")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            # one number to call: the engine and My day read it without a rule
            models.UniqueConstraint(
                fields=["account"], condition=Q(is_main=True, left_on__isnull=True), name="contact_one_main"
            ),
            models.CheckConstraint(
                name="contact_part_in_range",
                condition=(Q(influence__isnull=True) | Q(influence__range=(1, 3)))
                & (Q(attitude__isnull=True) | Q(attitude__range=(1, 5)))
                & (Q(placed__isnull=True) | Q(placed__range=(1, 5))),
            ),
            models.CheckConstraint(
                name="contact_reports_to_another",
                condition=Q(reports_to__isnull=True) | ~Q(reports_to=F("id")),
            ),
        ]
        indexes = [
            models.Index(fields=["name_folded", "id"], name="contact_by_name"),
            GinIndex(fields=["search_folded"], name="contact_search", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["phone_digits"], name="contact_phone", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def is_paused(self, today: date) -> bool:
        """Whether they are not to be called on that day."""
        return self.paused_until is not None and self.paused_until >= today

    @property
    def left_lately(self) -> bool:
        """It was noted within the last day: for so long it is taken back as a mistake."""
        return self.left_noted_at is not None and timezone.now() < self.left_noted_at + TAKE_BACK_FOR

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
