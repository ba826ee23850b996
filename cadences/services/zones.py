"""Agreed times when somebody's clock changes: the moment stays, the day on which it is due follows."""

from __future__ import annotations

from cadences.models import Touchpoint
from users.clock import zone
from users.models import User


def keep_moments(user_id: int, before: str) -> None:
    """What was promised for 14:00 in Oslo is promised for that moment, wherever the user is now.

    Dates without a time are civil dates and stay. So does a row that was put off to another day than
    that of its time.
    """
    now = zone(User.objects.values_list("time_zone", flat=True).get(pk=user_id))
    timed = Touchpoint.objects.open().filter(assignee=user_id, due_at__isnull=False)
    for row in timed.select_for_update(of=("self",)):
        old, new = (row.due_at.astimezone(there).date() for there in (zone(before), now))
        if row.due_on != old or old == new:
            continue
        for name in ("ideal_on", "planned_on") if row.anchor == "agreed" else ():
            if getattr(row, name) == old:
                setattr(row, name, new)
        row.due_on = new
        row.lapses_on = max(row.lapses_on, new) if row.lapses_on else None
        row.save(update_fields=["ideal_on", "planned_on", "due_on", "lapses_on", "updated_at"])
