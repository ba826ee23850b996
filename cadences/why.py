"""Why a touchpoint is owed on its day, in words: the rule, the fact it counts from, and every shift.

Explaining a list costs the same few queries as explaining one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from cadences.models import Override, PlanItem, Touchpoint
from users.models import Absence, Calendar, Closure, Company, PublicHoliday, User

LIVE_KINDS = frozenset({Touchpoint.Kind.CALL, Touchpoint.Kind.MEETING, Touchpoint.Kind.VIDEO})
DAY = timedelta(days=1)


def explain(touchpoint: Touchpoint, for_user: User | None = None) -> list[str]:
    """The sentences for one row; ``for_user`` reads "you" where they are meant."""
    return explain_all([touchpoint], for_user)[touchpoint.pk]


def explain_all(touchpoints: Sequence[Touchpoint], for_user: User | None = None) -> dict[int, list[str]]:
    """The sentences of many rows by their id; at most seven queries, however many rows."""
    facts = _gather(touchpoints)
    return {row.pk: list(_sentences(row, facts, for_user)) for row in touchpoints}


@dataclass
class Facts:
    """What the calendar and the exceptions say about the days and people in question."""

    company: Company
    people: dict[int, User] = field(default_factory=dict)
    calendars: dict[int, Calendar] = field(default_factory=dict)
    holidays: dict[tuple[str, date], list[PublicHoliday]] = field(default_factory=dict)
    closures: dict[tuple[int, date], str] = field(default_factory=dict)
    absences: dict[int, list[Absence]] = field(default_factory=dict)
    exceptions: dict[tuple[int, int], Override] = field(default_factory=dict)

    def calendar_of(self, person: User | None) -> Calendar | None:
        pk = (person.calendar_id if person else None) or self.company.calendar_id
        return self.calendars.get(pk) if pk else None

    def absence(self, person: User | None, day: date) -> Absence | None:
        found = self.absences.get(person.pk, []) if person else []
        return next((away for away in found if away.starts_on <= day <= away.ends_on), None)


def _gather(touchpoints: Sequence[Touchpoint]) -> Facts:
    facts = Facts(Company.get())
    if not touchpoints:
        return facts
    ids = {pk for row in touchpoints for pk in (row.account.owner_id, row.assignee_id) if pk}
    facts.people = User.objects.in_bulk(ids)
    wanted = {person.calendar_id for person in facts.people.values()} | {facts.company.calendar_id}
    facts.calendars = Calendar.objects.in_bulk({pk for pk in wanted if pk})
    first = min(min(row.ideal_on, row.planned_on) for row in touchpoints)
    last = max(max(row.ideal_on, row.planned_on, row.due_on) for row in touchpoints)
    _gather_days(facts, touchpoints, first, last)
    for away in Absence.objects.filter(user__in=ids, starts_on__lte=last, ends_on__gte=first).order_by("id"):
        facts.absences.setdefault(away.user_id, []).append(away)
    accounts = {row.account_id for row in touchpoints}
    for exception in Override.objects.filter(account__in=accounts, is_off=False):
        facts.exceptions[(exception.account_id, exception.slot_id)] = exception
    return facts


def _gather_days(facts: Facts, touchpoints: Sequence[Touchpoint], first: date, last: date) -> None:
    moved = [row for row in touchpoints if row.ideal_on != row.planned_on]
    if not moved:
        return
    lands = {str(row.account.country) for row in moved} | {item.country for item in facts.calendars.values()}
    for holiday in PublicHoliday.objects.filter(country__in=lands - {""}, day__range=(first, last)):
        facts.holidays.setdefault((holiday.country, holiday.day), []).append(holiday)
    for closure in Closure.objects.filter(calendar__in=facts.calendars, day__range=(first, last)):
        facts.closures[(closure.calendar_id, closure.day)] = closure.name


def _sentences(row: Touchpoint, facts: Facts, for_user: User | None) -> Iterable[str]:
    yield _rule(row, facts)
    if row.is_from_plan:
        yield from _shift(row, facts)
    yield from _stand_in(row, facts, for_user)
    if row.snoozed_on and row.due_on != row.planned_on:
        words = {"due": said(row.due_on), "on": said(row.snoozed_on), "reason": row.reason}
        if row.reason and row.state == Touchpoint.State.OPEN:
            yield _("Put off to %(due)s on %(on)s: %(reason)s.") % words
        else:
            yield _("Put off to %(due)s on %(on)s.") % words


def _rule(row: Touchpoint, facts: Facts) -> str:
    exception = facts.exceptions.get((row.account_id, row.slot_id))
    words = {
        "slot": row.slot.name,
        "span": _span(row.item, exception if row.anchor == PlanItem.Anchor.AFTER_CONTACT else None),
        "base": said(row.base_on),
        "about": row.about,
        "ideal": said(row.ideal_on),
        "window_end": said(row.base_on + timedelta(days=max(0, row.item.window_days - 1) if row.item else 0)),
    }
    sentence = _RULES[Touchpoint.Basis(row.basis)]() % words
    if row.plan_version:
        sentence += " " + _("(plan %(version)d)") % {"version": row.plan_version}
    sentence += "."
    if exception is not None and row.anchor == PlanItem.Anchor.AFTER_CONTACT:
        sentence += " " + _("The interval is this account's own: %(reason)s.") % {"reason": exception.reason}
    return sentence


_RULES: dict[Touchpoint.Basis, Any] = {
    Touchpoint.Basis.PURCHASE: lambda: _("%(slot)s: %(span)s after the purchase of %(base)s is %(ideal)s"),
    Touchpoint.Basis.CONTACT: lambda: _("%(slot)s: %(span)s after the last contact on %(base)s is %(ideal)s"),
    Touchpoint.Basis.SKIP: lambda: _("%(slot)s: %(span)s after it was skipped on %(base)s is %(ideal)s"),
    Touchpoint.Basis.TRACK: lambda: _(
        "%(slot)s: %(span)s after the last date of the 1-2-1 track, %(base)s, is %(ideal)s"
    ),
    Touchpoint.Basis.FLOOR: lambda: _(
        "%(slot)s: every %(span)s; first dates are spread from %(base)s on, here to %(ideal)s"
    ),
    Touchpoint.Basis.PROMOTED: lambda: _(
        "%(slot)s: every %(span)s since the promotion to a higher tier; counted from %(base)s, "
        "spread: %(ideal)s"
    ),
    Touchpoint.Basis.WINDOW: lambda: _(
        "%(slot)s: wanted between %(base)s and %(window_end)s; spread over these days, here on %(ideal)s"
    ),
    Touchpoint.Basis.AGREED: lambda: _("Agreed with the customer on %(base)s for %(ideal)s"),
    Touchpoint.Basis.TODO: lambda: _("Noted on %(base)s: %(about)s"),
}


def _span(item: PlanItem | None, exception: Override | None) -> str:
    every = exception.every if exception and exception.every else (item.every if item else 0)
    unit = exception.unit if exception and exception.every else (item.unit if item else "day")
    said_units = {
        "day": ngettext("%(n)d day", "%(n)d days", every),
        "week": ngettext("%(n)d week", "%(n)d weeks", every),
        "month": ngettext("%(n)d month", "%(n)d months", every),
        "year": ngettext("%(n)d year", "%(n)d years", every),
    }
    return said_units[unit] % {"n": every}


def _shift(row: Touchpoint, facts: Facts) -> Iterable[str]:
    """Each day passed over with its cause, and where the date came to rest."""
    if row.ideal_on == row.planned_on:
        return
    step = DAY if row.planned_on > row.ideal_on else -DAY
    causes: list[str] = []
    day = row.ideal_on
    while day != row.planned_on and len(causes) < 14:
        cause = _cause(row, day, facts)
        if cause:
            causes.append(cause)
        day += step
    words = {"causes": "; ".join(causes), "day": _("%(weekday)s, %(date)s") % _named(row.planned_on)}
    if step == -DAY:
        yield _("%(causes)s, and later would be outside the window: moved back to %(day)s.") % words
    elif causes:
        yield _("%(causes)s: moved to %(day)s.") % words
    else:
        yield _("Moved to %(day)s.") % words


def _cause(row: Touchpoint, day: date, facts: Facts) -> str:
    """Why nobody works on this item that day; empty if only the order of the search passed it."""
    owner = facts.people.get(row.account.owner_id or 0)
    assignee = facts.people.get(row.assignee_id or 0)
    calendar = facts.calendar_of(assignee or None)
    words = _named(day)
    if day.isoweekday() not in (calendar.weekdays if calendar else [1, 2, 3, 4, 5]):
        return _("%(date)s is a %(weekday)s") % words
    if calendar:
        for holiday in facts.holidays.get((calendar.country, day), []):
            if holiday.subdivision in ("", calendar.subdivision):
                return _("%(date)s is %(name)s") % {**words, "name": holiday.name}
        if (calendar.pk, day) in facts.closures:
            return _("%(date)s is %(name)s") % {**words, "name": facts.closures[(calendar.pk, day)]}
    for holiday in facts.holidays.get((str(row.account.country), day), []) if row.kind in LIVE_KINDS else []:
        if not holiday.subdivision:
            land = countries.name(holiday.country)
            return _("%(date)s is %(name)s in %(land)s") % {**words, "name": holiday.name, "land": land}
    for person in (assignee, owner):
        if person and facts.absence(person, day):
            return _("%(who)s is away on %(date)s") % {**words, "who": person.display_name}
    return ""


def _stand_in(row: Touchpoint, facts: Facts, for_user: User | None) -> Iterable[str]:
    owner = facts.people.get(row.account.owner_id or 0)
    assignee = facts.people.get(row.assignee_id or 0)
    if row.kind == Touchpoint.Kind.TODO or owner is None or assignee is None or owner == assignee:
        return
    away = facts.absence(owner, row.planned_on) or facts.absence(owner, row.ideal_on)
    words = {"owner": owner.display_name, "who": assignee.display_name}
    mine = for_user is not None and for_user.pk == assignee.pk
    if away is not None:
        words["until"] = said(away.ends_on)
        yield (
            _("%(owner)s is away until %(until)s: you stand in.")
            if mine
            else _("%(owner)s is away until %(until)s: %(who)s stands in.")
        ) % words
    else:
        yield _("%(who)s does it for %(owner)s.") % words


def said(day: date) -> str:
    return formats.date_format(day, "j F Y")


def _named(day: date) -> dict[str, str]:
    return {"date": said(day), "weekday": formats.date_format(day, "l")}
