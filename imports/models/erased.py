"""People erased, and how long words are kept. Nothing here says who somebody was."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.models import TimeStamped
from imports.querysets import ForAdminsQuerySet


class Erasure(TimeStamped):
    """One person was erased. The same ``id`` stands in the register outside of the database."""

    class Why(models.TextChoices):
        ASKED = "asked", _("They asked for it")
        NEEDLESS = "needless", _("The data is not needed any more")
        UNLAWFUL = "unlawful", _("It should not have been kept")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    contacts = ArrayField(models.BigIntegerField(), help_text="Ids of their rows, at every account.")
    why = models.CharField(max_length=8, choices=Why)
    by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    counts = models.JSONField(default=dict, help_text="Kind of record -> rows blanked.")
    replayed_at = models.DateTimeField(
        null=True, blank=True, help_text="Done again because an older backup was restored."
    )

    objects = ForAdminsQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}: {self.contacts}"

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


@tracked()
class Retention(TimeStamped):
    """For how many years the words of one kind of record are kept. No row: for good."""

    class Kind(models.TextChoices):
        NOTES = "notes", _("Notes")
        TALKS = "talks", _("What was said in talks")
        MAILS = "mails", _("Words of e-mails and letters")
        CONCERNS = "concerns", _("Words of solved concerns")
        PROMISES = "promises", _("Words of closed promises")
        MEETINGS = "meetings", _("Agendas of past meetings")
        FILES = "files", _("Files on accounts")

    kind = models.CharField(max_length=8, choices=Kind, unique=True)
    years = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(30)])

    objects = ForAdminsQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.years}"
