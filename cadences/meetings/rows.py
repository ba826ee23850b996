"""The touchpoint of an appointment: what My day, the account page and the ledger show of it.

Every function works on rows whose account is locked, and rings no bell.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cadences.models import SLOT_AGREED, Appointment, Touchpoint
from cadences.services.dates import built_in_slot, hand_date, to_planned_day
from users.clock import local, today_for
from users.models import User

OWN_ROW = "A"
"""Begins the cycle of a row that came with its appointment."""
MEETING_KINDS = (Touchpoint.Kind.MEETING, Touchpoint.Kind.VIDEO)


def open_for(account_id: int) -> list[Touchpoint]:
    """Meetings that are owed and not agreed yet, the next one first: one of them can be meant."""
    taken = Appointment.objects.planned().filter(touchpoint__isnull=False).values("touchpoint")
    rows = Touchpoint.objects.open().filter(account_id=account_id, kind__in=MEETING_KINDS)
    return list(
        rows.exclude(pk__in=taken).select_related("slot", "item", "assignee").order_by("due_on", "pk")
    )


def add(user: User, appointment: Appointment) -> Touchpoint:
    """A row of its own; who does it follows the account, as with every agreed date."""
    owner = appointment.account.owner
    row = Touchpoint(
        account=appointment.account,
        slot=built_in_slot(SLOT_AGREED),
        cycle=_free_cycle(appointment),
        anchor="agreed",
        basis=Touchpoint.Basis.AGREED,
        base_on=today_for(user),
        is_touched=True,
        assignee=owner if owner is not None and owner.is_active else appointment.host,
    )
    _put(row, appointment, day_of(row, appointment))
    row.save()
    return row


def is_own(row: Touchpoint, appointment: Appointment) -> bool:
    """Whether it came with this appointment."""
    return row.cycle.split("-")[0] == f"{OWN_ROW}{appointment.pk}"


def _free_cycle(appointment: Appointment) -> str:
    """``A12``; ``A12-2`` where a first row of its own is closed while it is still to come."""
    mine = f"{OWN_ROW}{appointment.pk}"
    rows = Touchpoint.objects.filter(account=appointment.account_id, slot__key=SLOT_AGREED)
    before = rows.filter(Q(cycle=mine) | Q(cycle__startswith=f"{mine}-")).count()
    return f"{mine}-{before + 1}" if before else mine


def put_on(user: User, row: Touchpoint, appointment: Appointment) -> None:
    """The row is due when the appointment is. What the plan owes keeps its planned day: lateness counts from
    it; a day agreed with the customer is another one now."""
    on = day_of(row, appointment)
    if row.is_from_plan:
        row.due_at = appointment.starts_at
        hand_date(user, row, on, _("A meeting is agreed"))
    else:
        _put(row, appointment, on)
        row.save()


def let_go(user: User, row: Touchpoint, reason: str, state: str = Touchpoint.State.CANCELLED) -> None:
    """Without its appointment the plan's row is owed on its planned day again, and an agreed one is over."""
    if row.is_from_plan:
        to_planned_day(row, today_for(user))
        row.due_at = None
    else:
        row.state = state
        row.reason = reason[:200]
        row.closed_on = today_for(user)
        row.closed_by = user
    row.save()


def day_of(row: Touchpoint, appointment: Appointment) -> date:
    """The civil day of the appointment where whoever does the row lives."""
    return local(appointment.starts_at, row.assignee or appointment.host).date()


def _put(row: Touchpoint, appointment: Appointment, on: date) -> None:
    row.ideal_on = row.planned_on = row.due_on = on
    row.due_at = appointment.starts_at
    is_video = appointment.kind == Appointment.Kind.VIDEO
    row.kind = Touchpoint.Kind.VIDEO if is_video else Touchpoint.Kind.MEETING
    row.contact = next(iter(appointment.people), None)
    row.about = str(appointment)[:300]


def is_over(appointment: Appointment) -> bool:
    """Whether it has begun: from then on something came of it, or nothing did."""
    return appointment.starts_at <= timezone.now()
