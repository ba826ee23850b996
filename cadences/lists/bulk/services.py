"""The verbs: choose and freeze, confirm, do, take back. PostgreSQL decides; the queue only rings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.core.exceptions import EmptyResultSet, PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services import may_create
from cadences.lists.bulk import kinds
from cadences.models import BulkChange, BulkRow
from core import facts
from core.history import acting, through
from users.access import require
from users.models import User

State, RowState = BulkChange.State, BulkRow.State
MOST = 50_000
AT_ONCE = 500
"""Up to so many accounts are changed while the user waits; of more, a worker does so many at a time."""

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 5
FORGET_DRAFTS = timedelta(days=1)
TASK = "cadences.tasks.bulk"

logger = logging.getLogger(__name__)


# -- choosing --------------------------------------------------------------------------------------------


@transaction.atomic
def freeze(user: User, accounts: QuerySet[Any, Any], chosen_by: str = "") -> BulkChange:
    """Keep which accounts are meant: ``accounts`` gives their ids. ValidationError for none, or too many.

    What matches the filters a minute later changes nothing about it.
    """
    require(may_create(user), _("Accounts are changed by those who look after some."))
    nobody = ValidationError(_("No account is chosen. Tick some rows first."))
    try:
        sql, params = accounts[: MOST + 1].query.sql_with_params()
    except EmptyResultSet:  # known to be empty without asking the database
        raise nobody from None
    change = BulkChange.objects.create(user=user, chosen_by=chosen_by[:1000])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cadences_bulkrow (change_id, account_id, state, reason, before, after) "  # noqa: S608
            f"SELECT %s, found.id, 'waiting', '', '{{}}', '{{}}' FROM ({sql}) AS found (id)",
            [change.pk, *params],
        )
        change.rows_total = cursor.rowcount
    if not change.rows_total:
        raise nobody
    if change.rows_total > MOST:
        words = _("These are more than %(most)d accounts. Narrow the list with its filters.")
        raise ValidationError(words % {"most": MOST})
    change.save()
    return change


def not_editable(user: User, change: BulkChange) -> QuerySet[BulkRow, BulkRow]:
    """The rows that will be refused whatever the change is, as things stand."""
    editable = Account.objects.editable_by(user).filter(pk__in=change.rows.values("account"))
    return change.rows.exclude(account__in=editable.values("pk")).select_related("account__owner")


# -- confirming ------------------------------------------------------------------------------------------


def confirm(user: User, change: BulkChange, kind: str, options: dict[str, Any], what: str) -> bool:
    """Yes to what was shown. False where it was confirmed before: a double click changes once."""
    if kind not in kinds.offered_to(user):
        raise PermissionDenied(_("Owners are changed by the team's manager and by admins."))
    require(change.user_id == user.pk, _("It is confirmed by whoever chose the accounts."))
    entered = BulkChange.objects.filter(pk=change.pk, state=State.DRAFT).update(
        state=State.RUNNING,
        kind=kind,
        options=options,
        what=what[:300],
        started_at=timezone.now(),
        updated_at=timezone.now(),
    )
    change.refresh_from_db()
    if entered:
        _start(change)
    return bool(entered)


def undo(user: User, change: BulkChange) -> bool:
    """Take it back within a day; what was changed since is kept and listed. False if it is too late.

    Raises ValidationError while nothing could go back, then it is not used up; PermissionDenied.
    """
    require(change.user_id == user.pk, _("A change is taken back by whoever made it."))
    if not change.can_be_undone:
        return False
    kinds.may_be_taken_back(user, change)
    entered = BulkChange.objects.filter(pk=change.pk, state__in=BulkChange.UNDOABLE).update(
        state=State.UNDOING, rows_done=0, attempts=0, error="", lease_until=None, updated_at=timezone.now()
    )
    change.refresh_from_db()
    if entered:
        _start(change)
    return bool(entered)


def _start(change: BulkChange) -> None:
    if change.rows_total <= AT_ONCE:
        work(change.pk, in_request=True)
        change.refresh_from_db()
    else:
        transaction.on_commit(partial(ring, change.pk))


def ring(change_id: int) -> None:
    """Tell a worker. Without a broker nothing is lost: the change waits for the next tick."""
    try:
        current_app.send_task(TASK, args=[change_id], retry=False)
    except Exception:
        logger.warning("the broker does not answer; bulk change %s waits", change_id, exc_info=True)


# -- the work --------------------------------------------------------------------------------------------


def work(change_id: int, *, in_request: bool = False) -> None:
    """Do or take back what waits, a step at a time; each step commits with what it did.

    ``in_request``: the history knows already who is behind the writes. A worker that dies leaves the steps
    it has committed; whoever takes it up goes on behind them.
    """
    change = _claim(change_id)
    if change is None:
        return
    step = _undo if change.state == State.UNDOING else _do
    waiting = RowState.CHANGED if change.state == State.UNDOING else RowState.WAITING
    try:
        while _one_step(change, step, waiting, in_request=in_request):
            pass
        _finish(change, in_request=in_request)
    except DatabaseError:
        logger.exception("bulk change %s: attempt %s failed", change.pk, change.attempts)
        _again(change)
    except Exception:
        logger.exception("bulk change %s failed", change.pk)
        _fail(change, _("An unexpected error stopped it; what is listed as changed is changed."))


def resume_waiting() -> int:
    """Ring for every change that nobody took or whose worker died, and forget what was never confirmed."""
    now = timezone.now()
    BulkChange.objects.filter(state=State.DRAFT, created_at__lt=now - FORGET_DRAFTS).delete()
    never_taken = Q(lease_until__isnull=True, updated_at__lt=now - timedelta(seconds=45))
    waiting = BulkChange.objects.filter(never_taken | Q(lease_until__lt=now), state__in=BulkChange.BUSY)
    ids = list(waiting.values_list("pk", flat=True))
    for change_id in ids:
        ring(change_id)
    return len(ids)


def _claim(change_id: int) -> BulkChange | None:
    now = timezone.now()
    claimed = BulkChange.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now), pk=change_id, state__in=BulkChange.BUSY
    ).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return None
    change: BulkChange = BulkChange.objects.select_related("user").get(pk=change_id)
    if change.attempts > MAX_ATTEMPTS:
        _fail(change, _("It was stopped five times; what is listed as changed is changed."))
        return None
    return change


def _one_step(
    change: BulkChange, act: Callable[[BulkChange, list[BulkRow]], None], waiting: str, *, in_request: bool
) -> bool:
    """Up to AT_ONCE rows in one transaction with one bell; False when none is left."""
    with transaction.atomic(), _as_user(change, in_request):
        rows = list(_next_rows(change, waiting))
        act(change, rows)
        BulkRow.objects.bulk_update(rows, ["state", "reason", "before", "after"])
        BulkChange.objects.filter(pk=change.pk).update(
            rows_done=F("rows_done") + len(rows), lease_until=timezone.now() + LEASE
        )
    return len(rows) == AT_ONCE


def _next_rows(change: BulkChange, waiting: str) -> Iterable[BulkRow]:
    """In the order of the accounts, so that two changes at once lock them in the same order."""
    rows = BulkRow.objects.filter(change=change, state=waiting).select_related("account__owner")
    return rows.order_by("account_id")[:AT_ONCE]


@contextmanager
def _as_user(change: BulkChange, in_request: bool) -> Iterator[None]:
    """Who is behind the writes, through which door, with one bell for all; in the caller's transaction."""
    named = nullcontext() if in_request else acting(change.user)
    door = "bulk undo" if change.state == State.UNDOING else "bulk"
    with named, through(door), facts.once_for_all():
        yield


