"""What customers expect of us, because we led them to (R20)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.querysets import ExpectationQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Expectation(TimeStamped):
    """What we led them to expect, who of us, on what day; and whether it was met.

    Softer than a promise: no due date and no channel. "It will be quieter than the old one" is nobody's
    to-do, and the reason why a customer is disappointed all the same.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Not known yet")
        MET = "met", _("Met")
        PARTLY = "partly", _("Partly met")
        NOT_MET = "not_met", _("Not met")

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="expectations")
    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="expectations",
        help_text="Who of theirs expects it.",
    )
    interaction = models.ForeignKey(
        "contacts.Interaction", null=True, blank=True, on_delete=models.SET_NULL, related_name="expectations"
    )
    what = models.CharField(max_length=300)
    led_by = models.ForeignKey(
        "users.User", null=True, on_delete=models.SET_NULL, related_name="expectations",
        help_text="Who of us led them to expect it.",
    )  # fmt: skip
    led_on = models.DateField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    judged_on = models.DateField(null=True, blank=True)
    judged_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    words = models.CharField(max_length=300, blank=True, help_text="How it turned out.")

    objects = ExpectationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="expectation_judged_on_a_day",
                condition=Q(state="open", judged_on__isnull=True)
                | ~Q(state="open") & Q(judged_on__isnull=False),
            ),
            models.CheckConstraint(name="expectation_with_words", condition=~Q(what="")),
        ]
        indexes = [models.Index(fields=["account", "-led_on"], name="expectation_of_account")]

    def __str__(self) -> str:
        return self.what
