"""What the mails say, read at the moment they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, TypeVar

from django.db.models import Count, Q, QuerySet

from accounts.models import Account
from cadences.day import Line, my_day
from cadences.ledger_pages.silence import Risk, Wanted, at_risk, own_silence
from cadences.ledger_pages.team import Member, team_day
from contacts.models import Commitment, Concern, Interaction
from users.models import User

Row = TypeVar("Row")

MOST = 12
"""Lines per part; the mail says how many more there are."""

SILENT = 5


@dataclass(frozen=True)
class Part(Generic[Row]):
    """The first rows of a part, and how many there are in all."""

    rows: list[Row] = field(default_factory=list)
    count: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.rows)

    @classmethod
    def of(cls, rows: list[Row]) -> Part[Row]:
        return cls(rows[:MOST], len(rows))


@dataclass(frozen=True)
class DayMail:
    """One person's morning."""

    late: Part[Line]
    due: Part[Line]
    promises: Part[Commitment]
    concerns: Part[Concern]
    silent: list[Risk]

    @property
    def is_empty(self) -> bool:
        return not (
            self.late.count or self.due.count or self.promises.count or self.concerns.count or self.silent
        )


@dataclass(frozen=True)
class TeamMail:
    """One manager's week: who is behind, which accounts are at risk, what customers worry about."""

    members: list[tuple[Member, int]]  # with the contacts of the last seven days
    risks: list[Risk]
    risk_count: int
    concerns: Part[Concern]

    @property
    def is_empty(self) -> bool:
        return not (any(member.late for member, _made in self.members) or self.risks or self.concerns.count)


def day_mail(user: User, today: date) -> DayMail:
    """What waits for this person today."""
    day = my_day(user, today)
    return DayMail(
        late=Part(day.late[:MOST], len(day.late)),
        due=Part(day.due[:MOST], len(day.due)),
        promises=Part.of(day.promises),
        concerns=Part.of(list(_new_concerns(user, today))),
        silent=own_silence(user, today, SILENT),
    )


def _new_concerns(user: User, today: date) -> QuerySet[Concern]:
    """Raised by others since the last weekday, on accounts of theirs or for them to solve; still open."""
    mine = Q(account__owner=user) | Q(owner=user)
    rows = Concern.objects.visible_to(user).open().filter(mine, opened_on__gte=_weekday_before(today))
    return rows.exclude(raised_by=user).select_related("account", "raised_by").worst_first()


def _weekday_before(day: date) -> date:
    day -= timedelta(days=1)
    while day.isoweekday() > 5:
        day -= timedelta(days=1)
    return day


def team_mail(user: User, today: date) -> TeamMail:
    """What a manager should know about the team as the week begins."""
    members = team_day(user, today).members
    people = [member.person.pk for member in members if member.person]
    made = dict(
        Interaction.objects.contacts_made()
        .filter(user__in=people, happened_on__gt=today - timedelta(days=7), happened_on__lte=today)
        .values_list("user")
        .annotate(n=Count("pk"))
    )
    risks = at_risk(user, Wanted(), 1)
    grave = (
        Concern.objects.visible_to(user)
        .open()
        .filter(severity=Concern.Severity.HIGH, account__in=Account.objects.filter(owner__in=people))
        .select_related("account", "owner")
        .worst_first()
    )
    return TeamMail(
        members=[(member, made.get(member.person.pk, 0) if member.person else 0) for member in members],
        risks=list(risks.rows[:SILENT]),
        risk_count=risks.total or len(risks.rows),
        concerns=Part.of(list(grave)),
    )
