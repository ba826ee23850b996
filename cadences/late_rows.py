"""``cadences.lateness`` for columns of the database: the same two rules, for queries that count rows.

A test holds both forms together.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Expression, F, Func, IntegerField, Q, Value
from django.db.models.functions import Cast

from cadences.lateness import NEXT_DAYS, Bucket


class LateDays(Func):
    """``lateness.late_days`` of a touchpoint on a day, which may be a column or computed from one."""

    template = "greatest(0, %(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()

    def __init__(self, on: date | F | Expression, **extra: Any) -> None:
        day = on if not isinstance(on, date) else Cast(Value(on), DateField())
        super().__init__(day, F("planned_on"), F("tolerance_days"), **extra)


class TodayUntil(Func):
    """The last day on which a touchpoint is due today and not late: ``due_on + tolerance_days``."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()

    def __init__(self, **extra: Any) -> None:
        super().__init__(F("due_on"), F("tolerance_days"), **extra)


def in_bucket(wanted: Bucket, today: date) -> Q:
    """Rows of ``with_today_until`` that ``lateness.bucket`` puts there."""
    ahead = today + timedelta(days=NEXT_DAYS)
    return {
        Bucket.LATE: Q(today_until__lt=today),
        Bucket.TODAY: Q(due_on__lte=today, today_until__gte=today),
        Bucket.NEXT: Q(due_on__gt=today, due_on__lte=ahead),
        Bucket.LATER: Q(due_on__gt=ahead),
    }[wanted]
