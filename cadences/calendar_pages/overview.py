"""What the calendar pages show: each calendar in one line, closures as stretches, who works by which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Q
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django_countries import countries

from cadences import public_holidays
from users.models import Calendar, Closure, Company, PublicHoliday, User

DAY = timedelta(days=1)
SOME = 8


@dataclass(frozen=True)
class Line:
    """One calendar in the list."""

    calendar: Any
    is_company: bool
    week: str
    place: str
    user_count: int
    next_holiday: PublicHoliday | None


@dataclass(frozen=True)
class Days:
    """Days in a row that are closed under one name."""

    first: date
    last: date
    name: str
    is_over: bool

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


def of_all(calendars: Iterable[Any], today: date) -> list[Line]:
    """The list of calendars; four queries, however many there are."""
    found = list(calendars)
    company_calendar = Company.get().calendar_id
    without = User.objects.active().filter(calendar=None).count()
    coming = _coming({each.country for each in found} - {""}, today)
    lines = []
    for each in found:
        is_company = each.pk == company_calendar
        days = (day for day in coming if day.country == each.country)
        here = (day for day in days if day.subdivision in ("", each.subdivision))
        lines.append(
            Line(
                calendar=each,
                is_company=is_company,
                week=week_in_words(each.weekdays),
                place=place_in_words(each),
                user_count=each.user_count + (without if is_company else 0),
                next_holiday=next(here, None),
            )
        )
    return sorted(lines, key=lambda line: not line.is_company)


def _coming(lands: set[str], today: date) -> list[PublicHoliday]:
    rows = PublicHoliday.objects.filter(country__in=lands, day__range=(today, today + 190 * DAY))
    return list(rows.order_by("day", "subdivision"))


def week_in_words(weekdays: Iterable[int]) -> str:
    """ "Mon to Fri" for days in a row, else each by name."""
    days = sorted(weekdays)
    names = [str(WEEKDAYS_ABBR[day - 1]) for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(str(WEEKDAYS[day - 1]) for day in days) if len(days) == 1 else ", ".join(names)


def place_in_words(calendar: Calendar) -> str:
    """Country and region by name; says so where no holidays are known."""
    if not calendar.country:
        return _("no public holidays")
    land = str(countries.name(calendar.country) or calendar.country)
    if not public_holidays.is_known(calendar.country):
        return _("%(land)s (no public holidays known)") % {"land": land}
    if calendar.subdivision:
        region = dict(public_holidays.regions(calendar.country)).get(calendar.subdivision)
        return f"{land}, {region or calendar.subdivision}"
    return land


def closures_of(calendar: Calendar, today: date) -> list[Days]:
    """Its closures as stretches: coming ones first, then those of the last year, latest first."""
    rows = list(calendar.closures.filter(day__gte=today - 366 * DAY).order_by("day"))
    found = [_stretch(group, today) for group in _in_a_row(rows)]
    return [days for days in found if not days.is_over] + [days for days in found[::-1] if days.is_over]


def _in_a_row(rows: list[Closure]) -> list[list[Closure]]:
    groups = [rows[:1]] if rows else []
    for before, row in pairwise(rows):
        if row.day == before.day + DAY and row.name == before.name:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _stretch(group: list[Closure], today: date) -> Days:
    return Days(group[0].day, group[-1].day, group[0].name, is_over=group[-1].day < today)


def days_sent(data: Mapping[str, str]) -> tuple[date, date] | None:
    """The first and the last day that a button names; None where it names none."""
    try:
        return date.fromisoformat(data.get("first", "")), date.fromisoformat(data.get("last", ""))
    except ValueError:
        return None


@dataclass(frozen=True)
class Users:
    """The first users of a calendar by name, and how many there are."""

    some: list[User]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.some)


def users_of(users: Any, calendar: Calendar) -> Users:
    """Those of these (a queryset) who are active and work by it: their own, or the company's."""
    chosen = Q(calendar=calendar)
    if Company.get().calendar_id == calendar.pk:
        chosen |= Q(calendar=None)
    found = users.active().filter(chosen)
    return Users(list(found.by_name()[:SOME]), found.count())
