"""What people say about the five W's of an account (R8): who, what, where, when, why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.models import TimeStamped


class W(models.TextChoices):
    """In the order in which people ask them."""

    WHO = "who", _("Who")
    WHAT = "what", _("What")
    WHERE = "where", _("Where")
    WHEN = "when", _("When")
    WHY = "why", _("Why")


class Quiet(models.TextChoices):
    """Why somebody has bought nothing substantial for months."""

    NO_NEED = "no_need", _("Needs nothing at present")
    BUDGET = "budget", _("No money for it")
    ELSEWHERE = "elsewhere", _("Buys elsewhere")
    UNHAPPY = "unhappy", _("Unhappy with us")
    RARELY = "rarely", _("Buys rarely: season, projects")
    CHANGED = "changed", _("Their business has changed")
    NOT_ASKED = "not_asked", _("We have not asked")
    OTHER = "other", _("Something else")


@tracked()
class FiveWAnswer(TimeStamped):
    """The present answer to one W of an account; earlier ones are its history.

    Who, what, where and when are derived from facts as far as they can be: here a person confirms them
    (without words) or adds to them. Why is only ever answered by people: a reason and words.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="five_ws")
    w = models.CharField(max_length=5, choices=W)
    reason = models.CharField(max_length=10, choices=Quiet, blank=True)
    words = models.TextField(blank=True)
    said_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    said_on = models.DateField(help_text="Civil date at the place of whoever said it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "w"], name="fivewanswer_once"),
            models.CheckConstraint(
                name="fivewanswer_why_has_a_reason",
                condition=Q(w="why") & ~Q(reason="") & ~Q(words="") | ~Q(w="why") & Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_w_display()}: {self.words or self.get_reason_display()}"
