"""Categories of accounts and the rules that assign them (R28)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.querysets import TierLiftQuerySet, TierQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Tier(TimeStamped):
    """A category with a rank: the base plan is rank 0, every tier stands above it (R29).

    Its rule is its conditions, joined by ``match``. The highest tier whose rule holds wins; none
    holds = lowest tier, so the lowest needs no rule.
    """

    class Colour(models.TextChoices):
        SLATE = "slate", _("Slate")
        TEAL = "teal", _("Teal")
        INDIGO = "indigo", _("Indigo")
        GREEN = "green", _("Green")
        AMBER = "amber", _("Amber")
        ROSE = "rose", _("Rose")
        VIOLET = "violet", _("Violet")
        SKY = "sky", _("Sky")

    class Match(models.TextChoices):
        ALL = "all", _("all conditions hold")
        ANY = "any", _("at least one condition holds")

    name = models.CharField(max_length=60, unique=True)
    rank = models.PositiveSmallIntegerField(unique=True, help_text="1 is the lowest tier.")
    colour = models.CharField(max_length=20, choices=Colour, default=Colour.SLATE)
    description = models.CharField(max_length=200, blank=True)
    match = models.CharField(max_length=3, choices=Match, default=Match.ALL)
    demote_after_months = models.PositiveSmallIntegerField(
        default=3,
        validators=[MaxValueValidator(60)],
        help_text="Months of a lower tier by the rules before an account leaves this one; 0: at once.",
    )

    objects = TierQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        constraints = [models.CheckConstraint(name="tier_rank_above_base", condition=Q(rank__gte=1))]

    def __str__(self) -> str:
        return self.name


@tracked()
class TierCondition(TimeStamped):
    """One condition of a tier's rule: a number from ``at_least`` to ``at_most``, or one of ``words``."""

    class Fact(models.TextChoices):
        PURCHASES_12M = "purchases_12m", _("Purchases of the last 12 months")
        PURCHASES_LIFETIME = "purchases_lifetime", _("Purchases in all")
        PURCHASE_COUNT = "purchase_count", _("Number of purchases")
        YEARLY_REVENUE = "yearly_revenue", _("Yearly revenue")
        EMPLOYEES = "employees", _("Employees")
        NETWORK = "network", _("Network value")
        COUNTRY = "country", _("Country")
        INDUSTRY = "industry", _("Industry")
        TAG = "tag", _("Tag")

    tier = models.ForeignKey(Tier, on_delete=models.CASCADE, related_name="conditions")
    fact = models.CharField(max_length=20, choices=Fact)
    at_least = models.DecimalField(
        max_digits=18, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)],
        help_text="Sums are in the company's currency.",
    )  # fmt: skip
    at_most = models.DecimalField(
        max_digits=18, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    words = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="Country codes, industries or tags, of which one must be the account's.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="tiercondition_number_or_words",
                condition=Q(fact__in=["country", "industry", "tag"], at_least=None, at_most=None)
                & Q(words__len__gte=1)
                | ~Q(fact__in=["country", "industry", "tag"])
                & Q(words=[])
                & (Q(at_least__gte=0) | Q(at_most__gte=0)),
            ),
            models.CheckConstraint(
                name="tiercondition_range_possible",
                condition=Q(at_least=None) | Q(at_most=None) | Q(at_most__gte=models.F("at_least")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier}: {self.fact} {self.at_least or ''}-{self.at_most or ''} {self.words}"


@tracked()
class TierLift(TimeStamped):
    """A network value from which an account stands some tiers above what its rule gives."""

    network = models.PositiveSmallIntegerField(
        unique=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    tiers = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )

    objects = TierLiftQuerySet.as_manager()

    class Meta:
        ordering = ["network"]
        constraints = [
            models.CheckConstraint(
                name="tierlift_has_its_effect", condition=Q(network__range=(1, 5), tiers__gte=1)
            )
        ]

    def __str__(self) -> str:
        return f"network value {self.network}: {self.tiers} up"