def _do(change: BulkChange, rows: list[BulkRow]) -> None:
    for row in rows:
        _do_row(change, row)


def _undo(change: BulkChange, rows: list[BulkRow]) -> None:
    taken = kinds.take_back_together(
        change.user, change, {row.account_id: (row.before, row.after) for row in rows}
    )
    for row in rows:
        if taken is None:
            _undo_row(change, row)
        else:
            one = taken[row.account_id]
            row.state, row.reason = RowState.UNDONE if one.is_back else RowState.KEPT, one.words[:300]


def _do_row(change: BulkChange, row: BulkRow) -> None:
    try:
        with transaction.atomic():
            account = Account.objects.select_for_update(no_key=True).get(pk=row.account_id)
            done = kinds.apply(change.user, account, change)
    except (PermissionDenied, ValidationError) as refusal:
        row.state, row.reason = RowState.REFUSED, _words(refusal)
        return
    row.state = RowState.SAME if done.is_none else RowState.CHANGED
    row.before, row.after = done.before, done.after


def _undo_row(change: BulkChange, row: BulkRow) -> None:
    try:
        with transaction.atomic():
            kinds.take_back(change.user, change, row.account_id, row.before, row.after)
    except (PermissionDenied, ValidationError) as refusal:
        row.state, row.reason = RowState.KEPT, _words(refusal)
        return
    row.state = RowState.UNDONE


def _words(refusal: Exception) -> str:
    words = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
    return words[:300]


@transaction.atomic
def _finish(change: BulkChange, *, in_request: bool) -> None:
    if change.state != State.UNDOING:
        rows = BulkRow.objects.filter(change=change, state=RowState.CHANGED)
        kinds.tell(change, list(rows.values_list("account_id", flat=True)))
        _end(change, state=State.DONE)
        return
    with _as_user(change, in_request):
        told = kinds.take_back_besides(change)
    _end(change, state=State.UNDONE, options=change.options | told)


def _fail(change: BulkChange, message: str) -> None:
    _end(change, state=State.FAILED, error=message)


def _end(change: BulkChange, **values: Any) -> None:
    BulkChange.objects.filter(pk=change.pk).update(
        lease_until=None, finished_at=timezone.now(), updated_at=timezone.now(), **values
    )


def _again(change: BulkChange) -> None:
    if change.attempts >= MAX_ATTEMPTS:
        _fail(change, _("The database refused it five times; what is listed as changed is changed."))
    else:
        BulkChange.objects.filter(pk=change.pk).update(lease_until=None, updated_at=timezone.now())
