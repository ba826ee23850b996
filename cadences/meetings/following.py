"""Appointments follow their touchpoint, whichever door closes it: My day, a log, a skip, the engine.

What was agreed with the customer stands until somebody calls it off: where the row of a meeting that is
still to come ends for another reason, the meeting goes on with an agreed row of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.meetings import invitations, rows
from cadences.meetings.services import close
from cadences.models import Appointment, CalendarFeed, Touchpoint
from core.among import among
from users.clock import today_for

BATCH = 2_000
LEFT_BEHIND = (
    Q(state="planned") & ~Q(touchpoint__state="open")
    # the engine has counted the row anew, and taken it off the day of the meeting
    | Q(state="planned", touchpoint__is_touched=False)
    | Q(state="held", touchpoint__state="open")
    | Q(state="missed", touchpoint__state="open", interaction__withdrawn_at__isnull=False)
    | Q(state="cancelled", touchpoint__state="open", touchpoint__slot__key="agreed")
)
"""Appointments that say something else than their touchpoint."""


def follow(account_ids: Collection[int], user_ids: Collection[int]) -> None:
    """A listener of ``core.facts``: runs after the reconciler, in the transaction of the verb."""
    if user_ids:  # the address of somebody who has left reads nothing more, and does not come back with them
        CalendarFeed.objects.filter(user__in=user_ids, user__is_active=False).delete()
    if account_ids:
        _follow(left_behind().filter(account__in=among(account_ids)))


def follow_all() -> int:
    """After the night, for all accounts; whose account somebody works on follows at the end of their verb.

    Needs a transaction. Returns how many appointments.
    """
    ids = sorted(left_behind().order_by().values_list("account", flat=True).distinct())
    done = 0
    for start in range(0, len(ids), BATCH):
        free = Account.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        batch = free.filter(pk__in=among(ids[start : start + BATCH])).order_by("pk")
        held = [account.pk for account in batch]
        done += _follow(left_behind().filter(account__in=among(held)))
    return done


def left_behind() -> QuerySet[Appointment]:
    """With those whose first row waits again."""
    found: QuerySet[Appointment] = Appointment.objects.filter(
        LEFT_BEHIND | Q(Exists(_first_rows(OuterRef("account"), OuterRef("starts_at"))), state="planned"),
        touchpoint__isnull=False,
    )
    return found


def _follow(found: QuerySet[Appointment]) -> int:
    chosen = list(found.select_for_update(of=("self",)).for_page().order_by("pk"))  # type: ignore[attr-defined]
    for appointment in chosen:
        row = appointment.touchpoint
        if row.state != Touchpoint.State.OPEN:
            _after_its_row(appointment, row)
        elif appointment.is_planned and not row.is_touched:
            rows.put_on(appointment.host, row, appointment)
        elif appointment.is_planned:
            _back_onto_its_row(appointment, row)
        elif not Appointment.objects.planned().filter(touchpoint=row).exists():
            _plan_again(appointment, row)
    return len(chosen)


def _after_its_row(appointment: Appointment, row: Touchpoint) -> None:
    """Its row is closed: it took place, did not, is called off, or goes on with a row of its own."""
    states, words = Appointment.State, row.reason or str(row.get_state_display())
    has_begun = rows.is_over(appointment)
    is_skipped = row.state == Touchpoint.State.SKIPPED
    if not has_begun and _is_called_off(appointment, row):
        close(appointment, states.CANCELLED, words)
    elif has_begun and row.state == Touchpoint.State.DONE:
        appointment.interaction = row.interaction
        close(appointment, states.HELD, "")
    elif has_begun and (is_skipped or row.state == Touchpoint.State.LAPSED):
        close(appointment, states.MISSED, words)
    else:  # still to come; or over, and the engine has ended the row before anybody said what came of it
        appointment.touchpoint = rows.add(appointment.host, appointment)
        appointment.save()


def _is_called_off(appointment: Appointment, row: Touchpoint) -> bool:
    """A former customer has no meetings; and who leaves out the meeting itself has said so."""
    is_former = row.state == Touchpoint.State.CANCELLED and appointment.account.status == "former"
    return is_former or (row.state == Touchpoint.State.SKIPPED and rows.is_own(row, appointment))


def _plan_again(appointment: Appointment, row: Touchpoint) -> None:
    """The log or the skip that it was closed by was taken back."""
    was_off = appointment.state == Appointment.State.CANCELLED
    appointment.state = Appointment.State.PLANNED
    appointment.interaction = None
    appointment.closed_at = None
    appointment.reason = ""
    appointment.sequence += was_off
    appointment.save()
    if row.due_at != appointment.starts_at:
        rows.put_on(appointment.host, row, appointment)
    if was_off:
        invitations.tell(appointment)


def _first_rows(account: OuterRef | int, starts_at: OuterRef | datetime) -> QuerySet[Touchpoint]:
    """Open rows that were put on the time of a meeting and have none any more."""
    taken = Appointment.objects.planned().filter(touchpoint=OuterRef("pk"))
    mine = Touchpoint.objects.open().filter(account=account, due_at=starts_at, kind__in=rows.MEETING_KINDS)
    found: QuerySet[Touchpoint] = mine.filter(
        ~Q(anchor="agreed") | Q(cycle__startswith=rows.OWN_ROW), ~Exists(taken)
    )
    return found


def _back_onto_its_row(appointment: Appointment, row: Touchpoint) -> None:
    """What had closed its first row was taken back: that one waits at the time of the meeting again."""
    first = _first_rows(appointment.account_id, appointment.starts_at).order_by("pk").first()
    if first is None or not rows.is_own(row, appointment):
        return
    row.state, row.reason = Touchpoint.State.CANCELLED, _("It is owed by the plan again.")
    row.closed_on = today_for(appointment.host)
    row.save()
    appointment.touchpoint = first
    appointment.save()
