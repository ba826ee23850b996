"""Files brought in: what was uploaded, what came of it, what was refused and why."""

from __future__ import annotations

from django.db import models

from core.models import TimeStamped
from imports.querysets import ImportBatchQuerySet


class ImportBatch(TimeStamped):
    """One uploaded file on its way in: uploaded, mapped, checked, running, done or failed."""

    class Kind(models.TextChoices):
        USERS = "users", "Users"
        ACCOUNTS = "accounts", "Accounts and contacts"
        PURCHASES = "purchases", "Purchases"
        PURCHASE_LINES = "purchase_lines", "Purchase lines"

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked, waiting for a yes"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=14, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    file = models.FileField(upload_to="imports/%Y/")
    filename = models.CharField(
        max_length=200, help_text="As the user's machine called it; shown, never opened."
    )
    mapping = models.JSONField(default=dict, help_text="{field: column} plus options.")
    options = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="new, changed, unchanged, refused.")
    error = models.TextField(blank=True)
    created_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="imports")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.filename} ({self.get_kind_display()})"


class Refusal(models.Model):
    """One row that was not taken: where, which column, why, and the row as it came."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField(help_text="Line in the file, the header being line 1.")
    column = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["batch", "row"], name="refusal_by_row")]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.reason}"
