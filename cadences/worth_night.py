"""Shares and ranks of the accounts (R8) and what their list sorts by, counted after each night.

A job of its own that delays none.
"""

from __future__ import annotations

from datetime import date, timedelta

from cadences.lists.figures import count_figures
from cadences.nightly import last_night
from core import jobs
from core.models import JobRun
from sales.worth import count_worth

JOB = "worth"


def run(on: date, asked_by: str, *, again: bool = True) -> JobRun | None:
    """Count as of ``on``; one row of the run log per civil date. None while another one is at work."""
    grace = timedelta(0) if again else timedelta(seconds=60)
    claimed = jobs.claim(JOB, on.isoformat(), asked_by, again=again, grace=grace)
    return jobs.perform(claimed, lambda: _count(on)) if claimed else None


def tick() -> JobRun | None:
    """Count for the latest night that is done, if nobody has; harmless at any time."""
    night = last_night()
    if night is None:
        return None
    settled = JobRun.objects.filter(
        job=JOB, period=night.period, state__in=(JobRun.State.DONE, JobRun.State.DEAD)
    )
    if settled.exists():
        return None
    try:
        return run(date.fromisoformat(night.period), asked_by="tick", again=False)
    except jobs.LostClaimError:
        return None


def _count(on: date) -> dict[str, int]:
    count_figures(on)
    return {"counted": count_worth(on)}
