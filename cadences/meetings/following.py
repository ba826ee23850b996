"""Appointments follow their touchpoint, whichever door closes it: My day, a log, a skip, the engine."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from cadences.meetings.services import close
from cadences.models import Appointment, CalendarFeed, Touchpoint

CLOSED = {
    Touchpoint.State.DONE: Appointment.State.HELD,
    Touchpoint.State.SKIPPED: Appointment.State.MISSED,
    Touchpoint.State.LAPSED: Appointment.State.MISSED,
    Touchpoint.State.CANCELLED: Appointment.State.CANCELLED,
}


def follow(account_ids: Collection[int], user_ids: Collection[int]) -> None:
    """A listener of ``core.facts``: runs after the reconciler, in the transaction of the verb."""
    if user_ids:  # the address of somebody who has left reads nothing more, and does not come back with them
        CalendarFeed.objects.filter(user__in=user_ids, user__is_active=False).delete()
    if not account_ids:
        return
    is_stale = Q(state="planned") & ~Q(touchpoint__state="open")
    came_back = Q(state="held", touchpoint__state="open")
    rows = Appointment.objects.filter(is_stale | came_back, account__in=account_ids)
    for appointment in rows.select_for_update(of=("self",)).for_page().order_by("pk"):
        row = appointment.touchpoint
        if row is None:
            continue
        if row.state == Touchpoint.State.OPEN:
            _plan_again(appointment)
        else:
            appointment.interaction = row.interaction
            state = CLOSED[Touchpoint.State(row.state)]
            is_held = state == Appointment.State.HELD
            close(appointment, state, "" if is_held else row.reason or str(row.get_state_display()))


def _plan_again(appointment: Appointment) -> None:
    """The log that it was held by was taken back."""
    appointment.state = Appointment.State.PLANNED
    appointment.interaction = None
    appointment.closed_at = None
    appointment.reason = ""
    appointment.save()
