"""The recycle bin: what somebody deleted, whole, until it is restored or its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from imports.bin.querysets import BinUnitQuerySet


class BinUnit(models.Model):
    """One deletion: a record with everything that hangs on it. Restored as a whole or not at all."""

    KEPT_FOR = timedelta(days=30)

    kind = models.CharField(max_length=12, help_text="Of the record itself, see imports.bin.kinds.")
    object_id = models.BigIntegerField()
    name = models.CharField(max_length=300, help_text="What it was called, for the list and its search.")
    account_id = models.BigIntegerField(help_text="No key: the account may lie in the bin itself.")
    account_name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        "users.User",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Of the account on that day: who acts for them may restore.",
    )
    deleted_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)
    counts = models.JSONField(default=dict, help_text="{model: rows}, the record itself included.")

    objects = BinUnitQuerySet.as_manager()

    class Meta:
        indexes = [
            # the list, the latest first; the night takes the oldest
            models.Index(fields=["-deleted_at"], name="binunit_latest"),
            models.Index(fields=["account_id"], name="binunit_of_account"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def gone_at(self) -> datetime:
        """From then on nobody can restore it."""
        return self.deleted_at + self.KEPT_FOR


class BinRow(models.Model):
    """One row of a unit, or what the deletion changed outside of it, as JSON of the database's making."""

    class Role(models.TextChoices):
        ROW = "row", "a row that went along"
        REFERENCE = "reference", "a column outside that named one of them"
        FOLLOWED = "followed", "a touchpoint or meeting that changed by it: before and after"

    unit = models.ForeignKey(BinUnit, on_delete=models.CASCADE, related_name="rows")
    role = models.CharField(max_length=9, choices=Role)
    model = models.CharField(max_length=60, help_text="Its label in lower case.")
    object_id = models.BigIntegerField()
    file = models.CharField(max_length=120, blank=True, help_text="What it stores on the disk.")
    data = models.JSONField()

    class Meta:
        indexes = [
            # restoring goes through a unit table by table
            models.Index(fields=["unit", "model", "object_id"], name="binrow_of_unit"),
            # the page of a deleted record asks where it is
            models.Index(fields=["model", "object_id"], name="binrow_of_record", condition=Q(role="row")),
            # the sweep of stored files asks what is still wanted
            models.Index(fields=["file"], name="binrow_file", condition=~Q(file="")),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id} ({self.role})"
