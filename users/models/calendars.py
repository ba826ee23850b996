"""When people work: working weeks, public holidays, closures and absences.

These are facts of the cadence engine; every verb that changes them rings ``core.facts.changed``.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.history import tracked
from core.models import TimeStamped
from users.querysets import AbsenceQuerySet, CalendarQuerySet


def monday_to_friday() -> list[int]:
    return [1, 2, 3, 4, 5]


@tracked()
class Calendar(TimeStamped):
    """A working week in a country. The company has one; users may have their own."""

    name = models.CharField(max_length=80, unique=True)
    country = models.CharField(
        max_length=2, blank=True, help_text="ISO 3166-1 code; empty: no public holidays."
    )
    subdivision = models.CharField(max_length=10, blank=True, help_text="State or region, as ISO 3166-2.")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=monday_to_friday, help_text="ISO weekdays, Monday is 1."
    )

    objects = CalendarQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendar_weekdays_known",
                condition=models.Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7])
                & models.Q(weekdays__len__gte=1),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PublicHoliday(models.Model):
    """A day off in a country, or in one of its regions; materialised from the ``holidays`` library."""

    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=10, blank=True, help_text="Empty: the whole country.")
    day = models.DateField()
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "subdivision", "day"], name="publicholiday_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.day} ({self.country})"


@tracked()
class Closure(models.Model):
    """A day on which the people of one calendar do not work although the country does.

    A week of closure is seven rows with one name: the engine asks about days.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="closures")
    day = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="closure_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"


@tracked()
class Absence(TimeStamped):
    """A user is away, both days included.

    Who does what falls into it: the ``deputy`` named here, else the user's standing deputy, else the
    manager of their team; with ``waits`` nobody, and it moves to the return.
    """

    user = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    deputy = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="covered_absences"
    )
    waits = models.BooleanField(
        default=False, help_text="Nobody stands in, not even the standing deputy: all moves to the return."
    )
    reason = models.CharField(max_length=120, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="absence_deputy_is_another",
                condition=models.Q(deputy__isnull=True) | ~models.Q(deputy=models.F("user")),
            ),
            models.CheckConstraint(
                name="absence_waits_or_has_a_deputy",
                condition=models.Q(waits=False) | models.Q(deputy__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["user", "starts_on", "ends_on"], name="absence_by_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.starts_on} to {self.ends_on}"
