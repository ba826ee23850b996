"""The verbs of imports: upload, check, confirm, run, take up again. Pages, tasks and command call these."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.history import acting
from imports import mapping, pipeline, proposing, reading, saved_mappings, sources, stopping
from imports.errors import BadFileError, BadMappingError
from imports.mapping import Mapping, Options
from imports.models import ImportBatch
from imports.pipeline import Outcome
from imports.progress import LEASE, Progress, StoppedError
from imports.undo import journal
from imports.undo import services as undo
from users.access import require_admin
from users.clock import company_today
from users.models import User

State = ImportBatch.State
STATUSES = ("new", "changed", "unchanged", "refused", "skipped")
LISTED = 1000
MAX_ATTEMPTS = 5
MAX_BYTES = 300 * 1024 * 1024
WAITING_FOR = 45  # seconds after which a batch nobody took is rung for again
AS_WRITTEN = ("encoding", "delimiter", "sheet")
KEEP_FILES = timedelta(days=30)  # of batches that nobody went on with

logger = logging.getLogger(__name__)


# -- from the page ---------------------------------------------------------------------------------------


def upload(user: User, kind: str, file: UploadedFile[Any]) -> ImportBatch:
    """Keep the file and look at its header. ``kind`` may be empty: the columns tell. Raises BadFileError."""
    require_admin(user)
    if (file.size or 0) > MAX_BYTES:
        text = _("The file has %(n)d MB, more than %(max)d MB. Split it, each part with the header line.")
        raise BadFileError(text % {"n": (file.size or 0) >> 20, "max": MAX_BYTES >> 20})
    name = (file.name or "file.csv").replace("\\", "/").rsplit("/", 1)[-1][-200:]
    batch = ImportBatch(kind=kind or ImportBatch.Kind.ACCOUNTS, filename=name, created_by=user)
    try:
        batch.file.save(f"{uuid4().hex}.csv", file, save=False)
    except OSError as error:
        logger.exception("an uploaded file could not be stored")
        text = _("The server could not store the file (%s). Tell whoever runs it; nothing was written.")
        raise BadFileError(text % error.strerror) from error
    try:
        layout = sources.inspect(Path(batch.file.path))
        batch.kind = kind or proposing.kind_of(layout) or _no_kind()
    except BadFileError:
        batch.file.delete(save=False)
        raise
    batch.layout = _layout_json(layout)
    batch.notes = list(layout.notes)
    for name, value in proposing.proposal(batch, layout).items():
        setattr(batch, name, value)
    saved_mappings.propose(batch)
    batch.save()
    return batch


def _no_kind() -> str:
    raise BadFileError(
        _("The columns do not tell what kind of file this is. Choose the kind and upload it again.")
    )


def reread(user: User, batch: ImportBatch, encoding: str, delimiter: str, sheet: str = "") -> None:
    """Look at the file again as a person says it is written. Raises BadFileError: nothing has changed."""
    require_admin(user)
    layout = sources.inspect(_file_of(batch), encoding, delimiter, sheet)
    changes: dict[str, Any] = {
        "layout": _layout_json(layout),
        "notes": list(layout.notes),
        "options": batch.options | {"encoding": encoding, "delimiter": delimiter, "sheet": sheet},
    }
    if tuple(batch.layout.get("header", ())) != layout.header:
        if sheet != (batch.layout.get("sheet") or ""):
            changes["kind"] = batch.kind = proposing.kind_of(layout) or batch.kind
        batch.options = changes["options"]
        changes |= proposing.proposal(batch, layout)
    _enter(batch, State.UPLOADED, changes, now=Q(state__in=ImportBatch.OPEN_STATES))


def start_check(user: User, batch: ImportBatch, columns: dict[str, str], options: dict[str, Any]) -> None:
    """Take mapping and options, and have the file checked. Raises BadMappingError; nothing typed is lost."""
    require_admin(user)
    said = {
        name: batch.options[name] for name in ("encoding", "delimiter", "sheet") if batch.options.get(name)
    }
    if not columns:
        raise BadMappingError(_("No column is imported. Choose what the columns become."))
    wanted = mapping.parse(batch.kind, columns | {"options": said | options})
    wanted.fit(batch.layout["header"])
    changes = {
        "mapping": wanted.columns,
        "layout": batch.layout if wanted.columns == batch.mapping else batch.layout_unchecked,
        "options": (wanted.options if wanted.options.as_of else _dated(wanted.options)).as_json(),
    }
    if _enter(batch, State.CHECKING, changes, now=Q(state__in=ImportBatch.OPEN_STATES)):
        ring(batch.pk)


def _dated(options: Options) -> Options:
    """The day is fixed when the file is checked, so that the run tomorrow does what was shown today."""
    return Options(**{**options.__dict__, "as_of": company_today()})


def confirm(user: User, batch: ImportBatch, check: str = "") -> bool:
    """Yes to what a check showed: bring it in. False where somebody was faster.

    ``check``: the one that was looked at (``batch.check_key``), when it may have been repeated since.
    """
    require_admin(user)
    if check and check != batch.check_key:
        return False
    changes = {"started_at": timezone.now(), "confirmed_by": user}
    same = Q(state=State.CHECKED, finished_at=batch.finished_at)
    entered = _enter(batch, State.RUNNING, changes, now=same)
    if entered:
        ring(batch.pk)
    return entered


def _enter(batch: ImportBatch, state: str, changes: dict[str, Any], *, now: Q) -> bool:
    """Go to another state from what it must be ``now``; said twice it happens once."""
    fresh = {"rows_read": 0, "attempts": 0, "lease_until": None, "error": "", "error_field": "", "step": ""}
    entered = ImportBatch.objects.filter(now, pk=batch.pk).update(
        state=state, updated_at=timezone.now(), **fresh, **changes
    )
    batch.refresh_from_db()
    return bool(entered)


def _file_of(batch: ImportBatch) -> Path:
    """Raises BadFileError when it is not kept any more."""
    if not batch.file or not (path := Path(batch.file.path)).is_file():
        raise BadFileError(_("The uploaded file is not on the server any more. Upload it again."))
    return path


# -- the worker --------------------------------------------------------------------------------------------


def ring(batch_id: int) -> None:
    """Tell a worker, once what it will look at is committed.

    Without a broker nothing is lost: the batch waits, see resume_waiting.
    """
    transaction.on_commit(lambda: _ring(batch_id))


def _ring(batch_id: int) -> None:
    from imports import tasks  # noqa: PLC0415 - tasks import this module

    try:
        tasks.work.apply_async((batch_id,), retry=False)
    except Exception:
        logger.warning(
            "the broker does not answer; import %s waits for the next tick", batch_id, exc_info=True
        )


def resume_waiting() -> int:
    """Ring for every batch that nobody took or whose worker died. Called every minute; returns how many."""
    now = timezone.now()
    never_taken = Q(lease_until__isnull=True, updated_at__lt=now - timedelta(seconds=WAITING_FOR))
    stopping.stop_left()
    waiting = ImportBatch.objects.filter(
        Q(lease_until__lt=now) | never_taken, stop="", state__in=ImportBatch.WAITING_STATES
    )
    batches = list(waiting.values_list("pk", flat=True))
    for batch_id in batches:
        ring(batch_id)
    return len(batches)


def forget_files() -> int:
    """Delete uploads that nobody needs any more; returns how many. Called every minute.

    Of a finished import at once: the refused rows are kept in the database. Of one that nobody went on
    with after :data:`KEEP_FILES`; it says then that the file has to be uploaded again.
    """
    left = Q(state__in=ImportBatch.OPEN_STATES, updated_at__lt=timezone.now() - KEEP_FILES)
    needless = ImportBatch.objects.filter(left | Q(state=State.DONE)).exclude(file="").only("file")
    number = 0
    for batch in needless:
        batch.file.delete(save=False)
        number += ImportBatch.objects.filter(pk=batch.pk).update(file="")
    return number


def work(batch_id: int) -> None:
    """Check or run a waiting batch. Two workers at once, or one after a crash, leave the same rows."""
    batch = _claim(batch_id)
    if batch is None:
        return
    try:
        with Progress(batch.pk) as progress:
            _attempt(batch, progress)
    except BadFileError as error:
        field = error.field if isinstance(error, BadMappingError) else ""
        _fail(batch, str(error), field)
    except StoppedError:
        stopping.stopped(batch)
    except PermissionDenied as error:
        _fail(batch, str(error))
    except DatabaseError:
        logger.exception("import %s: attempt %s failed", batch.pk, batch.attempts)
        _again(batch)
    except Exception:
        logger.exception("import %s failed", batch.pk)
        _fail(
            batch,
            _(
                "An unexpected error stopped this import; nothing was written. "
                "The server's log has the details."
            ),
        )


def _claim(batch_id: int) -> ImportBatch | None:
    """Take the lease; None when another worker has it or there is nothing to do."""
    now = timezone.now()
    claimed = ImportBatch.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        pk=batch_id,
        stop="",
        state__in=ImportBatch.WAITING_STATES,
    ).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return None
    batch: ImportBatch = ImportBatch.objects.get(pk=batch_id)
    if batch.attempts > MAX_ATTEMPTS:
        _fail(batch, _("This import was stopped five times, by a crash or a restart. Nothing was written."))
        return None
    return batch


def _attempt(batch: ImportBatch, progress: Progress) -> None:
    """Effect, refusals and the new state commit together."""
    apply, undoes = batch.state == State.RUNNING, batch.state == State.UNDOING
    user = (batch.undone_by if undoes else batch.confirmed_by if apply else None) or batch.created_by
    if user is None or not user.is_admin:
        raise PermissionDenied(_("Who asked for this is no admin any more. Upload the file again."))
    if undoes:
        with transaction.atomic():
            if _alone(batch, True):
                undo.run(batch, progress)
        return
    path = _file_of(batch)
    wanted = mapping.parse(batch.kind, batch.mapping | {"options": batch.options})
    with transaction.atomic(), acting(user, f"import {batch.pk}"):
        if not _alone(batch, apply):
            return
        outcome = pipeline.run(path, wanted, apply=apply, progress=progress)
        if apply:
            _keep_journal(batch)
        _keep(batch, outcome, State.DONE if apply else State.CHECKED)


def _alone(batch: ImportBatch, writes: bool) -> bool:
    """One worker per batch, and one import at a time writes; both locks end with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('tend.import'), %s)", [batch.pk])
        if not cursor.fetchone()[0]:
            return False
        if writes:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tend.imports'))")
    return True


