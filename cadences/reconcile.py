"""Making the stored rows equal to the owed ones: insert, move, cancel, lapse, close, reopen.

Running it twice, ten at once or after weeks of downtime gives the same rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import Account
from cadences import chain, public_holidays
from cadences.chain import Question, engine_lock, question
from cadences.models import Plan, PlanItem, Schedule
from core import facts
from users.clock import company_today
from users.models import Absence, User

log = logging.getLogger(__name__)

MAX_TROUBLED = 100  # more broken accounts than this are a broken plan: the run fails as a whole

Found = TypeVar("Found")

_told: ContextVar[set[int] | None] = ContextVar("_told", default=None)


@dataclass
class Counts:
    """What a run did, in rows; ``troubled`` = accounts left out, with the reason shown to admins."""

    created: int = 0
    moved: int = 0
    cancelled: int = 0
    lapsed: int = 0
    closed: int = 0
    reopened: int = 0
    troubled: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        for name in ("created", "moved", "cancelled", "lapsed", "closed", "reopened", "troubled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def changed(self) -> int:
        return self.created + self.moved + self.cancelled + self.lapsed + self.closed + self.reopened

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


def reconcile(account_ids: Collection[int] | None, as_of: date) -> Counts:
    """Make the rows of these accounts (None: of all) equal to what is owed on ``as_of``; one transaction.

    A broken account is left as it is and named in ``troubled``; it stops nobody else.
    """
    if account_ids is not None and not account_ids:
        return Counts()
    with transaction.atomic():
        engine_lock(account_ids)
        asked = question(account_ids, as_of)  # after the wait: another version may run by now
        counts, troubled = Counts(), list[dict[str, Any]]()
        for part in healthy_slices(asked, _reconcile, troubled):
            counts.add(part)
        counts.troubled += troubled
        return counts


def on_facts_changed(account_ids: frozenset[int], user_ids: frozenset[int]) -> None:
    """The listener of ``core.facts``: at once, for the accounts that the change can touch."""
    told = _told.get()
    if told is None and not Schedule.objects.filter(is_on=True).exists():
        return
    today = company_today()
    public_holidays.ensure(today, account_ids)
    touched = account_ids | accounts_served_by(user_ids)
    if told is not None:
        told |= touched
        return
    reconcile(touched, today)


@contextmanager
def only_listening() -> Iterator[set[int]]:
    """Changes of facts inside are heard and not reconciled; gives the accounts that they can touch.

    For rehearsals, which take the change back.
    """
    told: set[int] = set()
    token = _told.set(told)
    try:
        yield told
    finally:
        _told.reset(token)


def accounts_served_by(user_ids: Collection[int]) -> frozenset[int]:
    """Accounts that these users own, or whose owners they may stand in for; all for ``facts.NOBODY``."""
    if not user_ids:
        return frozenset()
    if facts.NOBODY in user_ids:  # the company's calendar: every account may have items that nobody does
        return frozenset(Account.objects.values_list("pk", flat=True))
    owners = _behind(set(user_ids))
    roles = (PlanItem.Assignee.MANAGER, PlanItem.Assignee.DEPUTY)
    if PlanItem.objects.filter(plan__state=Plan.State.RUNNING, assignee__in=roles).exists():
        owners = _behind(owners)  # whoever stands in for the manager who serves them
    return frozenset(Account.objects.filter(owner__in=owners).values_list("pk", flat=True))


def _behind(user_ids: set[int]) -> set[int]:
    """These users, and those for whom they may stand in."""
    return (
        user_ids
        | set(User.objects.filter(deputy__in=user_ids).values_list("pk", flat=True))
        | set(User.objects.filter(team__manager__in=user_ids).values_list("pk", flat=True))
        | set(Absence.objects.filter(deputy__in=user_ids).values_list("user", flat=True))
    )


def healthy_slices(
    asked: Question, work: Callable[[Question], Found], troubled: list[dict[str, Any]]
) -> Iterator[Found]:
    """What ``work`` finds in the accounts as a whole; on an error in their halves, down to the single one.

    The accounts that break it are added to ``troubled``; more than ``MAX_TROUBLED`` of them are raised.
    """
    slices = [asked]
    while slices:
        part = slices.pop()
        try:
            with transaction.atomic():
                found = work(part)
                if asked.is_for_all:
                    _check_now()
        except OperationalError:
            raise  # the server or a lock, not a row: the whole run is tried again
        except DatabaseError as error:
            ids = _ids_of(part)
            if len(ids) > 1:
                middle = len(ids) // 2
                slices += [replace(part, account_ids=half) for half in (ids[middle:], ids[:middle])]
                continue
            log.warning("account %s is left out: %s", ids, error)
            troubled += [{"account": pk, "reason": str(error).splitlines()[0]} for pk in ids]
            if len(troubled) > MAX_TROUBLED or not ids:
                raise
        else:
            yield found


def _check_now() -> None:
    """Foreign keys wait for the commit; here they must fail inside the slice that broke them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _ids_of(part: Question) -> tuple[int, ...]:
    if part.account_ids is not None:
        return part.account_ids
    return tuple(Account.objects.order_by("pk").values_list("pk", flat=True))


