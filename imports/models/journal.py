"""What an import did, row by row, so that it can be taken back; forgotten after 30 days."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from imports.models.batch import ImportBatch


class CreatedRows(models.Model):
    """Keys of rows that one import made, some thousand to a row: 100,000 of them cost next to nothing.

    ``since`` is the last change that the history of the model knew of then; what comes after it was made by
    others.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="created_rows")
    model = models.CharField(max_length=60, help_text="app.Model")
    ids = ArrayField(models.BigIntegerField())
    since = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.batch_id}: {len(self.ids)} {self.model}"


class ChangedRow(models.Model):
    """The columns of one row that an import changed, before and after; after is null where it deleted it."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changed_rows")
    model = models.CharField(max_length=60, help_text="app.Model")
    object_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["model", "object_id"], name="changedrow_of_record")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.model} {self.object_id}"


class KeptRow(models.Model):
    """A row that stayed when its import was taken back: somebody has worked with it since."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="kept_rows")
    model = models.CharField(max_length=60, help_text="app.Model")
    object_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"
