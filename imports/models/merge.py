"""What was found twice and merged: kept for 30 days so that it can be taken apart, and for good as a link."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped
from imports.duplicates.querysets import AccountPairQuerySet, ContactPairQuerySet, MergeQuerySet


class Pair(TimeStamped):
    """Two records that are probably one. ``reasons``: codes of ``imports.duplicates.rules.Reason``."""

    class State(models.TextChoices):
        OPEN = "open", _("Probably the same")
        DIFFERENT = "different", _("Not the same")

    score = models.PositiveSmallIntegerField(help_text="Higher is likelier; see imports.duplicates.rules.")
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class AccountPair(Pair):
    """Two accounts; the older one is ``first``."""

    first = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")

    objects = AccountPairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="accountpair_once"),
            models.CheckConstraint(name="accountpair_older_first", condition=Q(first__lt=F("second"))),
        ]
        indexes = [models.Index(fields=["state", "-score", "id"], name="accountpair_likeliest")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.score}"


class ContactPair(Pair):
    """Two people of one account; the older row is ``first``."""

    first = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")

    objects = ContactPairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="contactpair_once"),
            models.CheckConstraint(name="contactpair_older_first", condition=Q(first__lt=F("second"))),
        ]
        indexes = [models.Index(fields=["state", "-score", "id"], name="contactpair_likeliest")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.score}"


class Merge(TimeStamped):
    """One record went into another. Ids and not keys: it outlives both, because old links go through it."""

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("Account")
        CONTACT = "contact", _("Person")

    UNDO_FOR = timedelta(days=30)

    kind = models.CharField(max_length=7, choices=Kind)
    survivor_id = models.BigIntegerField()
    survivor_name = models.CharField(max_length=200)
    loser_id = models.BigIntegerField()
    loser_name = models.CharField(max_length=200)
    loser_external_id = models.CharField(
        max_length=60,
        blank=True,
        help_text="Under which a later import may know it; empty once that is used.",
    )
    user = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    counts = models.JSONField(default=dict, help_text="Rows that moved, by model.")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    notes = models.JSONField(default=list, help_text="What taking it apart left where it was, in words.")

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            # an old link leads to one place
            models.UniqueConstraint(
                fields=["kind", "loser_id"], condition=Q(undone_at__isnull=True), name="merge_once"
            ),
            models.CheckConstraint(name="merge_of_two", condition=~Q(survivor_id=F("loser_id"))),
        ]
        indexes = [
            models.Index(fields=["kind", "survivor_id"], name="merge_by_survivor"),
            models.Index(
                fields=["loser_external_id"], name="merge_by_number", condition=~Q(loser_external_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loser_name} → {self.survivor_name}"

    @property
    def undo_until(self) -> datetime:
        return self.created_at + self.UNDO_FOR

    @property
    def can_be_undone(self) -> bool:
        """Not for whom has been erased since: nothing is kept of them."""
        return self.undone_at is None and self.survivor_name != "" and timezone.now() < self.undo_until


class MergeStep(models.Model):
    """What one statement of a merge did to one table; taken back in the opposite order.

    ``rows``: of MOVED ``{"from", "to", "ids"}``, of DROPPED whole rows (``core.rows``), of CHANGED
    ``{"pk", "before", "after"}``.
    """

    class Act(models.TextChoices):
        MOVED = "moved"
        DROPPED = "dropped"
        CHANGED = "changed"

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="steps")
    model = models.CharField(max_length=80, help_text="Such as contacts.Interaction.")
    act = models.CharField(max_length=7, choices=Act)
    column = models.CharField(max_length=60, blank=True)
    rows = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.act} {self.model}"
