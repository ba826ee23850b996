"""The verbs on appointments: agree, change, cancel, hold, say that nobody came.

Each locks the account, then its rows; what the customer must hear of goes into the outbox in the same
transaction; each ends with ``core.facts.changed``, so that what is owed is right at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.meetings import invitations, rows
from cadences.meetings.checking import check, moments
from cadences.models import Appointment, Guest, Touchpoint
from cadences.services import Submission, record, record_on_account
from cadences.services.closing import IN_VAIN, POSTPONED
from cadences.services.locks import lock_account, require_editable
from contacts.models import Contact, Interaction
from core import facts
from users.access import require, require_active
from users.models import User

TEXTS = ("place", "purpose", "agenda")


@dataclass(frozen=True)
class Terms:
    """What is agreed. ``on``, ``at`` and ``until`` are wall times in ``time_zone``.

    ``row``: the touchpoint that it is agreed for; None makes one. ``invites``: the contacts get it by mail.
    """

    on: date
    at: time
    until: time
    time_zone: str
    host: User
    contacts: Sequence[Contact]
    kind: str = Appointment.Kind.MEETING
    colleagues: Sequence[User] = ()
    place: str = ""
    purpose: str = ""
    agenda: str = ""
    invites: bool = False
    row: Touchpoint | None = None
    token: UUID | None = None


@transaction.atomic
def agree(user: User, account: Account, terms: Terms) -> Appointment:
    """A meeting with people of an account; anybody may agree one, as anybody may log a contact.

    The same form sent twice agrees once. Raises ValidationError by the form's fields.
    """
    require_active(user)
    account = lock_account(account.pk)
    if terms.token and (before := Appointment.objects.filter(token=terms.token, made_by=user).first()):
        return _if_the_same(before, account, terms)
    check(user, account, terms)
    row = _lock_row(user, terms.row, terms.host) if terms.row else None
    appointment = Appointment(account=account, made_by=user, token=terms.token)
    _write(appointment, terms)
    appointment.save()
    _set_people(appointment, terms)
    if row is not None:
        rows.put_on(user, row, appointment)
    appointment.touchpoint = row or rows.add(user, appointment)
    appointment.save()
    invitations.tell(appointment)
    facts.changed(account_ids=[account.pk])
    return appointment


@transaction.atomic
def change(user: User, appointment: Appointment, terms: Terms) -> Appointment:
    """Another time, place or people. Whoever was invited hears of it; the touchpoint moves along."""
    appointment = _locked(user, appointment)
    check(user, appointment.account, terms, before=appointment)
    was = _as_guests_see_it(appointment)
    _set_people(appointment, terms)
    if terms.host != appointment.host:
        invitations.end_under(appointment)
    _write(appointment, terms)
    if _as_guests_see_it(appointment) != was:
        appointment.sequence += 1
    appointment.save()
    row = appointment.touchpoint
    if row is not None and row.state == Touchpoint.State.OPEN:
        rows.put_on(user, row, appointment)
    invitations.tell(appointment)
    facts.changed(account_ids=[appointment.account_id])
    return appointment


@transaction.atomic
def cancel(user: User, appointment: Appointment, reason: str) -> Appointment:
    """It will not be held. The touchpoint falls with it, or is owed by the plan as before."""
    appointment = _locked(user, appointment)
    if rows.is_over(appointment):
        raise ValidationError(
            _("It has begun already: log what came of it, or say that it did not take place.")
        )
    close(appointment, Appointment.State.CANCELLED, _reason(reason))
    row = appointment.touchpoint
    if row is not None and row.state == Touchpoint.State.OPEN:
        rows.let_go(user, row, appointment.reason)
    facts.changed(account_ids=[appointment.account_id])
    return appointment


@transaction.atomic
def miss(user: User, appointment: Appointment, reason: str) -> Appointment:
    """Its time came and it was not held. What the plan owes stays owed; an agreed date counts as left out."""
    appointment = _locked(user, appointment)
    require_begun(appointment)
    close(appointment, Appointment.State.MISSED, _reason(reason))
    row = appointment.touchpoint
    if row is not None and row.state == Touchpoint.State.OPEN:
        rows.let_go(user, row, appointment.reason, Touchpoint.State.SKIPPED)
    facts.changed(account_ids=[appointment.account_id])
    return appointment


@transaction.atomic
def hold(user: User, appointment: Appointment, sent: Submission, needs: str = "") -> Interaction:
    """What came of it, by the log form: closes the touchpoint and says when we are in touch next (R11).

    Nobody came, or another day was asked for: the touchpoint stays as such a log leaves it.
    """
    appointment = _locked(user, appointment)
    require_begun(appointment)
    row = appointment.touchpoint
    if row is not None and row.state == Touchpoint.State.OPEN:
        interaction = record(user, row, sent)
    else:  # it lapsed in a night, or the plan owes it no longer: the talk is logged all the same
        interaction = record_on_account(user, appointment.account, sent)
    in_vain = interaction.outcome in IN_VAIN or interaction.outcome == POSTPONED
    appointment.refresh_from_db()
    appointment.needs = needs.strip()
    appointment.interaction = interaction
    appointment.state = Appointment.State.MISSED if in_vain else Appointment.State.HELD
    appointment.reason = str(interaction.get_outcome_display()) if in_vain else ""
    appointment.closed_at = timezone.now()
    appointment.save()
    if in_vain and row is not None:  # the time is over; a call back has set its own
        Touchpoint.objects.filter(pk=row.pk, due_at=appointment.starts_at).update(due_at=None)
    return interaction


def change_host(appointments: Iterable[Appointment], host: User) -> None:
    """Planned meetings go to a colleague with their account; guests hear from whom it comes now.

    For verbs that have asked who may, and ring the bell themselves.
    """
    for appointment in appointments:
        invitations.end_under(appointment)
        appointment.host = host
        appointment.sequence += 1
        appointment.save()
        appointment.colleagues.remove(host)
        invitations.tell(appointment)


def close(appointment: Appointment, state: str, reason: str) -> None:
    """No longer planned; those who were invited hear of a cancellation."""
    appointment.state = state
    appointment.reason = reason[:200]
    appointment.closed_at = timezone.now()
    if state == Appointment.State.CANCELLED:
        appointment.sequence += 1
    appointment.save()
    if state == Appointment.State.CANCELLED and appointment.ends_at > timezone.now():
        invitations.call_off(appointment)


def require_begun(appointment: Appointment) -> None:
    """Nothing has come of a meeting that is still to come."""
    if not rows.is_over(appointment):
        raise ValidationError(_("It has not begun yet: move or cancel it instead."))


def _if_the_same(before: Appointment, account: Account, terms: Terms) -> Appointment:
    """What the form has agreed already; refused where it says something else by now."""
    starts_at, ends_at = moments(terms)
    texts = {name: _plain(getattr(terms, name)) for name in TEXTS}
    is_same = (
        before.account_id == account.pk
        and (before.starts_at, before.ends_at, before.host) == (starts_at, ends_at, terms.host)
        and (before.kind, before.time_zone) == (terms.kind, terms.time_zone)
        and {name: getattr(before, name) for name in TEXTS} == texts
        and {one.pk for one in before.people} == {one.pk for one in terms.contacts}
    )
    if not is_same:
        when = date_format(before.local_start, "j M Y, H:i")
        raise ValidationError(
            _(
                "This form has agreed a meeting already, on %(when)s, and says something else by now. Change "
                "that meeting, or open the form anew for a second one."
            )
            % {"when": when}
        )
    return before


def _plain(text: str) -> str:
    """Browsers end lines in two ways: that is no change."""
    return text.replace("\r\n", "\n").strip()


def _reason(words: str) -> str:
    if not words.strip():
        raise ValidationError({"reason": _("Say why in a few words; the reason stays with the meeting.")})
    return words.strip()[:200]


def _locked(user: User, appointment: Appointment) -> Appointment:
    """As it is now, locked behind its account, after asking whether this user may change it."""
    require_active(user)
    require(
        Appointment.objects.editable_by(user).filter(pk=appointment.pk).exists(),
        _("A meeting is changed by its host and by those who look after the account."),
    )
    lock_account(appointment.account_id)
    found: Appointment = Appointment.objects.select_for_update(of=("self",)).for_page().get(pk=appointment.pk)
    if not found.is_planned:
        words = {"state": found.get_state_display(), "when": timezone.localtime(found.closed_at)}
        raise ValidationError(
            _("This meeting is no longer planned (%(state)s). What you typed is still here.") % words
        )
    return found


def _lock_row(user: User, asked: Touchpoint, host: User) -> Touchpoint:
    """The touchpoint that it is agreed for, if it still waits for a date."""
    require_editable(user, asked)
    locked = Touchpoint.objects.select_for_update(of=("self",)).select_related("item", "assignee", "slot")
    row: Touchpoint = locked.get(pk=asked.pk)
    if row.pk not in {one.pk for one in rows.open_for(row.account_id)}:
        raise ValidationError({"row": _("A date for this is agreed already, or it is no longer owed.")})
    if not Touchpoint.objects.editable_by(host).filter(pk=row.pk).exists():
        words = {"host": host}
        raise ValidationError(
            {
                "host": _(
                    "%(host)s does not look after this account: choose who does as the host, and "
                    "%(host)s as a colleague who comes along."
                )
                % words
            }
        )
    return row


def _write(appointment: Appointment, terms: Terms) -> None:
    """Does not save."""
    starts_at, ends_at = moments(terms)
    appointment.starts_at, appointment.ends_at = starts_at, ends_at
    for name in ("kind", "time_zone", "host"):
        setattr(appointment, name, getattr(terms, name))
    for name in TEXTS:
        setattr(appointment, name, _plain(getattr(terms, name)))


def _set_people(appointment: Appointment, terms: Terms) -> None:
    """Guests and colleagues as named. Who is left out stays as a row until they have been told."""
    appointment.colleagues.set([one for one in terms.colleagues if one != terms.host])
    chosen = {contact.pk: contact for contact in terms.contacts}
    known = {guest.contact_id: guest for guest in Guest.objects.filter(appointment=appointment)}
    for pk, guest in known.items():
        if pk not in chosen and not guest.is_off:
            guest.is_off = True
            guest.save()
    for pk, contact in chosen.items():
        guest = known.get(pk) or Guest(appointment=appointment, contact=contact)
        guest.is_off = False
        guest.is_invited = (guest.is_invited or terms.invites) and not invitations.why_not(contact)
        guest.save()
    appointment.refresh_from_db()  # who was read with it before is not who comes now


def _as_guests_see_it(appointment: Appointment) -> tuple[str | datetime | User | frozenset[int], ...]:
    """What stands in an invitation."""
    people = frozenset(contact.pk for contact in appointment.people)
    words = (appointment.kind, appointment.time_zone, appointment.place, appointment.purpose)
    return (*words, appointment.agenda, appointment.starts_at, appointment.ends_at, appointment.host, people)
