"""What the calendar shows: the days of a day, week or month, with who is away and what is on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cadences.ledger_pages.scope import people_seen_by
from cadences.meetings.lanes import Placed, place
from cadences.models import Appointment, Touchpoint
from users.clock import local, zone
from users.models import Absence, Closure, Company, PublicHoliday, User

DAY = timedelta(days=1)
VIEWS = ("day", "week", "month")
MOST_WHOLE = 6
"""Whole-day entries that a week shows of one day; the day itself shows all."""
MOST_IN_MONTH = 4
AGREED_MINUTES = 15


@dataclass(frozen=True)
class Entry:
    """One line of a day. ``start`` is None for what has no time; ``tone`` says how it stands."""

    title: str
    address: str
    icon: str
    tone: str = ""
    who: str = ""
    about: str = ""
    start: datetime | None = None
    end: datetime | None = None
    placed: Placed | None = None


@dataclass
class Day:
    """One day. ``notes``: holidays, closures, who is away."""

    on: date
    is_today: bool = False
    is_chosen: bool = False
    is_outside: bool = False
    notes: list[str] = field(default_factory=list)
    timed: list[Entry] = field(default_factory=list)
    whole: list[Entry] = field(default_factory=list)
    most: int = MOST_WHOLE

    @property
    def shown(self) -> list[Entry]:
        """Of those without a time as many as there is room for."""
        return self.whole if len(self.whole) <= self.most + 1 else self.whole[: self.most]

    @property
    def more(self) -> int:
        return len(self.whole) - len(self.shown)

    @property
    def first_timed(self) -> list[Entry]:
        """Of the timed ones as many as a cell of the month holds."""
        return self.timed if len(self.timed) <= MOST_IN_MONTH else self.timed[: MOST_IN_MONTH - 1]

    @property
    def more_timed(self) -> int:
        return len(self.timed) - len(self.first_timed)

    @property
    def lanes(self) -> int:
        return max((entry.placed.lane for entry in self.timed if entry.placed), default=0) + 1


@dataclass(frozen=True)
class Span:
    """What is looked at: ``view`` around ``on``; the days shown, and where j and k lead."""

    view: str
    on: date
    first: date
    last: date
    before: date
    after: date

    @classmethod
    def of(cls, view: str, on: date) -> Span:
        if view == "day":
            return cls(view, on, on, on, on - DAY, on + DAY)
        if view == "week":
            monday = on - on.weekday() * DAY
            return cls(view, on, monday, monday + 6 * DAY, on - 7 * DAY, on + 7 * DAY)
        first = on.replace(day=1)
        after = (first + 31 * DAY).replace(day=1)
        monday = first - first.weekday() * DAY
        sunday = after - DAY + (6 - (after - DAY).weekday()) * DAY
        return cls(view, on, monday, sunday, (first - DAY).replace(day=1), after)

    @property
    def days(self) -> list[date]:
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]


def days_of(span: Span, people: Sequence[User], reader: User, today: date) -> list[Day]:
    """The days with all that is on them; seven queries, however much that is."""
    ids = [person.pk for person in people]
    is_team = len(ids) > 1
    most = 10_000 if span.view == "day" else MOST_WHOLE
    days = {
        on: Day(on, on == today, on == span.on, span.view == "month" and on.month != span.on.month, most=most)
        for on in span.days
    }
    for on, entry in [*_meetings(span, ids, reader, is_team), *_promised(span, ids, reader, today, is_team)]:
        if on in days:
            (days[on].timed if entry.start else days[on].whole).append(entry)
    for on, words in _notes(span, people, is_team):
        if on in days:
            days[on].notes.append(words)
    for one in days.values():
        one.timed = place(one.timed)
    return list(days.values())


def _edges(span: Span, reader: User) -> tuple[datetime, datetime]:
    there = zone(reader.time_zone)
    midnight = datetime.min.time()
    return (
        datetime.combine(span.first, midnight, tzinfo=there),
        datetime.combine(span.last + DAY, midnight, tzinfo=there),
    )


def _meetings(span: Span, ids: list[int], reader: User, is_team: bool) -> Iterable[tuple[date, Entry]]:
    rows = Appointment.objects.visible_to(reader).of_people(ids).between(*_edges(span, reader)).on_calendars()
    now = timezone.now()
    for row in rows.with_people().order_by("starts_at", "pk"):
        start, end = local(row.starts_at, reader), local(row.ends_at, reader)
        tone = "held" if row.state == "held" else "missed" if row.state == "missed" else "planned"
        if tone == "planned" and row.ends_at < now:
            tone = "open"
        yield (
            start.date(),
            Entry(
                title=row.account.name,
                address=reverse("meetings:detail", args=[row.pk]),
                icon=row.kind,
                tone=tone,
                who=row.host.display_name if is_team or row.host_id not in ids else "",
                about=", ".join(contact.name for contact in row.people),
                start=start,
                end=end,
            ),
        )


def _promised(
    span: Span, ids: list[int], reader: User, today: date, is_team: bool
) -> Iterable[tuple[date, Entry]]:
    """What is owed on these days, without what an appointment shows already.

    What a colleague has not done, and notes to themself, are shown to whom the ledger shows them.
    """
    seen = Q(assignee__in=people_seen_by(reader).values("pk"))
    coming = Q(due_on__gte=today) & ~Q(kind=Touchpoint.Kind.TODO)
    agreed = Appointment.objects.planned().filter(touchpoint=OuterRef("pk"))
    rows = Touchpoint.objects.visible_to(reader).open().for_people().filter(assignee__in=ids)
    rows = rows.filter(seen | coming, ~Exists(agreed), due_on__range=(span.first, span.last))
    rows = rows.select_related("account", "slot", "assignee")
    for row in rows.order_by("due_on", "due_at", "account__name_folded", "pk"):
        start = local(row.due_at, reader) if row.due_at else None
        if start is not None and start.date() != row.due_on:
            start = None
        yield (
            row.due_on,
            Entry(
                title=row.account.name,
                address=reverse("cadences:touchpoint", args=[row.pk]),
                icon=row.kind,
                tone="late" if row.due_on < today else "",
                who=row.assignee.display_name if is_team and row.assignee else "",
                about=row.about if row.kind == Touchpoint.Kind.TODO else row.slot.name,
                start=start,
                end=start + timedelta(minutes=AGREED_MINUTES) if start else None,
            ),
        )


def _notes(span: Span, people: Sequence[User], is_team: bool) -> list[tuple[date, str]]:
    """Who is away, public holidays and closures of the calendars these people work by."""
    found: list[tuple[date, str]] = []
    away = Absence.objects.of([person.pk for person in people])
    for absence in away.filter(starts_on__lte=span.last, ends_on__gte=span.first):
        words = _("%(name)s is away") % {"name": absence.user.display_name} if is_team else _("Away")
        if absence.reason and not is_team:
            words = f"{words}: {absence.reason}"
        first, last = max(absence.starts_on, span.first), min(absence.ends_on, span.last)
        found += [(first + n * DAY, words) for n in range((last - first).days + 1)]
    calendars = _calendars(people)
    days = PublicHoliday.objects.filter(
        _in_places({(one.country, one.subdivision) for one in calendars}), day__range=(span.first, span.last)
    )
    closed = Closure.objects.filter(
        calendar__in=[one.pk for one in calendars], day__range=(span.first, span.last)
    )
    named: dict[date, list[str]] = defaultdict(list)
    for rows in (days, closed):
        for on, name in rows.order_by("day", "name").values_list("day", "name"):
            if name not in named[on]:
                named[on].append(name)
    return [(on, name) for on, names in named.items() for name in names] + found


def _calendars(people: Sequence[User]) -> list[Any]:
    company = Company.objects.select_related("calendar").first()
    usual = company.calendar if company else None
    found = {one.pk: one for person in people if (one := person.calendar or usual) is not None}
    return list(found.values())


def _in_places(places: set[tuple[str, str]]) -> Q:
    chosen = Q(pk__in=[])
    for country, subdivision in places:
        if country:
            chosen |= Q(country=country, subdivision__in=("", subdivision))
    return chosen
