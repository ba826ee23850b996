"""The tables of the run log: what periodic jobs did, and who is alive."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TimeStamped(models.Model):
    """When a row was made and last written, in UTC."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class JobRun(models.Model):
    """One periodic job in one civil period: the truth about what ran (R31).

    Redis and beat only ring the bell; this row, unique on (job, period), decides. It is claimed by a
    conditional update with a lease; its effect and ``done`` commit together.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed, will be tried again")
        DEAD = "dead", _("dead")
        COVERED = "covered", _("covered by a later run")

    job = models.CharField(max_length=60)
    period = models.CharField(max_length=20, help_text="Civil period, e.g. 2026-11-22 for a night.")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    asked_by = models.CharField(max_length=120, default="tick", help_text="tick, command or a user's name.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(
        default=dict, help_text="created, moved, cancelled, lapsed, closed … as numbers."
    )
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "period"], name="jobrun_once_per_period")]
        indexes = [models.Index(fields=["job", "-period"], name="jobrun_latest")]

    def __str__(self) -> str:
        return f"{self.job} {self.period}: {self.state}"


class Heartbeat(models.Model):
    """The last sign of life of a process (worker, beat, tick)."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at:%Y-%m-%d %H:%M:%S}"
