"""What an address of the ledger asks for, and the addresses that lead from a number to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cadences.late_rows import TodayUntil, in_bucket
from cadences.lateness import Bucket
from cadences.ledger_pages.marks import IS_SYSTEM, MARKS, OWED, with_marks
from cadences.ledger_pages.scope import rows_done_by, rows_seen_by
from cadences.querysets import TouchpointQuerySet
from core.text import whole_number
from users.models import User

DIMENSIONS: dict[str, Any] = {
    "user": _("User"),
    "team": _("Team"),
    "account": _("Account"),
    "tier": _("Tier"),
    "slot": _("Slot"),
}
EVERY_YEAR = "all"
NOBODY, SYSTEM = "nobody", "system"
PATHS = {
    "account": "account_id",
    "user": "assignee_id",
    "team": "assignee__team_id",
    "tier": "account__tier_id",
    "slot": "slot_id",
}
YEARS, MONTHS = range(1900, 3000), range(1, 13)


@dataclass(frozen=True)
class Choice:
    """Nonsense in an address falls back to the default: this year, by user or slot, everything one may see.

    ``team`` and ``user`` may be ``nobody`` or ``system``; ``closed`` is the month in which it was done.
    """

    year: int | None
    by: str
    month: int | None = None
    account: str = ""
    user: str = ""
    team: str = ""
    tier: str = ""
    slot: str = ""
    mark: str = ""
    due: str = ""
    closed: date | None = None
    by_person: int | None = None
    months: bool = False

    @classmethod
    def read(cls, params: QueryDict, user: User, today: date) -> Choice:
        year = params.get("year", "")
        by, mark, due = params.get("by", ""), params.get("mark", ""), params.get("due", "")
        month = "" if year == EVERY_YEAR else params.get("month", "")
        default = "user" if user.is_manager or user.is_admin else "slot"
        everyone = {name: _known(params.get(name, ""), name) for name in PATHS}
        return cls(
            year=None if year == EVERY_YEAR else _within(year, YEARS) or today.year,
            by=by if by in DIMENSIONS else default,
            month=_within(month, MONTHS),
            mark=mark if mark in (*MARKS, "owed") else "",
            due=due if due in set(Bucket) else "",
            closed=first_of(params.get("closed", "")),
            by_person=whole_number(params.get("person", "")),
            months=params.get("view") == "months",
            **everyone,
        )

    @property
    def is_by_month(self) -> bool:
        """A year is shown by months, all years by years."""
        return self.year is not None

    @property
    def is_filtered(self) -> bool:
        return any(getattr(self, name) for name in PATHS)

    def rows(self, user: User, today: date) -> TouchpointQuerySet:
        """The touchpoints with their ``mark``, as far as this user may count them."""
        if self.closed:
            rows: Any = with_marks(rows_done_by(user, self.by_person), today)
        else:
            rows = with_marks(rows_seen_by(user, todos=bool(self.due)), today)
        for name, path in PATHS.items():
            rows = _narrowed(rows, path, getattr(self, name))
        rows = _in_period(rows, self)
        if self.mark:
            rows = rows.filter(mark__in=OWED) if self.mark == "owed" else rows.filter(mark=self.mark)
        return _due(rows, Bucket(self.due), today) if self.due else rows

    def query(self, **changes: Any) -> str:
        """The address with some values changed; None removes one."""
        said = {
            "year": self.year if self.year is not None else EVERY_YEAR,
            "by": self.by,
            "month": self.month,
            "mark": self.mark,
            "due": self.due,
            "closed": self.closed.strftime("%Y-%m") if self.closed else None,
            "person": self.by_person,
            "view": "months" if self.months else None,
            **{name: getattr(self, name) for name in PATHS},
            **changes,
        }
        return urlencode({name: value for name, value in said.items() if value not in (None, "")})


def _known(value: str, name: str) -> str:
    words = {NOBODY, SYSTEM} if name in ("user", "team") else {NOBODY} if name == "tier" else set()
    return value if value in words or whole_number(value) is not None else ""


def first_of(text: str) -> date | None:
    """ "2026-11" -> its first day."""
    year, _dash, month = text.partition("-")
    number, of_year = _within(year, YEARS), _within(month, MONTHS)
    return date(number, of_year, 1) if number and of_year else None


def _within(text: str, numbers: range) -> int | None:
    number = whole_number(text)
    return number if number in numbers else None


def _narrowed(rows: Any, path: str, value: str) -> Any:
    if not value:
        return rows
    if value == SYSTEM:
        return rows.filter(IS_SYSTEM)
    if value == NOBODY:
        found = rows.filter(**{f"{path}__isnull": True})
        return found.exclude(IS_SYSTEM) if path != PATHS["tier"] else found
    return rows.filter(**{path: int(value)})


def _in_period(rows: Any, choice: Choice) -> Any:
    if choice.closed:
        return rows.filter(closed_on__gte=choice.closed, closed_on__lt=month_after(choice.closed))
    if choice.due or choice.year is None:
        return rows
    first, last = date(choice.year, choice.month or 1, 1), date(choice.year, choice.month or 12, 1)
    return rows.filter(planned_on__gte=first, planned_on__lt=month_after(last))


def _due(rows: Any, bucket: Bucket, today: date) -> Any:
    """What people have to do, as it stands on their days."""
    open_rows = rows.open().for_people().exclude(IS_SYSTEM)
    return open_rows.annotate(today_until=TodayUntil()).filter(in_bucket(bucket, today))


def month_after(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)