def _keep_journal(batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        journal.keep(cursor, batch.pk)


def _keep(batch: ImportBatch, outcome: Outcome, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM imports_refusal WHERE batch_id = %s", [batch.pk])
        cursor.execute(
            'INSERT INTO imports_refusal (batch_id, "row", "column", reason, cells) '
            "SELECT %s, row, col, reason, COALESCE(cells, '[]') FROM refused ORDER BY row",
            [batch.pk],
        )
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=state,
        rows_total=outcome.rows,
        rows_read=outcome.rows,
        counts=outcome.counts,
        samples=outcome.samples,
        layout=batch.layout | {"habits": dict(outcome.habits.columns), "strangers": outcome.strangers},
        notes=outcome.notes,
        lease_until=None,
        stop="",
        step="",
        error="",
        error_field="",
        finished_at=timezone.now(),
        updated_at=timezone.now(),
    )


def _fail(batch: ImportBatch, message: str, field: str = "") -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=stopping.before(batch) if batch.state == State.UNDOING else State.FAILED,
        stop="",
        step="",
        error=message,
        error_field=field[:60],
        lease_until=None,
        finished_at=batch.finished_at if batch.state == State.UNDOING else timezone.now(),
        updated_at=timezone.now(),
    )


def _again(batch: ImportBatch) -> None:
    """Somebody changed the same rows, or the database went away: free the lease, the tick tries again."""
    if batch.attempts >= MAX_ATTEMPTS:
        _fail(
            batch,
            _(
                "The database refused this import five times; nothing was written. "
                "The server's log has the details."
            ),
        )
        return
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=None, updated_at=timezone.now())


