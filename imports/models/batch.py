"""Files brought in: what was uploaded, what came of it, what was refused and why."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.models import TimeStamped
from imports.querysets import ImportBatchQuerySet


class ImportBatch(TimeStamped):
    """One uploaded file on its way in: uploaded, mapped, checked, running, done or failed; and back out."""

    class Kind(models.TextChoices):
        USERS = "users", _("Users")
        ACCOUNTS = "accounts", _("Accounts and contacts")
        PURCHASES = "purchases", _("Purchases")
        PURCHASE_LINES = "purchase_lines", _("Purchase lines")
        CONTACTS = "contacts", _("Contacts")
        INTERACTIONS = "interactions", _("Interactions: calls, meetings, notes")
        CONCERNS = "concerns", _("Concerns")
        COMMITMENTS = "commitments", _("Promises")

    class State(models.TextChoices):
        """CHECKING, RUNNING and UNDOING wait for a worker until one holds the lease."""

        UPLOADED = "uploaded", _("Uploaded, columns to be chosen")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, waiting for a yes")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    class Stop(models.TextChoices):
        """What a person wants of a batch that a worker has, or will have."""

        PAUSE = "pause", _("Paused")
        CANCEL = "cancel", _("Being cancelled")

    class Step(models.TextChoices):
        """How far a worker is, for who watches."""

        READING = "reading", _("Reading the file …")
        COMPARING = "compare", _("Comparing with what is there …")
        WRITING = "writing", _("Writing …")
        PLANNING = "planning", _("Working out what is owed to them …")
        LOOKING = "looking", _("Looking at what was changed since …")
        REMOVING = "removing", _("Taking back …")

    WAITING_STATES = (State.CHECKING, State.RUNNING, State.UNDOING)
    """A worker has it, or will."""
    OPEN_STATES = (State.UPLOADED, State.CHECKED, State.FAILED)
    """A person decides what happens next."""

    FOUND_BY_CHECK = ("habits", "strangers")
    """Parts of the layout: how columns are written, and whom they name as owners."""

    kind = models.CharField(max_length=14, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    file = models.FileField(upload_to="imports/%Y/", blank=True, help_text="Empty once nobody needs it.")
    filename = models.CharField(
        max_length=200, help_text="As the user's machine called it; shown, never opened."
    )
    layout = models.JSONField(default=dict, help_text="Encoding, delimiter, header, notes, examples.")
    mapping = models.JSONField(default=dict, help_text="{field: column}.")
    options = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="new, changed, unchanged, refused.")
    samples = models.JSONField(default=list, help_text="The first new and changed rows of the check.")
    notes = models.JSONField(default=list, help_text="What has to be said about the file, in words.")
    error = models.TextField(blank=True)
    error_field = models.CharField(max_length=60, blank=True, help_text="The field or option to set.")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    stop = models.CharField(max_length=6, choices=Stop, blank=True, help_text="Read by the worker.")
    step = models.CharField(max_length=8, choices=Step, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="imports")
    confirmed_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undo_counts = models.JSONField(default=dict, help_text="removed, restored, gone, kept.")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.filename} ({self.get_kind_display()})"

    @property
    def is_busy(self) -> bool:
        """A worker has it, or will."""
        return self.state in self.WAITING_STATES

    @property
    def is_paused(self) -> bool:
        """Nobody works at it until somebody says so."""
        return self.is_busy and self.stop == self.Stop.PAUSE and self.lease_until is None

    @property
    def is_open(self) -> bool:
        """Columns and options can be changed."""
        return self.state in self.OPEN_STATES

    @property
    def layout_unchecked(self) -> dict[str, Any]:
        """The layout without what a check has found: for other columns that says nothing."""
        return {name: said for name, said in self.layout.items() if name not in self.FOUND_BY_CHECK}

    @property
    def check_key(self) -> str:
        """Tells the last check from an earlier one."""
        return self.finished_at.isoformat() if self.finished_at else ""

    @property
    def error_at(self) -> str:
        """The control of the columns page that cures the error."""
        header, column = self.layout.get("header", []), self.mapping.get(self.error_field)
        return f"h{header.index(column)}" if column in header else self.error_field

    @property
    def would_change(self) -> int:
        """How many rows would write something, as the check counted."""
        return int(self.counts.get("new", 0)) + int(self.counts.get("changed", 0))

    @property
    def also(self) -> list[str]:
        """What came with the rows, in words."""
        words = {
            "contacts": ngettext_lazy("%d contact", "%d contacts"),
            "interactions": ngettext_lazy("%d last contact", "%d last contacts"),
            "owners": ngettext_lazy("%d account with a new owner", "%d accounts with a new owner"),
        }
        return [str(text % self.counts[name]) for name, text in words.items() if self.counts.get(name)]


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


class ImportedOwner(models.Model):
    """The owner an import gave to an account.

    As long as the account still has this owner, a later import may give it another one; an owner set by
    a person differs from it and stays.
    """

    account = models.OneToOneField(
        "accounts.Account", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    owner = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.account_id}: {self.owner_id}"