def _reconcile(asked: Question) -> Counts:
    """Compare, close what contacts have closed meanwhile, compare those accounts again, write."""
    with connection.cursor() as cursor:
        counts = compared(cursor, asked)
        counts.add(_write(cursor, asked))
        return counts


def compared(cursor: CursorWrapper, asked: Question) -> Counts:
    """The difference as a temporary table, after closing what contacts have closed meanwhile."""
    counts = Counts()
    _compare(cursor, asked)
    cursor.execute(chain.statement("suspects"))
    suspects = tuple(pk for (pk,) in cursor.fetchall())
    if suspects:
        _close(cursor, replace(asked, account_ids=suspects), counts)
    return counts


def _compare(cursor: CursorWrapper, asked: Question) -> None:
    """The difference between stored and owed rows, as a temporary table."""
    cursor.execute("DROP TABLE IF EXISTS tend_difference")
    chain.run(cursor, chain.statement("compare", chain.DIFFERENCE, asked.is_for_all), asked)


def _close(cursor: CursorWrapper, asked: Question, counts: Counts) -> None:
    """Close open rolling rows by contacts logged elsewhere, and compare their accounts again."""
    later: dict[int, list[date]] = {}
    changed = set()
    for account_id, happened_on, is_later in _close_once(cursor, asked):
        changed.add(account_id)
        if is_later:
            later.setdefault(account_id, []).append(happened_on)
        else:
            counts.closed += 1
    if not changed:
        return
    cursor.execute("DROP TABLE IF EXISTS tend_before")
    cursor.execute("ALTER TABLE tend_difference RENAME TO tend_before")
    if later:
        counts.closed += _replay(cursor, asked, later)
    _compare(cursor, replace(asked, account_ids=tuple(sorted(changed))))
    cursor.execute(chain.statement("merge"), [sorted(changed)])


def _replay(cursor: CursorWrapper, asked: Question, later: dict[int, list[date]]) -> int:
    """Several contacts of one gap each close a row: go through the gap day by day. Returns rows closed."""
    closed = 0
    for day in sorted({day for days in later.values() for day in days}):
        now = tuple(sorted(account for account, days in later.items() if day in days))
        then = replace(asked, account_ids=now, talks_until=day, bought_until=day, replay=True)
        closed += len(_close_once(cursor, then))
        if following := tuple(account for account in now if max(later[account]) > day):
            then = replace(then, account_ids=following)
            _compare(cursor, then)
            _write(cursor, then)
    return closed


def _close_once(cursor: CursorWrapper, asked: Question) -> list[tuple[int, date, bool]]:
    chain.run(cursor, chain.statement("close", chain.CLOSING, asked.is_for_all), asked)
    rows: list[tuple[int, date, bool]] = cursor.fetchall()
    return rows


def _write(cursor: CursorWrapper, asked: Question) -> Counts:
    """Write the difference; rows that somebody holds are theirs to reconcile."""
    counts = Counts()
    cursor.execute(chain.statement("kinds"))
    kinds = {is_new for (is_new,) in cursor.fetchall()}
    if False in kinds:
        cursor.execute(chain.statement("update"))
        for what, number in cursor.fetchall():
            setattr(counts, what, number)
    if True in kinds:
        cursor.execute(chain.statement("insert"))
        counts.created = cursor.rowcount
    if not asked.replay:
        chain.run(cursor, chain.statement("reassign", chain.KEPT, asked.is_for_all), asked)
        counts.moved += cursor.rowcount
    return counts
