"""My day: the lines of one person, sorted into late, today and next, with what each line says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadences.lateness import Bucket, bucket, late_days
from cadences.models import PlanItem, Touchpoint
from cadences.words import short_why
from contacts.models import Commitment
from core import prepared
from core.written_once import written_once
from users.models import User

MOST_LINES = 200
"""More than this nobody does in a day; the page says how many it leaves out."""

MINUTES = {Touchpoint.Kind.MEETING: 60, Touchpoint.Kind.TODO: 10}
DEFAULT_MINUTES = 15


@dataclass(frozen=True)
class Person:
    """Whom to call, with the number to tap."""

    name: str
    title: str
    phone: str
    e164: str
    email: str = ""
    paused_until: date | None = None


@dataclass(frozen=True)
class Last:
    """The last contact that reached the customer, whoever made it."""

    on: date
    kind: str
    by: str
    by_reader: bool
    sentiment: int | None
    summary: str


@dataclass(frozen=True)
class Line:
    """One touchpoint as My day shows it."""

    touchpoint: Touchpoint
    bucket: Bucket
    late_days: int
    at: datetime | None
    person: Person | None
    last: Last | None
    concern: dict[str, str | int] | None
    concern_since: date | None
    promise: str
    promise_due: date | None
    why: str
    minutes: int
    written: dict[str, str] | None = None
    """The e-mail or letter that the plan has written for it: to be read and sent, or on its way."""

    @property
    def put_off_from(self) -> date | None:
        """The planned day, when somebody put it off."""
        return self.touchpoint.planned_on if self.touchpoint.due_on > self.touchpoint.planned_on else None


@dataclass
class Day:
    """What My day shows."""

    today: date
    late: list[Line] = field(default_factory=list)
    due: list[Line] = field(default_factory=list)
    promises: list[Commitment] = field(default_factory=list)
    next_count: int = 0
    left_out: int = 0

    @property
    def lines(self) -> list[Line]:
        return [*self.late, *self.due]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @property
    def ids(self) -> list[int]:
        return [line.touchpoint.pk for line in self.lines]


def my_day(user: User, today: date, *, book_only: bool = False) -> Day:
    """The day of this user; three queries (four when it is too much for one page).

    Late: what was promised to a customer or oneself first, then the longest over its tolerance. Today:
    agreed times first.
    """
    with prepared.kept():
        found = _owed_by(user, today, book_only=book_only)
    day = Day(today)
    if len(found) > MOST_LINES:
        rows = Touchpoint.objects.visible_to(user).for_my_day(user, today, book_only=book_only)
        day.left_out = rows.count() - MOST_LINES
    lines = to_lines(found[:MOST_LINES], user, today)
    day.late = sorted(
        (line for line in lines if line.bucket is Bucket.LATE),
        key=lambda line: (line.touchpoint.is_from_plan, -line.late_days),
    )
    day.due = sorted(
        (line for line in lines if line.bucket is Bucket.TODAY),
        key=lambda line: (line.at is None, line.at or timezone.now()),
    )
    day.promises = promises_due(user, today)
    day.next_count = Touchpoint.objects.for_next_days(user, today, book_only=book_only).count()
    return day


def promises_due(user: User, today: date) -> list[Commitment]:
    """What this user promised, or was promised, and is due: rows of their own; one query.

    They are the user's word and no account's rhythm: the book does not filter them.
    """
    with prepared.kept():
        return _promised_by(user, today)


@written_once
def _owed_by(user: User, today: date, *, book_only: bool) -> QuerySet[Touchpoint]:
    rows = Touchpoint.objects.visible_to(user).for_my_day(user, today, book_only=book_only)
    return rows[: MOST_LINES + 1]


@written_once
def _promised_by(user: User, today: date) -> QuerySet[Commitment]:
    return Commitment.objects.visible_to(user).for_my_day(user, today)[:MOST_LINES]


def next_days(user: User, today: date, *, book_only: bool = False) -> list[Line]:
    """The folded section: what follows within a week; one query."""
    rows = Touchpoint.objects.visible_to(user).for_next_days(user, today, book_only=book_only)
    return to_lines(rows.with_lines(today)[:MOST_LINES], user, today)


def unassigned(user: User, today: date) -> list[Line]:
    """The manager's queue, oldest first; one query."""
    rows = Touchpoint.objects.visible_to(user).unassigned_for(user, today)
    return to_lines(rows.with_lines(today)[:MOST_LINES], user, today)


