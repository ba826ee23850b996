"""Invitations to customers, through the outbox: sent, brought up to date, called off.

A mail holds ids; what it says is read when it leaves. So one that waits while the meeting is moved says
nothing old: it is dropped, and the one that came after it leaves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cadences.meetings import ical
from cadences.models import Appointment, Guest
from contacts.models import Channel, Contact
from correspondence import kinds
from correspondence.kinds import CalendarPart, Rendered
from correspondence.models import Message, State, Topic
from correspondence.pieces.desk import identity_of
from correspondence.rendering import inlined, strictly
from correspondence.services import Draft, enqueue_many
from correspondence.services.enqueueing import Identity
from users.models import Company, User

KIND = "appointment"
REQUEST, CANCEL = "REQUEST", "CANCEL"


def register() -> None:
    """Twice the same invitation is one in every calendar, none is a missed meeting: doubt sends again."""
    kinds.register(
        KIND,
        render=render,
        once=False,
        may_send=may_send,
        on_handed_over=handed_over,
        label=lazy("Invitation to a meeting"),
    )


def why_not(contact: Contact) -> str:
    """Why this person gets no invitation by mail; empty when they do."""
    if not contact.email:
        return _("no e-mail address")
    if Channel.EMAIL in contact.refused_channels:
        return _("wants no e-mail")
    return ""


def tell(appointment: Appointment) -> None:
    """What stands now to everybody who is invited and has not heard it; the end to those who are off."""
    guests = list(Guest.objects.filter(appointment=appointment, is_invited=True).select_related("contact"))
    sender = _sender(appointment.host)
    drafts = [
        _draft(appointment, guest, CANCEL if guest.is_off else REQUEST, sender)
        for guest in guests
        if guest.is_off or guest.told != appointment.sequence
    ]
    enqueue_many(drafts)


def end_under(appointment: Appointment) -> None:
    """Called before its host changes: only who organises an event may change it (RFC 5546, 3.2.2).

    So it ends in the calendars of the guests as the one who hosted it had sent it, and :func:`tell` invites
    anew, from the new host.
    """
    guests = list(Guest.objects.filter(appointment=appointment, is_invited=True).select_related("contact"))
    if not guests:
        return
    sequence, sender = appointment.sequence + 1, _sender(appointment.host)
    ended = {
        "uid": str(appointment.uid),
        "host": appointment.host_id,
        "sequence": sequence,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
    }
    enqueue_many(
        [
            replace(
                draft := _draft(appointment, guest, CANCEL, sender),
                key=f"{appointment.pk} {guest.contact_id} END {sequence}",
                payload=dict(draft.payload, ended=ended, was_told=guest.told is not None),
            )
            for guest in guests
        ]
    )
    Guest.objects.filter(appointment=appointment).update(told=None)
    appointment.uid = uuid4()


def call_off(appointment: Appointment) -> None:
    """It will not be held: to everybody who is invited."""
    guests = Guest.objects.filter(appointment=appointment, is_invited=True).select_related("contact")
    sender = _sender(appointment.host)
    enqueue_many([_draft(appointment, guest, CANCEL, sender) for guest in guests])


def _sender(host: User) -> Identity:
    """From the host's own verified address; without one from the system's, and answers come to the host."""
    own = identity_of(host)
    if own is not None:
        return Identity(name=own.name, address=own.address)
    return Identity(name=host.display_name, reply_to=host.email or "")


def _draft(appointment: Appointment, guest: Guest, method: str, sender: Identity) -> Draft:
    return Draft(
        kind=KIND,
        topic=Topic.SERVICE,
        to=guest.contact.email,
        key=f"{appointment.pk} {guest.contact_id} {method} {appointment.sequence}",
        payload={
            "appointment": appointment.pk,
            "contact": guest.contact_id,
            "method": method,
            "sequence": appointment.sequence,
        },
        contact_id=guest.contact_id,
        identity=sender,
    )


# -- When it leaves -----------------------------------------------------------------------------------


def may_send(messages: list[Message]) -> dict[int, str]:
    """Whom not to write to any more: who has left, refuses e-mail by now, or has another address."""
    contacts = Contact.objects.in_bulk({m.contact_id for m in messages if m.contact_id})
    reasons = {}
    for message in messages:
        contact = contacts.get(message.contact_id or 0)
        if contact is None or contact.left_on is not None:
            reasons[message.pk] = _("The contact has left.")
        elif why_not(contact) or contact.email.lower() != message.recipient:
            reasons[message.pk] = why_not(contact) or _("The contact has another address.")
    return reasons


def render(message: Message) -> Rendered | None:
    """What stands now, with its calendar part; None when a later mail says it, or there is nothing to say."""
    said = message.payload
    found = Appointment.objects.with_people().filter(pk=said["appointment"]).first()
    guest = (
        next((one for one in found.guests.all() if one.contact_id == said["contact"]), None)
        if found
        else None
    )
    if found is None or guest is None or not _still_says(found, guest, said):
        return None
    if "ended" in said:
        _as_it_ended(found, said["ended"])
    host, method = found.host, said["method"]
    guests = [guest] if method == CANCEL else _invited(found)
    language = host.language
    with translation.override(language):
        calendar = _calendar(found, method, guests)
        return _rendered(found, guest, "END" if "ended" in said else method, calendar)


def _still_says(appointment: Appointment, guest: Guest, said: dict[str, Any]) -> bool:
    if said["method"] == REQUEST:
        is_latest = said["sequence"] == appointment.sequence
        return appointment.is_planned and is_latest and guest.is_invited and not guest.is_off
    if "ended" in said:
        return said["was_told"] or _has_heard(message_of=appointment, guest=guest, before=said["ended"])
    is_off = guest.is_off or appointment.state == Appointment.State.CANCELLED
    return is_off and guest.told is not None  # who never heard of it need not hear that it is off


def _has_heard(*, message_of: Appointment, guest: Guest, before: dict[str, Any]) -> bool:
    """Whether an invitation was on its way while the host changed, and has arrived."""
    sent = Message.objects.filter(
        kind=KIND, contact=guest.contact_id, state__in=(State.SENT, State.UNCERTAIN),
        payload__appointment=message_of.pk, payload__method=REQUEST,
        payload__sequence=before["sequence"] - 1,
    )  # fmt: skip
    return sent.exists()


def _as_it_ended(appointment: Appointment, ended: dict[str, Any]) -> None:
    """The event that stands in their calendar, from who had sent it. Not to be saved."""
    appointment.uid, appointment.sequence = UUID(ended["uid"]), ended["sequence"]
    appointment.host = User.objects.get(pk=ended["host"])
    appointment.starts_at = datetime.fromisoformat(ended["starts_at"])
    appointment.ends_at = datetime.fromisoformat(ended["ends_at"])


def _invited(appointment: Appointment) -> list[Guest]:
    return [
        one for one in appointment.guests.all() if one.is_invited and not one.is_off and one.contact.email
    ]


def _calendar(appointment: Appointment, method: str, guests: list[Guest]) -> CalendarPart:
    return CalendarPart(method, ical.invitation(appointment, method, guests, timezone.now()))


def _rendered(appointment: Appointment, guest: Guest, method: str, part: CalendarPart) -> Rendered:
    host, title = appointment.host, ical.title_for_guests(appointment)
    subject = title
    if method == "END":
        subject = _("Another host: %(title)s") % {"title": title}
    elif method == CANCEL:
        subject = _("Cancelled: %(title)s") % {"title": title}
    elif guest.told is not None:
        subject = _("Changed: %(title)s") % {"title": title}
    context = {
        "subject": subject,
        "title": title,
        "method": method,
        "is_end": method != REQUEST,
        "is_news": guest.told is not None,
        "name": guest.contact.name,
        "appointment": appointment,
        "start": appointment.local_start,
        "end": appointment.local_end,
        "zone": appointment.time_zone,
        "host": host,
        "company": Company.get().name,
        "language": host.language,
    }
    with timezone.override(appointment.local_start.tzinfo):
        text = strictly("meetings/mail/invitation.txt", context, host.language)
        html = strictly("meetings/mail/invitation.html", context, host.language)
    return Rendered(subject, text.strip() + "\n", inlined(html), host.language, calendar=part)


def handed_over(messages: list[Message]) -> None:
    """Who has been told what; called in the transaction that records the sending."""
    for message in messages:
        said = message.payload
        if "ended" in said:  # of the event before; the one that stands now is told by its own mail
            continue
        guests = Guest.objects.filter(appointment=said["appointment"], contact=said["contact"])
        told = None if said["method"] == CANCEL else said["sequence"]
        guests.update(told=told, told_at=timezone.now())


def mails_of(appointment: Appointment) -> dict[int, Message]:
    """The latest mail to each guest, by the id of the contact; one query."""
    contacts = [guest.contact_id for guest in appointment.guests.all()]
    rows = Message.objects.filter(kind=KIND, contact__in=contacts, payload__appointment=appointment.pk)
    return {message.contact_id: message for message in rows.order_by("pk") if message.contact_id}
