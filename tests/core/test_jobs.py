"""Claims of periodic jobs: one worker per civil period, a live one keeps its claim, a deadly one ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from core import jobs
from core.models import JobRun

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-24"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel("2026-11-24 03:00+00:00", tick=False) as clock:
        yield clock


@contextmanager
def at_work_elsewhere(job: str) -> Iterator[None]:
    """Another process holds the lock that a working run holds."""
    with closing(connection.get_new_connection(connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [jobs.JOB_LOCKS, jobs._number(job)])
        yield


def claim(**more: object) -> JobRun | None:
    return jobs.claim("sums", PERIOD, "tick", **more)


def test_a_period_is_claimed_once():
    run = claim()
    assert run is not None
    assert (run.state, run.attempts) == ("running", 1)
    assert claim() is None


def test_what_is_done_is_done_again_only_when_a_person_asks():
    run = jobs.perform(claim(), lambda: {"created": 3})
    assert (run.state, run.counts) == ("done", {"created": 3})
    assert claim() is None
    assert claim(again=True).attempts == 2


def test_a_run_that_works_for_hours_keeps_its_claim(clock):
    run = claim()
    clock.shift(timedelta(hours=5))
    with at_work_elsewhere("sums"):
        assert claim() is None
        assert claim(again=True) is None
    assert jobs.perform(run, dict).state == "done"


def test_a_run_whose_process_died_is_taken_over_and_the_old_one_writes_nothing(clock):
    old = claim()
    assert claim() is None  # it may be about to begin
    clock.shift(timedelta(minutes=1))
    with at_work_elsewhere("other"):
        new = claim()
    assert new.attempts == 2
    with pytest.raises(jobs.LostClaimError):
        jobs.perform(old, lambda: JobRun.objects.create(job="effect", period="x") and {})
    assert not JobRun.objects.filter(job="effect").exists()
    assert jobs.perform(new, dict).state == "done"


def test_a_run_that_kills_its_process_each_time_is_dead_after_five_and_a_person_may_try_again(clock):
    for attempt in range(1, 6):
        assert claim().attempts == attempt
        clock.shift(timedelta(minutes=2))
    assert claim() is None
    run = JobRun.objects.get()
    assert (run.state, run.attempts) == ("dead", 5)
    assert "process died" in run.error
    assert claim() is None
    assert claim(again=True).attempts == 6


def test_a_failure_is_said_and_tried_again_after_a_pause(clock):
    with pytest.raises(ZeroDivisionError):
        jobs.perform(claim(), lambda: 1 / 0)
    run = JobRun.objects.get()
    assert (run.state, run.error) == ("failed", "ZeroDivisionError: division by zero")
    assert claim() is None
    clock.shift(timedelta(minutes=2, seconds=1))
    assert claim().attempts == 2
