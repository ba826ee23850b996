"""When people work: calendars, closures, who uses which, and how many contact minutes a day holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import facts
from users.access import require_admin
from users.clock import company_today
from users.models import Calendar, Closure, Company, User

LONGEST_CLOSURE = 92
"""Days: more than three months in one go is a slip of the keyboard, or the end of the company."""
FARTHEST_CLOSURE = timedelta(days=1827)
LONGEST_NAME = 120
MINUTES_OF_A_DAY = 1440


@transaction.atomic
def save_calendar(by: User, calendar: Calendar | None, **fields: Any) -> Calendar:
    """Make or change one: ``name``, ``country``, ``subdivision``, ``weekdays``.

    Raises PermissionDenied, or ValidationError with the fields that are wrong.
    """
    require_admin(by)
    if calendar is None:
        calendar = Calendar()
    else:
        calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    for name, value in fields.items():
        setattr(calendar, name, value)
    calendar.name = calendar.name.strip()
    calendar.country = calendar.country.strip().upper()
    calendar.weekdays = sorted({int(day) for day in calendar.weekdays})
    if not calendar.weekdays:
        raise ValidationError({"weekdays": _("Choose at least one day on which people work.")})
    calendar.full_clean()
    calendar.save()
    facts.changed(user_ids=working_by(calendar))
    return calendar


@transaction.atomic
def delete_calendar(by: User, calendar: Calendar) -> None:
    """Only one that nobody uses. Raises ValidationError with who does."""
    require_admin(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if Company.get().calendar_id == calendar.pk:
        message = _("%(name)s is the company's calendar. Make another one the company's first.")
        raise ValidationError(message % {"name": calendar.name})
    if count := calendar.users.count():
        words = ngettext(
            "%(n)d user works by %(name)s. Give them another calendar first.",
            "%(n)d users work by %(name)s. Give them another calendar first.",
            count,
        )
        raise ValidationError(words % {"n": count, "name": calendar.name})
    calendar.delete()


@transaction.atomic
def add_closure(by: User, calendar: Calendar, first: date, last: date | None, name: str) -> int:
    """Close the days from ``first`` to ``last``, both included. Returns how many were not closed before.

    Raises PermissionDenied, or ValidationError with the fields that are wrong.
    """
    require_admin(by)
    last = last or first
    _check_closure(first, last, name)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    closed = set(calendar.closures.filter(day__range=(first, last)).values_list("day", flat=True))
    days = [day for day in _days(first, last) if day not in closed]
    if not days:
        raise ValidationError({"first": _("These days are closed already. Remove the closure to rename it.")})
    Closure.objects.bulk_create(Closure(calendar=calendar, day=day, name=name.strip()) for day in days)
    facts.changed(user_ids=working_by(calendar))
    return len(days)


@transaction.atomic
def remove_closure(by: User, calendar: Calendar, first: date, last: date) -> int:
    """Open the days again; returns how many. Days that are not closed or are past stay as they are."""
    require_admin(by)
    ahead = (max(first, company_today()), last)
    removed, _rows = Closure.objects.filter(calendar=calendar, day__range=ahead).delete()
    if removed:
        facts.changed(user_ids=working_by(calendar))
    return removed


@transaction.atomic
def make_company_calendar(by: User, calendar: Calendar) -> Company:
    """The calendar of everybody who has none of their own, and of what nobody in person does."""
    require_admin(by)
    company = Company.objects.select_for_update().get(pk=Company.get().pk)
    if company.calendar_id != calendar.pk:
        company.calendar = calendar
        company.save(update_fields=["calendar", "updated_at"])
        facts.changed(user_ids=working_by(calendar))
    return company


@transaction.atomic
def set_calendars(by: User, chosen: Mapping[int, Calendar | None]) -> int:
    """Which calendar these users (by id) work by; ``None``: the company's. Returns how many changed."""
    require_admin(by)
    changed = [
        user
        for user in _locked(chosen)
        if user.calendar_id != (calendar.pk if (calendar := chosen[user.pk]) else None)
    ]
    for user in changed:
        user.calendar = chosen[user.pk]
        user.save(update_fields=["calendar", "updated_at"])
    facts.changed(user_ids=[user.pk for user in changed])
    return len(changed)


@transaction.atomic
def set_capacities(by: User, minutes: Mapping[int, int | None]) -> int:
    """Contact minutes per working day of these users (by id); ``None``: the company's.

    Capacity is reported and never moves a date, so no bell rings. Returns how many changed.
    """
    require_admin(by)
    for value in minutes.values():
        _check_minutes(value)
    changed = [user for user in _locked(minutes) if user.capacity_minutes != minutes[user.pk]]
    for user in changed:
        user.capacity_minutes = minutes[user.pk]
        user.save(update_fields=["capacity_minutes", "updated_at"])
    return len(changed)


@transaction.atomic
def set_company_capacity(by: User, minutes: int) -> Company:
    """Contact minutes per working day of everybody who has none of their own."""
    require_admin(by)
    _check_minutes(minutes)
    company = Company.objects.select_for_update().get(pk=Company.get().pk)
    company.capacity_minutes = minutes
    company.save(update_fields=["capacity_minutes", "updated_at"])
    return company


def working_by(calendar: Calendar) -> list[int]:
    """Ids of the active users who work by this calendar: their own, or the company's.

    With the company's calendar, also ``facts.NOBODY``: what nobody in person does goes by it.
    """
    if Company.get().calendar_id != calendar.pk:
        return list(User.objects.active().filter(calendar=calendar).values_list("pk", flat=True))
    users = User.objects.active().filter(Q(calendar=calendar) | Q(calendar=None))
    return [*users.values_list("pk", flat=True), facts.NOBODY]


def _locked(chosen: Collection[int] | Mapping[int, Any]) -> Iterable[User]:
    return User.objects.select_for_update().filter(pk__in=list(chosen)).order_by("pk")


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _check_closure(first: date, last: date, name: str) -> None:
    if not name.strip():
        raise ValidationError({"name": _("Say what the closure is: people read it as the reason of a move.")})
    if len(name.strip()) > LONGEST_NAME:
        raise ValidationError({"name": _("The name is too long: at most 120 letters.")})
    if last < first:
        raise ValidationError({"last": _("The last day is before the first.")})
    if (last - first).days >= LONGEST_CLOSURE:
        words = _("A closure lasts at most %(n)d days. Check the year, or enter it in parts.")
        raise ValidationError({"last": words % {"n": LONGEST_CLOSURE}})
    if abs(first - company_today()) > FARTHEST_CLOSURE:
        raise ValidationError({"first": _("That is more than five years away. Check the year.")})


def _check_minutes(value: int | None) -> None:
    if value is not None and (value < 0 or value > MINUTES_OF_A_DAY):
        raise ValidationError(_("Contact minutes are between 0 and 1440 a day."))
