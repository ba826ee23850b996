"""Beat rings, a worker runs the night: the real processes on the real schedule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cadences.ledger import check
from cadences.models import Touchpoint
from core.models import Heartbeat, JobRun
from tests.cadences.engine.seeded import customer, rows, seed
from tests.factories import make_schedule
from tests.queue import running_queue
from users.clock import company_today

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.xdist_group("installation"),
]


def _night_is_done() -> bool:
    return JobRun.objects.filter(job="nightly", state=JobRun.State.DONE).exists()


def test_real_beat_and_a_real_worker_make_the_night() -> None:
    today = company_today()
    account = customer(seed(today - timedelta(days=30)), today - timedelta(days=1))
    make_schedule(is_on=True, nightly_at="00:00")
    with running_queue(every=1) as queue:
        queue.wait_for(_night_is_done)
        run = JobRun.objects.get(job="nightly")
        queue.wait_for(lambda: Heartbeat.objects.filter(name="beat").exists())
    assert (run.period, run.asked_by, run.attempts) == (today.isoformat(), "tick", 1)
    assert run.counts["created"] == Touchpoint.objects.count() >= 3
    assert Touchpoint.objects.filter(account=account, slot__is_track=True).count() == 3
    beats = {beat.name: beat.beat_at for beat in Heartbeat.objects.all()}
    assert {"worker", "beat", "tick"} <= beats.keys()
    assert all(timezone.now() - at < timedelta(minutes=2) for at in beats.values())
    assert check(today) == []


def test_a_worker_killed_in_the_night_is_replaced_and_the_night_is_made() -> None:
    today = company_today()
    customer(seed(today - timedelta(days=30)), today - timedelta(days=1))
    make_schedule(is_on=True, nightly_at="00:00")
    with running_queue(every=1, beat=False, TEND_KILL_AT="reconciled") as queue:
        queue.wait_for(lambda: JobRun.objects.filter(job="nightly", state=JobRun.State.RUNNING).exists())
        queue.kill(queue.worker)
        assert rows() == []
        # as if it had happened a while ago: nobody holds its lock any more
        JobRun.objects.update(started_at=timezone.now() - timedelta(minutes=2))
        del queue.env["TEND_KILL_AT"]
        queue.start_worker()
        queue.wait_for(_night_is_done)
    assert JobRun.objects.get(job="nightly").attempts >= 2
    assert len(rows()) >= 3
    assert check(today) == []
