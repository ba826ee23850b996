"""The verbs of archives: ask for one, make it, fetch it, delete it when its time is over."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import IO, Any

from celery import current_app
from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, connections, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.jobs import kill_point
from imports.models import TakeOut
from imports.taking_out import writing
from imports.taking_out.tables import tables
from users.access import require_admin
from users.models import User

State = TakeOut.State
LEASE = timedelta(minutes=10)
WAITING_FOR = timedelta(seconds=45)  # after that, one that nobody took is rung for again
MAX_ATTEMPTS = 3
EVERY = 1.0  # seconds between two signs of life
TASK = "imports.tasks.take_out"

logger = logging.getLogger(__name__)


class LostLeaseError(Exception):
    """Another worker has it."""


def ask(user: User, *, with_files: bool) -> TakeOut:
    """Have everything written into one archive; the one that is being made, if there is one."""
    require_admin(user)
    try:
        with transaction.atomic():
            archive = TakeOut.objects.create(asked_by=user, with_files=with_files)
    except IntegrityError:
        return TakeOut.objects.get(state=State.RUNNING)
    transaction.on_commit(lambda: ring(archive.pk))
    return archive


def ring(pk: int) -> None:
    """Tell a worker. Without a broker nothing is lost: it waits for the next tick."""
    try:
        current_app.send_task(TASK, args=[pk], retry=False)
    except Exception:
        logger.warning("the broker does not answer; archive %s waits", pk, exc_info=True)


def resume_waiting() -> int:
    """Ring for one that nobody took or whose worker died. Called every minute."""
    now = timezone.now()
    never_taken = Q(lease_until__isnull=True, updated_at__lt=now - WAITING_FOR)
    waiting = TakeOut.objects.filter(Q(lease_until__lt=now) | never_taken, state=State.RUNNING)
    ids = list(waiting.values_list("pk", flat=True))
    for pk in ids:
        ring(pk)
    return len(ids)


def work(pk: int) -> None:
    """Make a waiting archive. A second worker finds nothing to do; one after a crash begins anew."""
    archive = _claim(pk)
    if archive is None:
        return
    try:
        _make(archive)
    except LostLeaseError:
        logger.info("archive %s: another worker has it", pk)
    except OSError as error:
        logger.exception("archive %s could not be written", pk)
        words = _(
            "The server could not write the file (%s). Make room, or tell whoever runs it; then ask again."
        )
        _fail(archive, words % error.strerror)
    except DatabaseError:
        logger.exception("archive %s: attempt %s failed", pk, archive.attempts)
        TakeOut.objects.filter(pk=pk, attempts=archive.attempts).update(lease_until=timezone.now())
    except Exception:
        logger.exception("archive %s failed", pk)
        _fail(archive, _("An unexpected error stopped it. The worker's log has the details."))


def _claim(pk: int) -> TakeOut | None:
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    claimed = TakeOut.objects.filter(free, pk=pk, state=State.RUNNING).update(
        lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    archive: TakeOut = TakeOut.objects.select_related("asked_by").get(pk=pk)
    if archive.attempts > MAX_ATTEMPTS:
        _clear(archive)
        _fail(
            archive, _("It was stopped three times, by a crash or a restart. The worker's log may say why.")
        )
        return None
    if archive.asked_by is None or not archive.asked_by.is_admin:
        _fail(archive, _("Who asked for it is no admin any more."))
        return None
    return archive


def _make(archive: TakeOut) -> None:
    """Written beside its place and moved there when it is whole."""
    user = archive.asked_by
    assert user is not None  # noqa: S101 - _claim has looked
    at, draft = timezone.now(), _draft_of(archive)
    draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(archive)
    try:
        draft.touch(mode=0o600)
        with _SignsOfLife(archive) as said:
            counts = writing.write(draft, tables(user), with_files=archive.with_files, at=at, said=said)
        kill_point("archive written")
        _finish(archive, draft, counts)
    finally:
        draft.unlink(missing_ok=True)


@transaction.atomic
def _finish(archive: TakeOut, draft: Path, counts: dict[str, int]) -> None:
    """The file is in its place only if the row says so, and it is still ours to say."""
    if not _ours(archive).select_for_update(of=("self",)).exists():
        raise LostLeaseError(archive.pk)
    os.replace(draft, archive.path)
    values = {"counts": counts, "size": archive.path.stat().st_size, "finished_at": timezone.now()}
    _ours(archive).update(state=State.READY, step="", lease_until=None, **values)


def _draft_of(archive: TakeOut) -> Path:
    return archive.path.with_suffix(f".{archive.attempts}.part")


def _clear(archive: TakeOut) -> None:
    """Half files of earlier workers: dead ones cannot, and one that lost its lease has no use for it."""
    for part in archive.path.parent.glob(f"{archive.path.stem}.*.part"):
        part.unlink(missing_ok=True)


def _ours(archive: TakeOut) -> Any:
    return TakeOut.objects.filter(pk=archive.pk, attempts=archive.attempts, state=State.RUNNING)


class _SignsOfLife:
    """Writes how far it has come and renews the lease, by a connection of its own; not too often."""

    def __init__(self, archive: TakeOut) -> None:
        self.archive, self.connection = archive, connections[DEFAULT_DB_ALIAS].copy()
        self.last, self.step = 0.0, ""

    def __enter__(self) -> _SignsOfLife:
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def __call__(self, step: str, done: int, steps: int) -> None:
        now = monotonic()
        if now - self.last < EVERY:
            return
        self.last = now
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_takeout SET step = %s, steps_done = %s, steps_total = %s, lease_until = %s "
                "WHERE id = %s AND attempts = %s AND state = 'running'",
                [step[:60], done, steps, timezone.now() + LEASE, self.archive.pk, self.archive.attempts],
            )
            if not cursor.rowcount:
                raise LostLeaseError(self.archive.pk)


def _fail(archive: TakeOut, words: str) -> None:
    _ours(archive).update(
        state=State.FAILED, error=words[:300], step="", lease_until=None, finished_at=timezone.now()
    )


# -- afterwards ----------------------------------------------------------------------------------------------


def fetch(user: User, archive: TakeOut) -> IO[bytes]:
    """Open it for download; who has had it is written down. Raises FileNotFoundError when it is gone."""
    require_admin(user)
    if archive.state != State.READY:
        raise FileNotFoundError(archive.pk)
    content = archive.path.open("rb")
    TakeOut.objects.filter(pk=archive.pk).update(fetched_at=timezone.now(), fetched_by=user)
    return content


def delete(user: User, archive: TakeOut) -> None:
    """Its file goes at once; the row stays and says who had it."""
    require_admin(user)
    _gone(archive)


def forget_all(why: str) -> None:
    """Somebody was erased: no archive may hold them any longer. One that is being made is given up."""
    given_up = list(TakeOut.objects.filter(state=State.RUNNING))
    TakeOut.objects.filter(state=State.RUNNING).update(
        state=State.FAILED, error=why[:300], step="", lease_until=None, finished_at=timezone.now()
    )
    paths = [archive.path for archive in TakeOut.objects.filter(state=State.READY)]
    TakeOut.objects.filter(state=State.READY).update(state=State.GONE)

    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)
        for archive in given_up:
            _clear(archive)

    transaction.on_commit(remove)


def forget_old() -> int:
    """Delete files older than :attr:`TakeOut.KEPT`, and what dead workers left. Called every minute."""
    old = TakeOut.objects.filter(state=State.READY, finished_at__lt=timezone.now() - TakeOut.KEPT)
    archives = list(old)
    for archive in archives:
        _gone(archive)
    _sweep()
    return len(archives)


def _gone(archive: TakeOut) -> None:
    archive.path.unlink(missing_ok=True)
    TakeOut.objects.filter(pk=archive.pk, state=State.READY).update(state=State.GONE)


def _sweep() -> None:
    """Parts whose worker was killed: nobody writes them any more."""
    folder = Path(TakeOut().path).parent
    if not folder.is_dir():
        return
    before = (timezone.now() - timedelta(days=1)).timestamp()
    for part in folder.glob("*.part"):
        if part.stat().st_mtime < before:
            part.unlink(missing_ok=True)
