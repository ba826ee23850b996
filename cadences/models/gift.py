"""Gifts and greetings of a year: what is sent to whom, what it costs, and the thanks (R13, R30)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cadences.gifts.querysets import GiftBudgetQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Gift(TimeStamped):
    """What one touchpoint gives, where it is not what :class:`GiftBudget` says, and whether they said thanks.

    That and when it was sent is the interaction that closed the touchpoint. ``cost`` is in the company's
    currency.
    """

    touchpoint = models.OneToOneField("cadences.Touchpoint", on_delete=models.CASCADE, related_name="gift")
    what = models.CharField(max_length=200, blank=True)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    thanked_on = models.DateField(null=True, blank=True, help_text="The day on which they thanked us.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="gift_costs_something", condition=Q(cost=None) | Q(cost__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id}: {self.what}"


@tracked()
class GiftBudget(TimeStamped):
    """What a slot may cost in a year, and what is usually sent: in the company's currency."""

    year = models.PositiveSmallIntegerField()
    slot = models.ForeignKey("cadences.Slot", on_delete=models.PROTECT, related_name="gift_budgets")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    what = models.CharField(
        max_length=200, blank=True, help_text="What is sent, where a row says nothing else."
    )
    each = models.DecimalField(
        max_digits=12, decimal_places=2, default=0, help_text="What one of them costs."
    )

    objects = GiftBudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "slot"], name="gift_budget_once"),
            models.CheckConstraint(
                name="gift_budget_of_something",
                condition=Q(amount__gte=0, each__gte=0, year__range=(2000, 2999)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}, {self.slot}: {self.amount}"
