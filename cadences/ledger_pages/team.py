"""The team's day: who has how much to do today, and how much of a day they have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When

from cadences.capacity import capacity
from cadences.day import DEFAULT_MINUTES, MINUTES
from cadences.late_rows import TodayUntil, in_bucket
from cadences.lateness import Bucket
from cadences.ledger_pages.marks import IS_SYSTEM
from cadences.ledger_pages.scope import people_seen_by, rows_seen_by
from contacts.kept import KeptRate
from contacts.models import Commitment
from core.text import Fold
from users.models import Absence, User

MINUTES_PLANNED = Case(
    When(item__isnull=False, then=F("item__minutes")),
    *(When(kind=kind, then=Value(minutes)) for kind, minutes in MINUTES.items()),
    default=Value(DEFAULT_MINUTES),
    output_field=IntegerField(),
)
"""``day.minutes_of`` for columns."""


@dataclass(frozen=True)
class Member:
    """One person's day; ``person`` None: what nobody is there to do. ``capacity`` None: no working day."""

    person: User | None
    late: int
    today: int
    next: int
    minutes: int
    capacity: int | None
    absence: Absence | None
    rate: KeptRate = field(default_factory=KeptRate)

    @property
    def over(self) -> int:
        """Minutes planned beyond what the day holds."""
        return max(0, self.minutes - self.capacity) if self.capacity is not None else 0


@dataclass(frozen=True)
class TeamDay:
    """The page: who is behind stands first, with what nobody does at the end."""

    members: list[Member]
    late: int
    today: int
    minutes: int
    capacity: int

    @property
    def over_count(self) -> int:
        return sum(1 for member in self.members if member.over)


def team_day(user: User, today: date, team: int | None = None) -> TeamDay:
    """Six queries, however many people and contacts there are."""
    people = people_seen_by(user).who_may_own_accounts().select_related("team")
    people = people.filter(team=team) if team else people
    found: list[User] = list(people.order_by(Fold("display_name"), "pk"))
    counts = _counts(user, today)
    away = {each.user_id: each for each in _away(user, today)}
    minutes = {each.user_id: each.minutes for each in capacity([one.pk for one in found], today, today)}
    kept = _kept(user, found, today)
    members = [
        _member(
            one,
            counts[one.pk],
            None if one.pk in away else minutes.get(one.pk),
            away.get(one.pk),
            kept.get(one.pk),
        )
        for one in found
    ]
    members.sort(key=lambda member: (-member.late, -member.minutes))
    if not team and counts[None]:
        members.append(_member(None, counts[None], None, None))
    return TeamDay(
        members=members,
        late=sum(member.late for member in members),
        today=sum(member.today for member in members),
        minutes=sum(member.minutes for member in members),
        capacity=sum(member.capacity or 0 for member in members),
    )


def _counts(user: User, today: date) -> defaultdict[int | None, dict[str, Any]]:
    """Late, today, next and planned minutes by assignee, as each finds them on My day; one query."""
    rows = rows_seen_by(user, todos=True).open().for_people().exclude(IS_SYSTEM)
    rows = rows.annotate(today_until=TodayUntil())
    grouped = rows.values("assignee").annotate(
        late=Count("pk", filter=in_bucket(Bucket.LATE, today)),
        today=Count("pk", filter=in_bucket(Bucket.TODAY, today)),
        next=Count("pk", filter=in_bucket(Bucket.NEXT, today)),
        minutes=Sum(MINUTES_PLANNED, filter=Q(due_on__lte=today)),
    )
    found: defaultdict[int | None, dict[str, Any]] = defaultdict(dict)
    for row in grouped.order_by():
        found[row["assignee"]] = row
    return found


def _kept(user: User, people: list[User], today: date) -> dict[int, KeptRate]:
    """How each kept what they promised in 12 months; one query."""
    rows = Commitment.objects.visible_to(user).filter(user__in=[one.pk for one in people])
    return {row["user"]: KeptRate.of(row) for row in rows.rates(today, by="user")}


def _away(user: User, today: date) -> Any:
    rows = Absence.objects.visible_to(user).filter(starts_on__lte=today, ends_on__gte=today)
    return rows.select_related("deputy").order_by("ends_on")


def _member(
    person: User | None,
    counts: dict[str, Any],
    minutes: int | None,
    absence: Absence | None,
    rate: KeptRate | None = None,
) -> Member:
    return Member(
        person=person,
        late=counts.get("late", 0),
        today=counts.get("today", 0),
        next=counts.get("next", 0),
        minutes=counts.get("minutes") or 0,
        capacity=minutes,
        absence=absence,
        rate=rate or KeptRate(),
    )
