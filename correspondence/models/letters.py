"""Letters on paper: the company's own paper, what was printed together, and what became of each letter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from core.history import tracked
from core.models import TimeStamped
from correspondence.letters.querysets import PrintBatchQuerySet, PrintLineQuerySet

if TYPE_CHECKING:
    from users.models import User


def logo_name(letterhead: Letterhead, filename: str) -> str:
    """Where a logo is stored: nothing of the uploaded name."""
    return f"letterhead/{uuid4().hex}"


def batch_name(batch: PrintBatch, filename: str) -> str:
    """Where the PDF is stored: nobody guesses it."""
    return f"letters/{batch.key.hex}.pdf"


@tracked()
class Letterhead(TimeStamped):
    """The company's paper. There is exactly one row, with id 1."""

    name = models.CharField(max_length=120, blank=True, help_text="Empty: the company's name.")
    street = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = CountryField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=120, blank=True)
    footer = models.TextField(blank=True, help_text="Register, bank, directors: up to four lines.")
    logo = models.FileField(upload_to=logo_name, blank=True, max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(name="letterhead_only_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> Self:
        """The stored row, or an empty one that was never saved: looking at letters writes nothing."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


@tracked(exclude=("rows_done", "lease_until", "attempts"))
class PrintBatch(TimeStamped):
    """Letters that were printed together: which ones was fixed when they were chosen.

    RUNNING: a worker sets them, or will; READY: the PDF is there; POSTING: a worker writes down that they
    were posted; POSTED: none waits for that any more.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("being prepared")
        READY = "ready", _("printed")
        POSTING = "posting", _("being noted as posted")
        POSTED = "posted", _("posted")
        FAILED = "failed", _("stopped by an error")

    BUSY = (State.RUNNING, State.POSTING)
    KEPT = timedelta(days=30)

    user = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    dated = models.DateField(help_text="The day that stands on the letters.")
    key = models.UUIDField(default=uuid4, editable=False, unique=True, help_text="Names its files.")
    file = models.FileField(upload_to=batch_name, blank=True, max_length=120)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the PDF.")
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    posted_on = models.DateField(null=True, blank=True)
    posted_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = PrintBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "print batches"
        indexes = [
            models.Index(fields=["user", "-id"], name="printbatch_of_user"),
            # the tick looks for work that was left
            models.Index(
                fields=["state"], name="printbatch_busy", condition=Q(state__in=["running", "posting"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rows_total} letters of {self.dated}"

    @property
    def is_busy(self) -> bool:
        return self.state in self.BUSY

    @property
    def worked_for(self) -> User | None:
        """Who is behind what a worker does for it now."""
        return self.posted_by if self.state == self.State.POSTING else self.user

    @property
    def kept_until(self) -> datetime:
        return self.created_at + self.KEPT


class PrintLine(models.Model):
    """One letter of a batch and what became of it. Machine-made: the piece itself keeps the history."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        SET = "set", _("set")
        PRINTED = "printed", _("printed")
        BEHIND = "behind", _("left behind")
        AGAIN = "again", _("back in the queue")

    batch = models.ForeignKey(PrintBatch, on_delete=models.CASCADE, related_name="lines")
    piece = models.ForeignKey("correspondence.Piece", on_delete=models.CASCADE, related_name="print_lines")
    position = models.PositiveIntegerField(help_text="Its place in the pile, from 1.")
    part = models.PositiveIntegerField(default=0, help_text="The position with which its part begins.")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was left behind.")

    objects = PrintLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "piece"], name="printline_once_in_batch"),
            # two people who print at the same moment: each letter comes out of one printer
            models.UniqueConstraint(
                fields=["piece"],
                condition=Q(state__in=["waiting", "set", "printed"]),
                name="printline_once_on_paper",
            ),
        ]
        indexes = [models.Index(fields=["batch", "state", "position"], name="printline_by_state")]

    def __str__(self) -> str:
        return f"{self.position}: {self.state}"