# -- from the command --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What the command tells: the outcome, the first refusals, and the batch that keeps them all."""

    outcome: Outcome
    refused: list[dict[str, Any]]
    batch_id: int | None


def from_command(path: Path, wanted: Mapping, *, dry_run: bool) -> Report:
    """Import a file of this machine at once. Raises BadFileError: then nothing was written."""
    with transaction.atomic(), acting(None, f"import_file {path.name}"):
        if dry_run:
            outcome = pipeline.run(path, wanted, apply=False)
            return Report(outcome, _listed(), None)
        batch = ImportBatch(
            kind=wanted.kind, filename=path.name[-200:], state=State.RUNNING, started_at=timezone.now()
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tend.imports'))")
        outcome = pipeline.run(path, wanted, apply=True)
        batch.mapping, batch.options = outcome.mapping.columns, wanted.options.as_json()
        batch.layout = _layout_json(outcome.layout)
        batch.save()
        _keep_journal(batch)
        _keep(batch, outcome, State.DONE)
        return Report(outcome, _listed(), batch.pk)


def _listed() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row, col, reason FROM refused ORDER BY row LIMIT %s", [LISTED])
        return [{"row": row, "column": col, "reason": reason} for row, col, reason in cursor.fetchall()]


def _layout_json(layout: reading.Layout) -> dict[str, Any]:
    return {
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "header": list(layout.header),
        "examples": [list(seen) for seen in layout.examples],
        "format": layout.format,
        "sheet": layout.sheet,
        "sheets": list(layout.sheets),
    }
