"""The switch and the horizon of the engine: one row."""

from __future__ import annotations

from datetime import time
from typing import Self

from django.db import models

from core.history import tracked
from core.models import TimeStamped


@tracked()
class Schedule(TimeStamped):
    """Until an admin switches it on, tick and reconciler do nothing."""

    is_on = models.BooleanField(default=False)
    switched_on_at = models.DateTimeField(null=True, blank=True)
    horizon_days = models.PositiveSmallIntegerField(
        default=35, help_text="How far ahead touchpoints are stored."
    )
    nightly_at = models.TimeField(
        default=time(1, 30), help_text="Company time from which a night's run is due."
    )

    class Meta:
        constraints = [models.CheckConstraint(name="schedule_only_one", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"

    @classmethod
    def get(cls) -> Self:
        return cls.objects.get_or_create(id=1)[0]
