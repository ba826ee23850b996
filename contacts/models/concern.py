"""Worries and problems of customers (R2, R16)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.querysets import ConcernQuerySet
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

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="concern_resolved_with_words",
                condition=Q(resolved_on__isnull=True) | ~Q(resolution=""),
            )
        ]
        indexes = [
            # open ones stand in red on My day and on the account
            models.Index(fields=["account"], name="concern_open", condition=Q(resolved_on__isnull=True)),
            models.Index(fields=["account", "-opened_on"], name="concern_timeline"),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def is_open(self) -> bool:
        return self.resolved_on is None
