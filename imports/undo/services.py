"""The verbs of taking an import back: look, ask for it, do it in a worker, forget the journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from core import facts
from core.history import acting, through
from imports import pipeline
from imports.models import ChangedRow, CreatedRows, ImportBatch
from imports.progress import Watcher
from imports.undo import taking_back
from users.access import require_admin
from users.models import User

State = ImportBatch.State
KEPT_FOR = timedelta(days=30)
"""For so long an import can be taken back."""

LOOKED_AT = 20_000
"""Rows up to which a page may look at what would stay; a worker looks at more."""


def can_be_undone(batch: ImportBatch) -> bool:
    """It is in, not older than :data:`KEPT_FOR`, and there is something left to take back."""
    done = batch.state in (State.DONE, State.UNDONE) and batch.finished_at is not None
    if not done or batch.finished_at < timezone.now() - KEPT_FOR:  # type: ignore[operator]
        return False
    journals = (CreatedRows, ChangedRow)
    return any(journal.objects.filter(batch=batch).exists() for journal in journals)


def foresee(batch: ImportBatch) -> dict[str, int]:
    """How many rows would be removed and restored, and of a small import how many would stay."""
    made = sum(len(ids) for ids in CreatedRows.objects.filter(batch=batch).values_list("ids", flat=True))
    changed = ChangedRow.objects.filter(batch=batch).count()
    if made + changed > LOOKED_AT:
        return {"removed": made, "restored": changed}
    with transaction.atomic(), connection.cursor() as cursor:
        taking_back.look(cursor, batch.pk)
        return taking_back.preview(cursor)


def ask(user: User, batch: ImportBatch) -> bool:
    """Have it taken back. False where that is not possible, or somebody was faster."""
    from imports import services  # noqa: PLC0415 - it imports this module

    require_admin(user)
    if not can_be_undone(batch):
        return False
    asked = ImportBatch.objects.filter(Q(state=State.DONE) | Q(state=State.UNDONE), pk=batch.pk).update(
        state=State.UNDOING,
        undone_by=user,
        attempts=0,
        lease_until=None,
        rows_read=0,
        error="",
        updated_at=timezone.now(),
    )
    batch.refresh_from_db()
    if asked:
        services.ring(batch.pk)
    return bool(asked)


def run(batch: ImportBatch, progress: Watcher) -> None:
    """Take it back in the caller's transaction, and say how it went."""
    progress.step("looking")
    with connection.cursor() as cursor:
        taking_back.look(cursor, batch.pk)
        people = taking_back.people(cursor)
        with _named(batch):
            counts = taking_back.take_back(cursor, batch.pk, progress.step)
        progress.step("planning")
        pipeline.tell(cursor, progress)
    facts.changed(user_ids=people)
    earlier = batch.undo_counts
    for name in ("restored", "removed", "gone"):
        counts[name] += earlier.get(name, 0)
    now = timezone.now()
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=State.UNDONE, undo_counts=counts, undone_at=now, updated_at=now,
        lease_until=None, stop="", step="", error="",
    )  # fmt: skip


@contextmanager
def _named(batch: ImportBatch) -> Iterator[None]:
    with acting(batch.undone_by, f"import {batch.pk}"), through("import undo"):
        yield


def forget_journals() -> int:
    """Delete what can be taken back no more; returns how many rows of journals."""
    old = Q(batch__finished_at__lt=timezone.now() - KEPT_FOR)
    return sum(journal.objects.filter(old).delete()[0] for journal in (CreatedRows, ChangedRow))


def forget_values(model: str, ids: list[int]) -> int:
    """Prior values of records that are erased: they cannot be brought back, not even by taking back."""
    return ChangedRow.objects.filter(model=model, object_id__in=ids).delete()[0]
