"""The table of users: which rows it shows, and what was sent with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.text import whole_number
from users import services
from users.models import Calendar, User
from users.services.calendars import MINUTES_OF_A_DAY

COMPANY = "company"
KEEP = ""


class TableForm(forms.Form):
    """Valid unless a row is wrong; the rows are read by :func:`read`."""

    def __init__(self, *args: Any, errors: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_errors = errors

    def clean(self) -> None:
        if self.row_errors:
            raise ValidationError(_("Some rows are wrong; nothing was saved yet."))


@dataclass
class Sent:
    """The rows that were changed: user id -> calendar or minutes (None: the company's)."""

    data: QueryDict
    calendars: dict[int, Calendar | None] = field(default_factory=dict)
    minutes: dict[int, int | None] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)

    @property
    def form(self) -> TableForm:
        return self._form

    def __post_init__(self) -> None:
        self._form = TableForm(self.data, errors=self.errors)

    def typed(self, user: User) -> tuple[int | None, Any, str]:
        """Calendar, minutes and error of a row, as they were sent."""
        calendar = self.data.get(f"calendar-{user.pk}")
        minutes = self.data.get(f"minutes-{user.pk}", user.capacity_minutes)
        chosen = user.calendar_id if calendar is None else whole_number(calendar)
        return chosen, minutes, self.errors.get(user.pk, "")


def rows_of(users: Any, *, q: str, team: str, calendar: str) -> Any:
    """Active users by name; ``calendar``: an id, or ``company`` for those without one of their own."""
    found = users.active().matching(q[:100]).select_related("team", "calendar").by_name()
    if number := whole_number(team):
        found = found.filter(team_id=number)
    if calendar == COMPANY:
        found = found.filter(calendar=None)
    elif number := whole_number(calendar):
        found = found.filter(calendar_id=number)
    return found


def read(data: QueryDict, users: Any, calendars: list[Calendar]) -> Sent:
    """What differs from what is stored; ``all_calendar`` and ``all_minutes`` go for every user found."""
    by_id = {str(each.pk): each for each in calendars}
    sent = Sent(data)
    everybody = data.get("all_calendar", KEEP) or data.get("all_minutes", KEEP)
    ids = {number for name in data if (number := whole_number(name.rpartition("-")[2]))}
    for user in users if everybody else users.filter(pk__in=ids):
        _read_calendar(sent, user, data.get("all_calendar") or data.get(f"calendar-{user.pk}"), by_id)
        _read_minutes(sent, user, data.get("all_minutes") or data.get(f"minutes-{user.pk}"))
    return sent


def _read_calendar(sent: Sent, user: User, chosen: str | None, by_id: dict[str, Calendar]) -> None:
    if chosen is None:
        return
    calendar = by_id.get(chosen)
    if calendar is None and chosen not in (KEEP, COMPANY):
        sent.errors[user.pk] = _("This calendar is gone. Choose another one.")
    elif (calendar.pk if calendar else None) != user.calendar_id:
        sent.calendars[user.pk] = calendar


def _read_minutes(sent: Sent, user: User, typed: str | None) -> None:
    if typed is None:
        return
    text = typed.strip()
    number = whole_number(text)
    if text and (number is None or number > MINUTES_OF_A_DAY):
        sent.errors[user.pk] = _("A whole number between 0 and 1440, or nothing for the company's.")
    elif number != user.capacity_minutes:
        sent.minutes[user.pk] = number


@transaction.atomic
def save(by: User, sent: Sent) -> int:
    """Write the changed rows; returns how many users that are."""
    services.set_calendars(by, sent.calendars)
    services.set_capacities(by, sent.minutes)
    return len({*sent.calendars, *sent.minutes})
