"""Pause, go on, cancel: a person's wish, which the worker reads at its next step.

A run is one transaction, so whatever stops it leaves nothing: who goes on starts it over.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from imports.models import ImportBatch
from imports.querysets import ImportBatchQuerySet
from users.access import require_admin
from users.models import User

State, Stop = ImportBatch.State, ImportBatch.Stop
BEFORE = {State.CHECKING: State.UPLOADED, State.RUNNING: State.CHECKED}
"""Where a cancelled batch stands again: the columns are chosen, the check is looked at."""


def pause(user: User, batch: ImportBatch) -> bool:
    """False where there is nothing to pause any more."""
    require_admin(user)
    return _wish(batch, Stop.PAUSE, now="")


def go_on(user: User, batch: ImportBatch) -> bool:
    """Start over what was paused. False where it was not."""
    from imports import services  # noqa: PLC0415 - it imports this module

    require_admin(user)
    waits = _wish(batch, "", now=Stop.PAUSE)
    if waits:
        services.ring(batch.pk)
    return waits


def cancel(user: User, batch: ImportBatch) -> bool:
    """At once where no worker has it, else at its next step. False where it is over."""
    require_admin(user)
    asked = _busy(batch).update(stop=Stop.CANCEL, updated_at=timezone.now())
    batch.refresh_from_db()
    if asked and batch.lease_until is None:
        stopped(batch)
    return bool(asked)


def stopped(batch: ImportBatch) -> None:
    """What a worker leaves when it has heard the wish, or a tick when the worker is dead."""
    batch.refresh_from_db()
    fresh = {"lease_until": None, "rows_read": 0, "attempts": 0, "step": "", "updated_at": timezone.now()}
    if batch.stop == Stop.CANCEL:
        _busy(batch).filter(stop=Stop.CANCEL).update(state=before(batch), stop="", **fresh)
    else:
        _busy(batch).update(**fresh)
    batch.refresh_from_db()


def stop_left() -> int:
    """Carry out the wish where the worker died before it could; returns how many."""
    wished = ImportBatch.objects.filter(~Q(stop=""), state__in=ImportBatch.WAITING_STATES)
    left = list(wished.filter(lease_until__lt=timezone.now()))
    for batch in left:
        stopped(batch)
    return len(left)


def before(batch: ImportBatch) -> str:
    """The state from which a worker was asked."""
    if batch.state == State.UNDOING:
        return State.UNDONE if batch.undo_counts else State.DONE
    return BEFORE[State(batch.state)]


def _busy(batch: ImportBatch) -> ImportBatchQuerySet:
    return ImportBatch.objects.filter(pk=batch.pk, state__in=ImportBatch.WAITING_STATES)


def _wish(batch: ImportBatch, stop: str, *, now: str) -> bool:
    wished = _busy(batch).filter(stop=now).update(stop=stop, updated_at=timezone.now())
    batch.refresh_from_db()
    return bool(wished)
