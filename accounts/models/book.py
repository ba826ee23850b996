"""The accounts a salesperson works now, out of all they own (R7). A filter, never a wall."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.querysets import BookEntryQuerySet, BookFinishQuerySet


class BookEntry(models.Model):
    """One account in one user's book.

    It enters *to research*: whoever works it looks up the five W's, or says why not, before they start.
    """

    class Stage(models.TextChoices):
        RESEARCH = "research", _("To research")
        WORKING = "working", _("Working")

    user = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="book")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="books")
    added_on = models.DateField()
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.RESEARCH)
    proposed = models.CharField(
        max_length=200, blank=True, help_text="Why the refill chose it; empty for a choice of one's own."
    )
    unanswered = models.CharField(
        max_length=200, blank=True, help_text="Why work began although a W was unanswered."
    )

    objects = BookEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="bookentry_once")]
        verbose_name_plural = "book entries"

    def __str__(self) -> str:
        return f"{self.account} in the book of {self.user}"


class BookFinish(models.Model):
    """An account that was worked and left the book: why, and what came of it. Never changed afterwards."""

    class Why(models.TextChoices):
        AGREED = "agreed", _("The next step is agreed")
        BOUGHT = "bought", _("They bought again")
        CONTENT = "content", _("Content: back to the plan")
        NOTHING = "nothing", _("Nothing to gain for now")
        LOST = "lost", _("They left us")
        OTHER = "other", _("Something else")

    user = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="finished_book")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="book_finishes")
    added_on = models.DateField()
    finished_on = models.DateField()
    why = models.CharField(max_length=8, choices=Why)
    outcome = models.TextField(help_text="What came of it.")
    entry = models.JSONField(default=dict, help_text="The entry as it was, should this be taken back.")

    objects = BookFinishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="bookfinish_with_words", condition=~Q(outcome="")),
            models.CheckConstraint(
                name="bookfinish_after_it_began", condition=Q(finished_on__gte=models.F("added_on"))
            ),
        ]
        indexes = [
            # the refill asks when an account was finished last; the team's page counts a person's latest
            models.Index(fields=["user", "account", "-finished_on"], name="bookfinish_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.account} finished on {self.finished_on}"
