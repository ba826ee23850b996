"""What "late", "today" and "next" mean for a touchpoint. Pure: query, page, badge and mail all ask here."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

NEXT_DAYS = 7
"""How far My day looks ahead."""


class Bucket(StrEnum):
    """Where a touchpoint stands on a day."""

    LATE = "late"
    TODAY = "today"
    NEXT = "next"
    LATER = "later"


def bucket(due_on: date, tolerance_days: int, today: date) -> Bucket:
    """Today from ``due_on`` to ``due_on + tolerance``, late after that (DESIGN.md, tolerance)."""
    if today < due_on:
        return Bucket.NEXT if due_on <= today + timedelta(days=NEXT_DAYS) else Bucket.LATER
    return Bucket.TODAY if today <= due_on + timedelta(days=tolerance_days) else Bucket.LATE


def late_days(planned_on: date, tolerance_days: int, today: date) -> int:
    """Days over the tolerance, counted from the planned day: putting off does not make it less late."""
    return max(0, (today - planned_on).days - tolerance_days)
