"""Worries and problems of customers (R2, R16)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.querysets import ConcernNoteQuerySet, ConcernQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Concern(TimeStamped):
    """A customer's worry, with somebody of any department who owns it until it is resolved."""

    class Severity(models.IntegerChoices):
        LOW = 1, _("Low")
        MEDIUM = 2, _("Medium")
        HIGH = 3, _("High")

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="concerns")
    contact = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.SET_NULL, related_name="concerns"
    )
    interaction = models.ForeignKey(
        "contacts.Interaction", null=True, blank=True, on_delete=models.SET_NULL, related_name="concerns"
    )
    what = models.TextField()
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.MEDIUM)
    raised_by = models.ForeignKey(
        "users.User", null=True, on_delete=models.SET_NULL, related_name="raised_concerns"
    )
    owner = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_concerns"
    )
    opened_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    resolved_on = models.DateField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    resolution = models.TextField(blank=True)
    confirmed_on = models.DateField(
        null=True, blank=True, help_text="The day on which the customer said that it is solved."
    )
    confirmed_with = models.ForeignKey(
        "contacts.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="confirmed_concerns",
        help_text="Who of theirs said so.",
    )
    confirmed_by = models.ForeignKey(
        "users.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who of us heard it.",
    )

    external_id = models.CharField(
        max_length=60,
        null=True,
        blank=True,
        unique=True,
        help_text="Which one of another system it is: the same file again changes nothing.",
    )

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="concern_resolved_with_words",
                condition=Q(resolved_on__isnull=True) | ~Q(resolution=""),
            ),
            models.CheckConstraint(
                name="concern_confirmed_when_resolved",
                condition=Q(confirmed_on__isnull=True) | Q(resolved_on__isnull=False),
            ),
        ]
        indexes = [
            # open ones stand in red on My day and on the account
            models.Index(fields=["account"], name="concern_open", condition=Q(resolved_on__isnull=True)),
            models.Index(fields=["account", "-opened_on"], name="concern_timeline"),
            # the list of one's own
            models.Index(fields=["owner"], name="concern_of_owner", condition=Q(resolved_on__isnull=True)),
            # solved in our eyes, not yet in theirs
            models.Index(
                fields=["account", "resolved_on"],
                name="concern_unconfirmed",
                condition=Q(resolved_on__isnull=False, confirmed_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def is_open(self) -> bool:
        return self.resolved_on is None

    @property
    def is_unconfirmed(self) -> bool:
        """Solved as we see it; the customer has not said so yet."""
        return self.resolved_on is not None and self.confirmed_on is None


@tracked(exclude=("token",))
class ConcernNote(TimeStamped):
    """One remark in the thread of a concern, from any department; never edited."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="notes")
    user = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    noted_at = models.DateTimeField(default=timezone.now)
    token = models.UUIDField(
        null=True, blank=True, unique=True, editable=False, help_text="The same form sent twice notes once."
    )

    objects = ConcernNoteQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="concernnote_with_words", condition=~Q(text=""))]
        indexes = [models.Index(fields=["concern", "noted_at"], name="concernnote_thread")]

    def __str__(self) -> str:
        return self.text[:80]
