"""Appointments as iCalendar (RFC 5545, 5546): what invitations and the feed have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from icalendar import Calendar, Event, vCalAddress, vText

from cadences.meetings.zones import vtimezone
from cadences.models import Appointment, Guest
from correspondence.addresses import one_line

PRODUCT = "-//Tend//Tend//EN"


def calendar(method: str = "") -> Calendar:
    """An empty one; without a method it is read and not answered, and needs no organizer (RFC 5546)."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    if method:
        made.add("method", method)
    return made


def event_of(appointment: Appointment, stamp: datetime) -> Event:
    """Who it is, when and where; the same in every calendar. ``stamp``: when this text was made."""
    made = Event()
    made.add("uid", str(appointment.uid))
    made.add("dtstamp", stamp.astimezone(UTC))
    made.add("sequence", appointment.sequence)
    made.add("created", appointment.created_at.astimezone(UTC).replace(microsecond=0))
    made.add("last-modified", appointment.updated_at.astimezone(UTC).replace(microsecond=0))
    made.add("dtstart", _there(appointment.local_start))
    made.add("dtend", _there(appointment.local_end))
    is_off = appointment.state == Appointment.State.CANCELLED
    made.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if appointment.place:
        made.add("location", one_line(appointment.place, 300))
    return made


def _there(wall: datetime) -> datetime:
    """A wall time with its zone; of an hour that comes twice a zone can only mean the first."""
    return wall.astimezone(UTC) if wall.fold else wall


def with_zones(made: Calendar, moments: Iterable[datetime]) -> Calendar:
    """The same with the zones of these wall times, which stand before what refers to them."""
    years: dict[str, list[int]] = {}
    for moment in moments:
        name = getattr(moment.tzinfo, "key", "")
        if name and not is_utc(name) and not moment.fold:
            years.setdefault(name, []).append(moment.year)
    zones = [
        vtimezone(name, date(min(some) - 1, 1, 1), date(max(some) + 2, 1, 1))
        for name, some in sorted(years.items())
    ]
    made.subcomponents[:0] = zones
    return made


def is_utc(name: str) -> bool:
    """Written as Z, without a zone."""
    return name.rpartition("/")[2] in ("UTC", "UCT", "Zulu", "Universal")


def address_of(email: str, name: str, **about: str) -> vCalAddress:
    """Somebody of a meeting. A quotation mark has no place in a parameter."""
    made = vCalAddress(f"mailto:{email}")
    made.params["CN"] = vText(one_line(name, 120).replace('"', "'"))
    for key, value in about.items():
        made.params[key] = vText(value)
    return made


def invitation(appointment: Appointment, method: str, guests: Iterable[Guest], stamp: datetime) -> bytes:
    """The invitation, its update, or the calling off, for these guests (RFC 5546)."""
    event = event_of(appointment, stamp)
    event.add("summary", title_for_guests(appointment))
    if appointment.agenda:
        event.add("description", printable(appointment.agenda))
    if appointment.host.email:
        event.add("organizer", address_of(appointment.host.email, appointment.host.display_name))
    for guest in guests:
        event.add("attendee", _attendee(guest))
    if method == "CANCEL":
        event["status"] = vText("CANCELLED")
    made = calendar(method)
    made.add_component(event)
    return bytes(with_zones(made, [appointment.local_start, appointment.local_end]).to_ical())


def title_for_guests(appointment: Appointment) -> str:
    """What it is about, or how we meet: what they read in their calendar."""
    return one_line(str(appointment), 200)


def printable(text: str) -> str:
    """Lines of text without other control characters."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(letter for letter in line if letter.isprintable()) for line in lines)


def _attendee(guest: Guest) -> vCalAddress:
    about = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    return address_of(guest.contact.email, guest.contact.name, **about)
