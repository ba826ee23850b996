"""Periodic jobs: claimed in the run log, once per civil period. Beat and Redis only ring the bell.

A claim is one conditional insert or update. Whoever holds it counts in ``attempts``; the effect of the
job and ``done`` commit together and only if the claim is still the same, so a worker that was given up
and comes back writes nothing. The lease is the advisory lock of the working transaction: it lasts as long as
the work, and PostgreSQL ends it with the process.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.models import Heartbeat, JobRun

MAX_ATTEMPTS = 5
FAILED = (JobRun.State.FAILED, JobRun.State.DEAD)
JOB_LOCKS = 7435  # first key of the advisory locks that running jobs hold

# A run that died with its process holds no lock. One that works holds it, however long it takes: taking
# its claim away would make it write nothing at its end, and whoever took it would only wait for the lock.
# ``lease_until`` is when a failed run may be tried again.
ORPHANED = """
    run.state = 'running' AND run.started_at <= %(now)s - %(grace)s AND NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND classid = %(locks)s AND objid = %(number)s AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""
CLAIM = f"""
INSERT INTO core_jobrun AS run
    (job, period, state, attempts, asked_by, started_at, counts, error)
VALUES (%(job)s, %(period)s, 'running', 1, %(asked_by)s, %(now)s, '{{}}', '')
ON CONFLICT (job, period) DO UPDATE
SET state = 'running', attempts = run.attempts + 1, lease_until = NULL,
    asked_by = %(asked_by)s, started_at = %(now)s, finished_at = NULL, error = ''
WHERE run.state = 'failed' AND (%(again)s OR run.lease_until IS NULL OR run.lease_until < %(now)s)
    OR (%(again)s OR run.attempts < %(most)s) AND {ORPHANED}
    OR %(again)s AND run.state IN ('done', 'dead', 'covered')
RETURNING run.id
"""  # noqa: S608 - our own words
# What kills its process each time (memory, a broken library) never gets as far as to fail.
BURY = f"""
UPDATE core_jobrun AS run
SET state = 'dead', finished_at = %(now)s, error = %(error)s
WHERE run.job = %(job)s AND run.period = %(period)s AND run.attempts >= %(most)s AND {ORPHANED}
"""  # noqa: S608 - our own words


class LostClaimError(Exception):
    """Somebody else took the run over; what this process did is rolled back."""


def claim(
    job: str, period: str, asked_by: str, *, again: bool = False, grace: timedelta = timedelta(seconds=60)
) -> JobRun | None:
    """The run of that period if it is ours to do now, else None.

    ``again``: also when it is done or dead, because a person asked. ``grace``: how long a run may stand
    without its lock before it counts as orphaned.
    """
    values: dict[str, Any] = {
        "job": job, "period": period, "asked_by": asked_by, "now": timezone.now(),
        "grace": grace, "locks": JOB_LOCKS, "number": _number(job), "again": again, "most": MAX_ATTEMPTS,
        "error": f"Its process died {MAX_ATTEMPTS} times; the log of the worker may say why.",
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        row = cursor.fetchone()
        if row is None:
            cursor.execute(BURY, values)
    return JobRun.objects.get(pk=row[0]) if row else None


def perform(run: JobRun, work: Callable[[], dict[str, Any]]) -> JobRun:
    """Do the work of a claimed run; its effect and ``done`` commit together.

    On an error the run is ``failed`` and tried again by a later tick, each time after a longer pause;
    after ``MAX_ATTEMPTS`` it is ``dead``. The error is raised again.
    """
    try:
        with transaction.atomic():
            _hold(run.job)
            counts = work()
            _finish(run, counts)
            kill_point("finished")
    except LostClaimError:
        raise
    except Exception as error:
        _fail(run, error)
        raise
    kill_point("committed")
    return run


def once(job: str, period: str, work: Callable[[], dict[str, Any]]) -> JobRun | None:
    """Do a job that is due once in the period, if nobody has; what a tick calls. None: nothing to do."""
    run = claim(job, period, "tick")
    if run is None:
        return None
    try:
        return perform(run, work)
    except LostClaimError:
        return None


_troubles: dict[str, Any] = {}


def tell(job: str, words: Any) -> None:
    """What is said on the Engine page when the latest run of a job has failed, before the error."""
    _troubles[job] = words


def failure(job: str) -> JobRun | None:
    """Its latest run, where that could not be done."""
    latest = JobRun.objects.filter(job=job).order_by("-period").first()
    return latest if latest is not None and latest.state in FAILED else None


def failures() -> list[tuple[Any, JobRun]]:
    """What is said of jobs whose latest run could not be done; one query."""
    latest = JobRun.objects.filter(job__in=_troubles).order_by("job", "-period").distinct("job")
    return [(_troubles[run.job], run) for run in latest if run.state in FAILED]


def beat(name: str, detail: str = "", at: datetime | None = None) -> None:
    """Leave a sign of life."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"beat_at": at or timezone.now(), "detail": detail[:200]}
    )


def kill_point(step: str) -> None:
    """Die here, as by ``kill -9``, when a fault test asks for it. Does nothing outside test settings."""
    if getattr(settings, "FAULT_TESTS", False) and os.environ.get("TEND_KILL_AT") == step:
        os.kill(os.getpid(), signal.SIGKILL)


def _number(job: str) -> int:
    return crc32(job.encode()) & 0x7FFFFFFF


def _hold(job: str) -> None:
    """Two runs of one job never work at the same time; released with the transaction or the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [JOB_LOCKS, _number(job)])


def _finish(run: JobRun, counts: dict[str, Any]) -> None:
    changed = JobRun.objects.filter(pk=run.pk, attempts=run.attempts, state=JobRun.State.RUNNING).update(
        state=JobRun.State.DONE, finished_at=timezone.now(), lease_until=None, counts=counts
    )
    if not changed:
        raise LostClaimError(str(run))
    run.refresh_from_db()


def _fail(run: JobRun, error: Exception) -> None:
    state = JobRun.State.DEAD if run.attempts >= MAX_ATTEMPTS else JobRun.State.FAILED
    JobRun.objects.filter(pk=run.pk, attempts=run.attempts, state=JobRun.State.RUNNING).update(
        state=state,
        finished_at=timezone.now(),
        lease_until=timezone.now() + timedelta(minutes=2**run.attempts),
        error=f"{type(error).__name__}: {error}"[:2000],
    )
    run.refresh_from_db()
