"""The company that runs this installation: one row."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models

from core.history import tracked
from core.models import TimeStamped


@tracked()
class Company(TimeStamped):
    """Name, zone, currency and calendar of the company. There is exactly one row, with id 1."""

    name = models.CharField(max_length=120, default="Our company")
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text="Decides the civil date of the night."
    )
    currency = models.CharField(max_length=3, default="EUR", help_text="ISO 4217; sums for tiers are in it.")
    calendar = models.ForeignKey("users.Calendar", null=True, on_delete=models.PROTECT, related_name="+")
    book_size = models.PositiveSmallIntegerField(default=25)
    capacity_minutes = models.PositiveSmallIntegerField(
        default=120, help_text="Contact minutes per working day of a user who has none of their own."
    )
    quiet_months = models.PositiveSmallIntegerField(
        default=6, help_text="After so many months without a substantial purchase the page asks why (R8)."
    )
    quiet_amount = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        default=0,
        help_text="Purchases of these months are substantial if their net sum is more than this.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="company_quiet_is_possible",
                condition=models.Q(quiet_months__range=(1, 60), quiet_amount__gte=0),
            ),
            models.CheckConstraint(name="company_only_one", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="company_capacity_fits_a_day", condition=models.Q(capacity_minutes__lte=1440)
            ),
        ]
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> Self:
        """The company row; made with defaults when it is missing. One query."""
        return cls.objects.get_or_create(id=1, defaults={"time_zone": settings.TIME_ZONE})[0]
