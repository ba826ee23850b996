"""Categories of accounts and the rules that assign them (R28)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.history import tracked
from core.models import TimeStamped


@tracked()
class Tier(TimeStamped):
    """A category with a rank: the base plan is rank 0, every tier stands above it (R29)."""

    name = models.CharField(max_length=60, unique=True)
    rank = models.PositiveSmallIntegerField(unique=True, help_text="1 is the lowest tier.")
    colour = models.CharField(max_length=20, blank=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["rank"]
        constraints = [models.CheckConstraint(name="tier_rank_above_base", condition=Q(rank__gte=1))]

    def __str__(self) -> str:
        return self.name


@tracked()
class TierRule(TimeStamped):
    """One condition that assigns. The highest tier whose rule holds wins; none holds = lowest tier."""

    class Kind(models.TextChoices):
        PURCHASES_12M = "purchases_12m", "purchases of the last 12 months reach the threshold"
        NETWORK = "network", "network value reaches the threshold: lifted by N tiers"

    kind = models.CharField(max_length=20, choices=Kind)
    tier = models.ForeignKey(Tier, null=True, blank=True, on_delete=models.CASCADE, related_name="rules")
    threshold = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="In the company's currency, or 0-5."
    )
    lift = models.PositiveSmallIntegerField(
        default=0, help_text="How many tiers the network lifts an account."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tierrule_has_its_effect",
                condition=Q(kind="purchases_12m", tier__isnull=False, lift=0)
                | Q(kind="network", tier__isnull=True, lift__gte=1),
            ),
            models.UniqueConstraint(fields=["kind", "tier"], name="tierrule_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.threshold}"
