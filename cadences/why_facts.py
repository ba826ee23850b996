"""What the sentences of cadences.why need to know: people, calendars, days off, absences, exceptions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from cadences.models import Override, PlanItem, Touchpoint
from users.clock import zone
from users.models import Absence, Calendar, Closure, Company, PublicHoliday, User


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

    def owner(self, row: Touchpoint) -> User | None:
        return self.people.get(row.account.owner_id or 0)

    def assignee(self, row: Touchpoint) -> User | None:
        return self.people.get(row.assignee_id or 0)

    def serving(self, row: Touchpoint) -> User | None:
        """Whom the plan gives it to: the owner, their team's manager or their deputy, while active."""
        owner = self.owner(row)
        role = row.item.assignee if row.item is not None else PlanItem.Assignee.OWNER
        other = None
        if owner is not None and role == PlanItem.Assignee.MANAGER:
            other = owner.team.manager if owner.team is not None else None
        if owner is not None and role == PlanItem.Assignee.DEPUTY:
            other = owner.deputy
        return other if other is not None and other.is_active else owner

    def exception(self, row: Touchpoint) -> Override | None:
        return self.exceptions.get((row.account_id, row.slot_id))


def gather(touchpoints: Sequence[Touchpoint]) -> Facts:
    """At most seven queries, however many rows; account, slot and item are loaded with them."""
    facts = Facts(Company.get())
    if not touchpoints:
        return facts
    ids = {pk for row in touchpoints for pk in (row.account.owner_id, row.assignee_id) if pk}
    _gather_people(facts, ids)
    first = min(min(row.ideal_on, row.planned_on) for row in touchpoints)
    last = max(max(row.ideal_on, row.planned_on, row.due_on) for row in touchpoints)
    _gather_days(facts, touchpoints, first, last)
    away = Absence.objects.filter(user__in=facts.people, starts_on__lte=last, ends_on__gte=first)
    for absence in away.order_by("id"):
        facts.absences.setdefault(absence.user_id, []).append(absence)
    today = timezone.now().astimezone(zone(facts.company.time_zone)).date()
    in_force = Override.objects.filter(
        Q(since=None) | Q(since__lte=today),
        Q(until=None) | Q(until__gte=today),
        account__in={row.account_id for row in touchpoints},
        is_off=False,
    )
    for exception in in_force.select_related("as_tier"):
        facts.exceptions[(exception.account_id, exception.slot_id)] = exception
    return facts


def _gather_people(facts: Facts, ids: set[int]) -> None:
    found = User.objects.filter(pk__in=ids).select_related("team__manager", "deputy")
    for person in found:
        manager = person.team.manager if person.team is not None else None
        for one in (person.deputy, manager):
            if one is not None:
                facts.people.setdefault(one.pk, one)
        facts.people[person.pk] = person
    wanted = {person.calendar_id for person in facts.people.values()} | {facts.company.calendar_id}
    facts.calendars = Calendar.objects.in_bulk({pk for pk in wanted if pk})


def _gather_days(facts: Facts, touchpoints: Sequence[Touchpoint], first: date, last: date) -> None:
    moved = [row for row in touchpoints if row.ideal_on != row.planned_on]
    if not moved:
        return
    lands = {str(row.account.country) for row in moved} | {item.country for item in facts.calendars.values()}
    for holiday in PublicHoliday.objects.filter(country__in=lands - {""}, day__range=(first, last)):
        facts.holidays.setdefault((holiday.country, holiday.day), []).append(holiday)
    for closure in Closure.objects.filter(calendar__in=facts.calendars, day__range=(first, last)):
        facts.closures[(closure.calendar_id, closure.day)] = closure.name


def plus(day: date, every: int, unit: str) -> date:
    """``day`` and an interval; month ends clamped."""
    if unit in {PlanItem.Unit.DAY, PlanItem.Unit.WEEK}:
        return day + timedelta(days=every * (7 if unit == PlanItem.Unit.WEEK else 1))
    year, month = divmod(
        day.year * 12 + day.month - 1 + every * (12 if unit == PlanItem.Unit.YEAR else 1), 12
    )
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