def to_lines(rows: Iterable[Touchpoint], user: User, today: date) -> list[Line]:
    """Rows of ``with_lines`` as people read them."""
    return [_line(row, user, today) for row in rows]


def after(closed: int, before: list[int], left: list[int]) -> int | None:
    """The line that stands in front once ``closed`` is gone: the one after it, else the first left."""
    still = set(left)
    where = before.index(closed) if closed in before else -1
    following = [one for one in before[where + 1 :] if one in still and one != closed]
    return next(iter(following or [one for one in left if one != closed]), None)


def agreed_at(touchpoint: Touchpoint) -> datetime | None:
    """The agreed time, as long as the touchpoint still stands on that day."""
    if touchpoint.due_at is None:
        return None
    at = timezone.localtime(touchpoint.due_at)
    return at if at.date() == touchpoint.due_on else None


def minutes_of(touchpoint: Touchpoint) -> int:
    """Planned minutes: the plan item's, else a common sense figure for its kind."""
    item: PlanItem | None = touchpoint.item
    return item.minutes if item else MINUTES.get(Touchpoint.Kind(touchpoint.kind), DEFAULT_MINUTES)


def _line(row: Any, user: User, today: date) -> Line:
    concern = row.open_concern[0] if row.open_concern else None
    promise = row.open_promise[0] if row.open_promise else None
    return Line(
        touchpoint=row,
        bucket=bucket(row.due_on, row.tolerance_days, today),
        late_days=late_days(row.planned_on, row.tolerance_days, today),
        at=agreed_at(row),
        person=_person(row, today),
        last=_last(row, user),
        concern=concern,
        concern_since=date.fromisoformat(concern["since"]) if concern else None,
        promise=promise["what"] if promise else "",
        promise_due=date.fromisoformat(promise["due"]) if promise else None,
        why=short_why(row),
        minutes=minutes_of(row),
        written=row.written[0] if row.written else None,
    )


def _person(row: Any, today: date) -> Person | None:
    """The touchpoint's contact, else the one we call there; the account's number when they have none.

    Who is paused is named only where nobody else is there, and then without a number of their own.
    """
    account = row.account
    named = row.contact
    if named and named.left_on is None and not named.is_paused(today):
        return _reached(named.name, named.job_title, _numbers(named.__dict__), named.email, account)
    if row.first_person:
        who = row.first_person[0]
        name = f"{who['first']} {who['last']}".strip()
        if who["paused"]:
            until = date.fromisoformat(who["paused"])
            return Person(name, who["title"], account.phone, account.phone_e164, paused_until=until)
        return _reached(name, who["title"], _numbers(who), who["email"], account)
    if account.phone:
        return Person(pgettext("phone", "Switchboard"), "", account.phone, account.phone_e164, account.email)
    return None


def _numbers(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Phone, then mobile: as written, and as machines dial it."""
    return [(said["phone"], said["phone_e164"]), (said["mobile"], said["mobile_e164"])]


def _reached(name: str, title: str, numbers: list[tuple[str, str]], email: str, account: Any) -> Person:
    phone, dialled = next((one for one in numbers if one[0]), (account.phone, account.phone_e164))
    return Person(name, title, phone, dialled, email)


def _last(row: Any, user: User) -> Last | None:
    if not row.last_contact:
        return None
    said = row.last_contact[0]
    return Last(
        on=date.fromisoformat(said["on"]),
        kind=said["kind"],
        by=said["by"] or _("an earlier system"),
        by_reader=said["by_id"] == user.pk,
        sentiment=said["sentiment"],
        summary=said["summary"],
    )
