"""The engine's settings that admins change on its page; switching it on and off is in cadences.plans."""

from __future__ import annotations

from datetime import time

from django.db import transaction

from cadences.models import Schedule
from users.access import require_admin
from users.models import User


@transaction.atomic
def set_nightly_at(user: User, at: time) -> Schedule:
    """The hour, by the company's clock, from which a night's run is due."""
    require_admin(user)
    schedule = Schedule.get()
    schedule.nightly_at = at
    schedule.save(update_fields=["nightly_at", "updated_at"])
    return schedule
