"""What somebody has noted or agreed and a colleague can take over: to-dos, promises, concerns, meetings.

Each door that gives such things on (a hand-over, somebody's leaving, what has nobody responsible, a merge)
asks here what is open, whom it fits and how it is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import md5
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

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


class Given(NamedTuple):
    """One thing: its kind and id, whose it was, who has it now, and at which account it hangs, if at one.

    ``words``: what it said when it was given; ``was``: what giving it changed besides whose it is.
    """

    kind: str
    pk: int
    whose: int
    to: int | None
    account: int | None = None
    words: str = ""
    was: str = ""


@dataclass(frozen=True)
class Back:
    """What went back, and what somebody has changed since, which stays: each with its row."""

    done: tuple[Given, ...] = ()
    stayed: tuple[tuple[Given, Any], ...] = ()


@dataclass(frozen=True)
class Noted:
    """One kind. ``column``: whose it is; ``open``: those that somebody still has to do; ``fits``: who may.

    ``only``: of these, what is given on. ``put``: how, where that is more than the column. ``words``: fields
    in which somebody says something of their own; ``was``: a field that giving may change.
    """

    column: str
    open: Callable[[], Rows]
    fits: Callable[[User], bool] = works_with_accounts
    only: Q | None = None
    put: Callable[[Rows, User | None], None] | None = None
    words: tuple[str, ...] = ()
    was: str = ""
    label: Promise | str = ""

    @property
    def model(self) -> type[Model]:
        return self.open().model

    def of(self, user: User) -> Rows:
        """What this user has of it."""
        return self.open().filter(self.only or Q(), **{self.column: user})

    def give(self, rows: Rows, to: User | None) -> None:
        """Whose they are now; guests of a meeting hear who hosts it. With nobody to give them to they stay.

        For verbs that have asked who may, and ring the bell themselves.
        """
        if self.put is not None:
            self.put(rows, to)
        elif to is None:
            return
        elif self.model is Appointment:
            change_host(rows.select_related("host").select_for_update(of=("self",)).order_by("pk"), to)
        else:
            rows.update(**{self.column: to, "updated_at": timezone.now()})

    def holder(self, row: Any) -> int | None:
        found: int | None = getattr(row, f"{self.column}_id")
        return found

    def words_of(self, row: Any) -> str:
        """A mark of what it says; nothing where nobody says anything of their own in it."""
        said = str([str(getattr(row, name)) for name in self.words]) if self.words else ""
        return md5(said.encode(), usedforsecurity=False).hexdigest() if said else ""

    def give_back(self, given: Iterable[Given]) -> Back:
        """To whoever had it, what is still open, still with whoever got it, and says what it said then.

        What is over, what hangs elsewhere by now, and what whoever had it has already, is no matter any more.
        """
        held = {one.pk: one for one in given}
        going: dict[int, list[Given]] = defaultdict(list)
        stayed = []
        rows = self.open().filter(pk__in=among(held))
        for row in rows.select_for_update(of=("self",)).order_by("pk"):
            one = held[row.pk]
            if one.account not in (None, getattr(row, "account_id", None)):
                continue
            if self.holder(row) == one.to and one.words in ("", self.words_of(row)):
                going[one.whose].append(one)
            elif self.holder(row) != one.whose:
                stayed.append((one, row))
        people = User.objects.in_bulk(going)
        for whose, some in going.items():
            self.give(self.open().filter(pk__in=among(one.pk for one in some)), people[whose])
        done = tuple(one for some in going.values() for one in some)
        if self.was:
            self._restore(done)
        return Back(done, tuple(stayed))

    def _restore(self, given: Iterable[Given]) -> None:
        """What giving changed besides whose it is, where nothing else is called so by now."""
        for one in given:
            row = self.model._base_manager.get(pk=one.pk)
            if one.was and getattr(row, self.was) != one.was:
                setattr(row, self.was, one.was)
                with suppress(IntegrityError), transaction.atomic():
                    row.save(update_fields=[self.was, "updated_at"])


NOTED = {
    "todo": Noted("assignee", lambda: Touchpoint.objects.open().filter(kind=Touchpoint.Kind.TODO)),
    "promise": Noted("user", Commitment.objects.open),
    "concern": Noted("owner", Concern.objects.open, anybody),
    "meeting": Noted("host", Appointment.objects.planned),
}
"""By the names under which hand-overs keep what went along."""
