"""The sheet of a touchpoint whose meeting is agreed: its log form knows who, how and when."""

from __future__ import annotations

from cadences.models import Appointment, Touchpoint
from cadences.sheet import Sheet, for_logging, loaded, of_touchpoint
from users.models import User


def for_holding(user: User, appointment: Appointment) -> Sheet:
    """The sheet of its touchpoint; of its account where the touchpoint is gone."""
    row: Touchpoint | None = loaded().filter(pk=appointment.touchpoint_id).first()
    return of_touchpoint(user, row) if row is not None else for_logging(user, appointment.account)
