"""What beat rings. The database decides what is due; these only ask it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from celery import shared_task

from accounts import stored_files
from cadences import nightly, survey_night, worth_night
from cadences.digest import sending
from cadences.lists.bulk import services as bulk_changes
from cadences.planned import night as planned_night
from cadences.simulation import runs
from users.clock import company_today


@shared_task(name="cadences.tasks.tick")
def tick(**_: Any) -> None:
    """Start the night if it is due and not done, then what follows it: each though the one before failed."""
    with ExitStack() as afterwards:
        for job in (stored_files, worth_night, planned_night):  # the last one named is the first to run
            afterwards.callback(job.tick)
        nightly.tick()
        survey_night.tick()


@shared_task(name="cadences.tasks.heartbeat", bind=True)
def heartbeat(self: Any, **_: Any) -> None:
    """Leave a sign of life of worker and beat."""
    nightly.heartbeat(str(self.request.hostname or ""))


@shared_task(name="cadences.tasks.digests")
def digests(**_: Any) -> None:
    """Mail their day to those whose hour has come."""
    sending.tick()


@shared_task(name="cadences.tasks.run_now")
def run_now(asked_by: str, **_: Any) -> None:
    """What the button of the Engine page asks for: tonight's run, its surveys and letters, now."""
    on = company_today()
    nightly.run_night(on, asked_by)
    try:
        survey_night.run_if_used(on, asked_by)
    finally:
        try:
            planned_night.run_if_used(on, asked_by)
        finally:
            worth_night.run(on, asked_by)


@shared_task(name="cadences.tasks.follow_plan", bind=True, max_retries=60)
def follow_plan(self: Any, asked_by: str, **_: Any) -> None:
    """Another version runs: what is owed follows it, as soon as a night that is at work has ended."""
    try:
        nightly.run_night(company_today(), asked_by)
    except nightly.NightRefusedError as refused:
        raise self.retry(exc=refused, countdown=30) from refused


@shared_task(name="cadences.tasks.simulate")
def simulate(simulation_id: int, **_: Any) -> None:
    """Compute what a draft of the plan would cost."""
    runs.work(simulation_id)


@shared_task(name="cadences.tasks.bulk")
def bulk(change_id: int, **_: Any) -> None:
    """Change many accounts, or take that back."""
    bulk_changes.work(change_id)


@shared_task(name="cadences.tasks.resume_bulk")
def resume_bulk(**_: Any) -> None:
    """Take up changes of many accounts that wait, or whose worker died."""
    bulk_changes.resume_waiting()
