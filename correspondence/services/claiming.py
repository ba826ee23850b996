"""Taking mails up, one batch at a time, and giving back what a dead worker left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from correspondence import health, kinds
from correspondence.models import Halt, Message, State
from correspondence.services.throttling import admit

BATCH = 60
AT_ONCE = 20  # of a batch are handed over before it is written down: what a killed worker leaves in doubt
# Much longer than a batch may take: what is older has lost its worker.
LEASE = timedelta(minutes=5)
PAUSES = (1, 5, 15, 60, 240)  # minutes after the first, second … attempt; then it has failed
MAX_ATTEMPTS = len(PAUSES) + 1
SLOTS = 7436  # first key of the advisory locks of dispatchers

Claim = tuple[list[Message], bool]


@contextmanager
def slot() -> Iterator[bool]:
    """A place among the dispatchers that may send at the same time; False when all are taken.

    PostgreSQL gives it back when the process dies.
    """
    mine = next((n for n in range(settings.MAIL_CONNECTIONS) if _lock("pg_try_advisory_lock", n)), None)
    try:
        yield mine is not None
    finally:
        if mine is not None:
            _lock("pg_advisory_unlock", mine)


@transaction.atomic
def claim(now: datetime) -> Claim:
    """The next mails to send, marked as ours; and whether there may be more that are due.

    The caller commits before it does anything with them.
    """
    halted = list(Halt.objects.standing().values_list("topic", flat=True))
    due = (
        Message.objects.due(now)
        .exclude(topic__in=halted)
        .exclude(from_address__in=health.barred_senders(now))
    )
    rows = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    mine = admit(rows, now)
    lease = timezone.now() + LEASE
    Message.objects.filter(pk__in=[row.pk for row in mine]).update(
        state=State.SENDING, attempts=F("attempts") + 1, lease_until=lease, handing_over=False, has_slot=False
    )
    for row in mine:
        row.state, row.attempts, row.lease_until = State.SENDING, row.attempts + 1, lease
    return mine, len(rows) == BATCH


def time_left(batch: list[Message], now: datetime) -> timedelta:
    """Until the first lease of the batch ends."""
    return min(row.lease_until for row in batch if row.lease_until) - now


@transaction.atomic
def announce(messages: list[Message]) -> set[int]:
    """Say of those that are still ours that they may go out now; which ones.

    A topic that was halted since the claim stays: its mails wait again when their lease is over.
    """
    halted = set(Halt.objects.standing().values_list("topic", flat=True))
    ours = still_held([row for row in messages if row.topic not in halted])
    Message.objects.filter(pk__in=ours).update(handing_over=True)
    return ours


def still_held(messages: list[Message]) -> set[int]:
    """Those whose claim is still this one; locked.

    A dispatcher that stood still past its lease must neither send nor settle what another has taken up since.
    """
    mine = {(row.pk, row.attempts, row.lease_until) for row in messages}
    held = Message.objects.filter(pk__in=[row.pk for row in messages], state=State.SENDING)
    held = held.filter(lease_until__gt=timezone.now()).order_by("pk").select_for_update()
    return {row[0] for row in held.values_list("pk", "attempts", "lease_until") if row in mine}


@transaction.atomic
def sweep(now: datetime) -> int:
    """Settle what a dead worker had: waiting again, or uncertain when it may have gone out.

    A sender that has no mail left to try is not called barred for ever.
    """
    dead = Message.objects.filter(state=State.SENDING, lease_until__lt=now)
    rows = list(dead.select_for_update(skip_locked=True).defer("stored", "payload"))
    left: dict[State, list[int]] = {State.PENDING: [], State.UNCERTAIN: [], State.FAILED: []}
    for row in rows:
        left[_after_death(row)].append(row.pk)
    words = "The worker that had it ended before it could say what came of it."
    for state, ids in left.items():
        ended = {} if state == State.PENDING else {"stored": ""}
        Message.objects.filter(pk__in=ids).update(
            state=state, lease_until=None, next_try_at=now, last_error=words, updated_at=now, **ended
        )
    health.forget_idle_senders()
    return len(rows)


def _after_death(row: Message) -> State:
    kind = kinds.find(row.kind)
    if row.handing_over and (kind is None or kind.once or row.attempts >= MAX_ATTEMPTS):
        return State.UNCERTAIN
    return State.PENDING if row.attempts < MAX_ATTEMPTS else State.FAILED


def _lock(function: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [SLOTS, number])
        return bool(cursor.fetchone()[0])
