"""What a demo promises: something to do for every salesperson, whatever day it is."""

from __future__ import annotations

from collections import Counter
from datetime import date

from cadences.lateness import Bucket, bucket
from cadences.models import Touchpoint
from imports.demo.people import SELLERS
from users.models import User

PROMISED = {"overdue": 5, "due today": 5, "calls of a running track": 2, "agreed times": 1}


def day_of(user: User, today: date) -> Counter[str]:
    """How much of each kind the user's day holds."""
    found: Counter[str] = Counter()
    for row in Touchpoint.objects.open().for_people().filter(assignee=user).select_related("slot"):
        where = bucket(row.due_on, row.tolerance_days, today)
        found["overdue"] += where is Bucket.LATE
        found["due today"] += where is Bucket.TODAY
        found["calls of a running track"] += row.slot.is_track and row.kind == "call"
        found["agreed times"] += row.due_at is not None
    return found


def shortfalls(users: dict[str, User], today: date) -> list[str]:
    """Sentences about what is missing; empty when the promise is kept."""
    missing = []
    for seller in SELLERS:
        found = day_of(users[seller.key], today)
        missing += [
            f"{seller.name} has {found[what]} {what} instead of {least}"
            for what, least in PROMISED.items()
            if found[what] < least
        ]
    return missing
