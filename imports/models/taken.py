"""Everything taken out: one archive, who asked for it, who fetched it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStamped
from imports.querysets import ForAdminsQuerySet


class TakeOut(TimeStamped):
    """One archive with all tables, as of one moment. The row outlives the file: it says who had the data."""

    class State(models.TextChoices):
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        GONE = "gone", _("Deleted")

    KEPT = timedelta(days=7)

    key = models.UUIDField(default=uuid4, unique=True, editable=False, help_text="Names its file.")
    asked_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    with_files = models.BooleanField(default=False, help_text="Uploaded files lie in it, too.")
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    step = models.CharField(max_length=60, blank=True, help_text="The table that is being written.")
    steps_total = models.PositiveIntegerField(default=0)
    steps_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="Table -> rows.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    error = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True, help_text="The last time.")
    fetched_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ForAdminsQuerySet.as_manager()

    class Meta:
        constraints = [
            # two at once would read all tables twice; whoever asks again is led to the first
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="takeout_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}: {self.state}"

    @property
    def path(self) -> Path:
        """Outside of the uploads, so that no backup keeps it longer than we do."""
        return Path(settings.TAKEN_OUT_ROOT) / f"{self.key.hex}.zip"

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @property
    def is_busy(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_there(self) -> bool:
        """Whether it can be fetched."""
        return self.state == self.State.READY and self.path.is_file()
