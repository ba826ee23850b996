"""A user's calendar for other calendars: appointments with their times, what is owed as whole days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cadences.meetings import ical
from cadences.meetings.rows import OWN_ROW
from cadences.models import Appointment, CalendarFeed, Touchpoint
from correspondence.addresses import one_line
from users.clock import zone
from users.mail import absolute

BACK, AHEAD = timedelta(days=90), timedelta(days=180)
KEPT = timedelta(days=90)
"""So long a removed entry is said to be cancelled, for calendars that keep what they have read."""
AGREED_LASTS = timedelta(minutes=15)
HOURLY = "PT1H"


def content(feed: CalendarFeed, now: datetime) -> bytes:
    """What the user's calendar holds now; four queries, however much it is.

    The same facts give the same text: no moment of reading stands in it, so its hash can tell a change.
    """
    user = feed.user
    today = now.astimezone(zone(user.time_zone)).date()
    morning = datetime.combine(today, datetime.min.time(), tzinfo=zone(user.time_zone))
    with translation.override(user.language):
        meetings = list(
            Appointment.objects.for_feed(user.pk, morning - BACK, morning + AHEAD, morning - KEPT)
        )
        owed = list(_owed(feed, today))
        made = ical.calendar()
        _describe(made, feed)
        for appointment in meetings:
            made.add_component(_meeting(appointment, feed))
        for row in owed:
            made.add_component(_day(row, feed))
        walls = [wall for one in meetings for wall in (one.local_start, one.local_end)]
        return bytes(ical.with_zones(made, walls).to_ical())


def _describe(made: Calendar, feed: CalendarFeed) -> None:
    name = _("Tend: %(name)s") % {"name": one_line(feed.user.display_name)}
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone(feed.user.time_zone).key)
    made.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    made.add("x-published-ttl", HOURLY)


def _meeting(appointment: Appointment, feed: CalendarFeed) -> Event:
    event = ical.event_of(appointment, appointment.updated_at.replace(microsecond=0))
    summary = f"{appointment.get_kind_display()}: {appointment.account.name}"
    if feed.with_notes:
        people = ", ".join(contact.name for contact in appointment.people)
        lines = [people, appointment.purpose, appointment.agenda]
        event.add("description", ical.printable("\n".join(line for line in lines if line)))
    event.add("summary", one_line(summary))
    event.add("url", absolute(reverse("meetings:detail", args=[appointment.pk])))
    return event


def _owed(feed: CalendarFeed, today: date) -> Any:
    """Open, and those that ended lately: done, put with somebody else's meeting, no longer owed."""
    agreed = Appointment.objects.filter(touchpoint=OuterRef("pk"), state__in=("planned", "held"))
    rows = Touchpoint.objects.for_people().filter(
        Q(state="open") | Q(closed_on__gte=today - KEPT),
        assignee=feed.user,
        due_on__range=(today - BACK, today + AHEAD),
    )
    rows = rows.annotate(has_meeting=Exists(agreed))
    # the row that came with an appointment was never shown beside it
    came_with_one = Q(cycle__startswith=OWN_ROW) & (~Q(state="open") | Q(has_meeting=True))
    return rows.exclude(came_with_one).select_related("account").order_by("due_on", "pk")


def _day(row: Any, feed: CalendarFeed) -> Event:
    """A touchpoint: its whole day, or its time where one was promised."""
    event = Event()
    event.add("uid", f"touchpoint-{row.pk}@{urlsplit(str(settings.SITE_URL)).hostname or 'tend'}")
    changed = row.updated_at.astimezone(UTC).replace(microsecond=0)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    # the row counts no versions of itself: the seconds since it was made grow with every change, too
    event.add("sequence", int((row.updated_at - row.created_at).total_seconds()))
    if row.due_at and row.due_at.astimezone(zone(feed.user.time_zone)).date() == row.due_on:
        event.add("dtstart", row.due_at.astimezone(UTC))
        event.add("dtend", (row.due_at + AGREED_LASTS).astimezone(UTC))
    else:
        event.add("dtstart", row.due_on)
        event.add("dtend", row.due_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    is_off = row.state != Touchpoint.State.OPEN or row.has_meeting
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("summary", one_line(f"{row.get_kind_display()}: {row.account.name}"))
    if feed.with_notes and row.about:
        event.add("description", ical.printable(row.about))
    event.add("url", absolute(reverse("cadences:touchpoint", args=[row.pk])))
    return event


def headers_on(response: HttpResponseBase) -> None:
    """For nobody but who holds the address: asked anew each time, and in no search engine."""
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Content-Disposition"] = 'inline; filename="tend.ics"'
