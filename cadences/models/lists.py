"""What is kept of the account list: views of it, figures to sort by, and changes of many accounts at once."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadences.list_querysets import BulkChangeQuerySet, SavedViewQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class SavedView(TimeStamped):
    """A state of the account list under a name: filters, columns, order.

    A private one exists for its maker alone; a shared one for everybody, and is changed by its maker and by
    admins.
    """

    name = models.CharField(max_length=60)
    owner = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(default=False)
    query = models.TextField(blank=True, help_text="The query of the list's address, as the list writes it.")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="savedview_name_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a user's account list opens."""

    user = models.OneToOneField(
        "users.User", on_delete=models.CASCADE, primary_key=True, related_name="default_view"
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="default_of")

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"


class Figures(models.Model):
    """What a large account list sorts by out of other tables; missing and null alike: there is none.

    Written by ``cadences.lists.figures`` alone, at every change of facts and every night. Pages show the
    facts themselves. Machine-made, therefore without history.
    """

    account = models.OneToOneField(
        "accounts.Account", on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    last_sale_on = models.DateField(null=True)
    sales_12m = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, help_text="Net, of whatever currency, as they are."
    )
    last_contact_on = models.DateField(null=True, help_text="In which somebody was reached.")
    next_contact_on = models.DateField(null=True, help_text="The first day on which people owe one.")

    class Meta:
        verbose_name_plural = "figures"
        indexes = [
            models.Index(
                fields=[key, "account"], name=f"figures_{name}", condition=Q(**{f"{key}__isnull": False})
            )
            for key, name in (
                ("last_sale_on", "last_sale"),
                ("sales_12m", "sales"),
                ("last_contact_on", "last_contact"),
                ("next_contact_on", "next_contact"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.last_contact_on}, {self.sales_12m}"


@tracked(exclude=("rows_done", "lease_until", "attempts"))
class BulkChange(TimeStamped):
    """One change of many accounts: which ones was fixed when they were chosen, whatever matches later.

    DRAFT: chosen and looked at; WAITING and RUNNING: a worker has it or will; UNDOING likewise.
    """

    class Kind(models.TextChoices):
        OWNER = "owner", _("New owner")
        TIER = "tier", _("Choose the tier")
        ADD_TAG = "add_tag", _("Add a tag")
        REMOVE_TAG = "remove_tag", _("Remove a tag")
        PAUSE = "pause", _("Pause")
        BOOK = "book", _("Add to my book")
        HAND_OVER = "hand_over", _("Hand over all that somebody looks after")

    class State(models.TextChoices):
        DRAFT = "draft", _("chosen, nothing changed yet")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")
        FAILED = "failed", _("stopped by an error")

    BUSY = (State.RUNNING, State.UNDOING)
    UNDOABLE = (State.DONE, State.FAILED)
    UNDO_FOR = timedelta(hours=24)
    FOR_MACHINES = frozenset({"options"})
    """``what`` says it in words, and so does the history."""

    user = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="bulk_changes")
    kind = models.CharField(max_length=10, choices=Kind, blank=True)
    options = models.JSONField(default=dict, help_text="What was chosen: owner, tier, tag, days, reason.")
    what = models.CharField(max_length=300, blank=True, help_text="The change in words, as it was confirmed.")
    chosen_by = models.CharField(max_length=1000, blank=True, help_text="The filters of the list, in words.")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="bulkchange_of_user"),
            # the tick looks for work that was left
            models.Index(
                fields=["state"], name="bulkchange_busy", condition=Q(state__in=["running", "undoing"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="bulkchange_started_with_kind", condition=Q(state="draft") | ~Q(kind="")
            )
        ]

    def __str__(self) -> str:
        return self.what or f"{self.rows_total} accounts"

    @property
    def is_busy(self) -> bool:
        return self.state in self.BUSY

    @property
    def can_be_undone(self) -> bool:
        """Done, if only in part, and not longer than a day ago."""
        return (
            self.state in self.UNDOABLE
            and self.finished_at is not None
            and timezone.now() < self.finished_at + self.UNDO_FOR
        )

    @property
    def undo_until(self) -> object:
        return self.finished_at + self.UNDO_FOR if self.finished_at else None


class BulkRow(models.Model):
    """One account of a bulk change: what became of it, and what it was before."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        CHANGED = "changed", _("changed")
        SAME = "same", _("was so already")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("taken back")
        KEPT = "kept", _("kept as it is")

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict, help_text="Values that the change replaced.")
    after = models.JSONField(default=dict, help_text="Values it wrote: other ones now are a later edit.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "account"], name="bulkrow_once")]
        indexes = [models.Index(fields=["change", "state", "id"], name="bulkrow_by_state")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.state}"
