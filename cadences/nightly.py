"""The night: the plan of the day, holidays, tiers, then all that is owed, in one transaction (R31)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from cadences import plans, public_holidays
from cadences.campaigns.services import close_ran_out
from cadences.meetings.following import follow_all as meetings_follow
from cadences.models import Schedule
from cadences.reconcile import reconcile
from cadences.tiering import retier
from core import jobs
from core.history import acting
from core.models import JobRun
from users.clock import zone
from users.models import Company

JOB = "nightly"
REASON = "nightly run"
"""Who is behind what it writes, in the history."""
ADDED_UP = ("created", "moved", "cancelled", "lapsed", "closed", "reopened", "retiered", "holidays")


class NightRefusedError(ValidationError):
    """The run is not possible: it lies before the last one, or another one is at work."""


def last_night() -> JobRun | None:
    """The latest run that is done."""
    return JobRun.objects.filter(job=JOB, state=JobRun.State.DONE).order_by("-period").first()


def run_night(on: date, asked_by: str, rehearse: bool = False, *, again: bool = True) -> JobRun:
    """Re-tier and reconcile everything as of ``on``. One row of the run log per civil date.

    Works whether or not the schedule is switched on: whoever calls this has asked for it. A date before the
    last run is refused, but for a rehearsal, which computes all and writes nothing. The same date again adds
    what is new since. Raises NightRefusedError.
    """
    if rehearse:
        return _rehearsal(on, asked_by)
    last = last_night()
    if last is not None and date.fromisoformat(last.period) > on:
        raise NightRefusedError(
            _("The night of %(last)s has run already; an earlier one can only be rehearsed.")
            % {"last": last.period}
        )
    grace = timedelta(0) if again else timedelta(seconds=60)
    earlier = JobRun.objects.filter(job=JOB, period=on.isoformat()).values_list("counts", flat=True).first()
    run = jobs.claim(JOB, on.isoformat(), asked_by, again=again, grace=grace)
    if run is None:
        raise NightRefusedError(_("The night of %(on)s is running already or done.") % {"on": on})
    jobs.kill_point("claimed")
    with acting(None, REASON):
        return jobs.perform(run, lambda: _added(_work(on, run), earlier or {}))


def tick(now: datetime | None = None) -> JobRun | None:
    """Start the night that is due and not done; called every minute, harmless at any time.

    A missed night is caught up here: one run for the latest due date covers those before.
    """
    now = now or timezone.now()
    jobs.beat("tick", at=now)
    schedule = Schedule.get()
    on = due_date(schedule, now)
    if on is None:
        return None
    run = JobRun.objects.filter(job=JOB, period=on.isoformat()).first()
    last = last_night()
    if last is not None and date.fromisoformat(last.period) >= on:
        return None
    if run is not None and run.state in {JobRun.State.DEAD, JobRun.State.COVERED}:
        return None
    try:
        return run_night(on, asked_by="tick", again=False)
    except (NightRefusedError, jobs.LostClaimError):
        return None


def due_date(schedule: Schedule, now: datetime, zone_name: str = "") -> date | None:
    """The latest night whose hour has come, by the company's clock; None while the schedule is off.

    ``zone_name``: the company's time zone, for callers that have read it already.
    """
    if not schedule.is_on:
        return None
    company_zone = zone(zone_name or Company.get().time_zone)
    local = now.astimezone(company_zone)
    on = local.date() if local.time() >= schedule.nightly_at else local.date() - timedelta(days=1)
    since = schedule.switched_on_at
    return None if since is not None and on < since.astimezone(company_zone).date() else on


def heartbeat(worker: str = "") -> None:
    """The worker lives: it does this. Beat lives: it says when it last sent something."""
    jobs.beat("worker", worker)
    sent = PeriodicTask.objects.filter(last_run_at__isnull=False).order_by("-last_run_at").first()
    if sent is not None:
        jobs.beat("beat", sent.name, at=sent.last_run_at)


def _work(on: date, run: JobRun | None) -> dict[str, Any]:
    plans.start_scheduled(on)
    holidays = public_holidays.ensure(on)
    close_ran_out(on)
    retiered = retier(None, on)
    jobs.kill_point("retiered")
    counts = reconcile(None, on).as_json()
    meetings_follow()
    jobs.kill_point("reconciled")
    if run is not None:
        counts["covered"] = _cover_missed(on)
    return {**counts, "retiered": retiered, "holidays": holidays}


def _added(new: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """The counts of a date that ran more than once add up; troubles are those of the latest run."""
    return {**new, **{name: new.get(name, 0) + earlier.get(name, 0) for name in ADDED_UP}}


def _rehearsal(on: date, asked_by: str) -> JobRun:
    """A run that leaves nothing behind: computed and rolled back. The returned row is not stored."""
    started = timezone.now()
    with transaction.atomic():
        counts = _work(on, None)
        transaction.set_rollback(True)
    return JobRun(
        job=JOB, period=on.isoformat(), state=JobRun.State.DONE, asked_by=asked_by, counts=counts,
        started_at=started, finished_at=timezone.now(),
    )  # fmt: skip


def _cover_missed(on: date) -> int:
    """Rows for the nights between the last run and this one, which this one has made up for."""
    last = last_night()
    if last is None:
        return 0
    first = date.fromisoformat(last.period) + timedelta(days=1)
    missed = [first + timedelta(days=ahead) for ahead in range(min((on - first).days, 400))]
    JobRun.objects.bulk_create(
        [
            JobRun(job=JOB, period=day.isoformat(), state=JobRun.State.COVERED, counts={"by": on.isoformat()})
            for day in missed
        ],
        update_conflicts=True,
        unique_fields=["job", "period"],
        update_fields=["state", "counts"],
    )
    return len(missed)
