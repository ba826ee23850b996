"""What somebody has noted or agreed and a colleague can take over: to-dos, promises, concerns, meetings.

Each door that gives such things on (a hand-over, somebody's leaving, what has nobody responsible, a merge)
asks here what is open, whom it fits and how it is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from cadences.meetings.services import change_host
from cadences.models import Appointment, Touchpoint
from contacts.models import Commitment, Concern
from core.among import among
from users.models import User

Rows = QuerySet[Any, Any]


def works_with_accounts(user: User) -> bool:
    """Not somebody who only reads: what a customer waits for is done by those who look after accounts."""
    return user.may_own_accounts or user.is_admin


def anybody(user: User) -> bool:
    """A concern is anybody's, of any department."""
    return user.is_active


@dataclass(frozen=True)
class Noted:
    """One kind. ``column``: whose it is; ``open``: those that somebody still has to do; ``fits``: who may."""

    column: str
    open: Callable[[], Rows]
    fits: Callable[[User], bool] = works_with_accounts

    @property
    def model(self) -> type[Model]:
        return self.open().model

    def of(self, user: User) -> Rows:
        """What this user has of it."""
        return self.open().filter(**{self.column: user})

    def give(self, rows: Rows, to: User | None) -> None:
        """Whose they are now; guests of a meeting hear who hosts it. With nobody to give them to they stay.

        For verbs that have asked who may, and ring the bell themselves.
        """
        if to is None:
            return
        if self.model is Appointment:
            change_host(rows.select_related("host").select_for_update(of=("self",)).order_by("pk"), to)
        else:
            rows.update(**{self.column: to, "updated_at": timezone.now()})

    def give_back(self, given: Iterable[tuple[int, int, int]], **where: Any) -> int:
        """What is still open and with whoever got it: its id, whose it was, who has it. Returns how many."""
        held: dict[tuple[int, int], list[int]] = defaultdict(list)
        for pk, whose, now in given:
            held[whose, now].append(pk)
        people = User.objects.in_bulk({whose for whose, _now in held})
        done = 0
        for (whose, now), ids in held.items():
            rows = self.of(User(pk=now)).filter(pk__in=among(ids), **where)
            if whose in people and (count := rows.count()):
                self.give(rows, people[whose])
                done += count
        return done


NOTED = {
    "todo": Noted("assignee", lambda: Touchpoint.objects.open().filter(kind=Touchpoint.Kind.TODO)),
    "promise": Noted("user", Commitment.objects.open),
    "concern": Noted("owner", Concern.objects.open, anybody),
    "meeting": Noted("host", Appointment.objects.planned),
}
"""By the names under which hand-overs keep what went along."""
