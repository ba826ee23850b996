"""The night: once per civil date, caught up, refused for the past, rehearsed; a broken row stops nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from cadences import nightly
from cadences.models import Override, Plan, Slot, Touchpoint
from cadences.nightly import NightRefusedError, run_night
from core import jobs
from core.models import Heartbeat, JobRun
from tests.cadences.engine.seeded import customer, rows, seed
from tests.factories import make_company, make_interaction, make_item, make_plan, make_schedule, make_slot

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)


def at(day: date, hour: int = 3, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=UTC)


def test_a_night_makes_what_is_owed_and_says_how_much() -> None:
    account = customer(seed(), date(2026, 3, 9))
    run = run_night(DAY, asked_by="command")
    assert run.state == JobRun.State.DONE
    assert run.counts["created"] == Touchpoint.objects.count() > 0
    track = Touchpoint.objects.filter(account=account, slot__is_track=True).order_by("ideal_on")
    assert [(row.slot.key, row.ideal_on) for row in track] == [
        ("one-week-call", date(2026, 3, 16)),
        ("two-week-survey", date(2026, 3, 23)),
        ("one-month-call", date(2026, 4, 9)),
    ]
    assert [row.assignee for row in track] == [account.owner, None, account.owner]


def test_the_same_night_twice_changes_nothing() -> None:
    customer(seed(), date(2026, 3, 9), "Large")
    run_night(DAY, asked_by="command")
    before = rows()
    run = run_night(DAY, asked_by="command")
    assert rows() == before
    assert JobRun.objects.filter(job="nightly").count() == 1
    assert run.attempts == 2
    assert run.counts["created"] == len(before)


def test_an_earlier_night_is_refused_and_writes_nothing() -> None:
    customer(seed(), date(2026, 3, 9))
    run_night(DAY, asked_by="command")
    before = rows()
    with pytest.raises(NightRefusedError):
        run_night(DAY - timedelta(days=1), asked_by="command")
    assert rows() == before
    assert JobRun.objects.count() == 1


def test_a_rehearsal_computes_everything_and_leaves_nothing() -> None:
    customer(seed(), date(2026, 3, 9))
    run_night(DAY, asked_by="command")
    before, runs = rows(), JobRun.objects.count()
    run = run_night(DAY + timedelta(days=60), asked_by="command", rehearse=True)
    assert run.counts["lapsed"] > 0
    assert rows() == before
    assert JobRun.objects.count() == runs
    earlier = run_night(DAY - timedelta(days=1), asked_by="command", rehearse=True)
    assert earlier.pk is None
    assert rows() == before


def test_the_plan_of_the_day_runs_before_anything_is_owed() -> None:
    """A scheduled version takes over with the night of its first day, or the first one after it."""
    account = customer(seed(), date(2025, 3, 9))
    run_night(DAY, asked_by="command")
    first = DAY + timedelta(days=3)
    waiting = make_plan(version=2, state="scheduled", effective_from=first)
    visit = make_item(make_slot("visit"), plan=waiting, kind="meeting", every=1, unit="month")
    run_night(DAY + timedelta(days=2), asked_by="command")
    assert not Touchpoint.objects.filter(plan_version=2).exists()
    run_night(first + timedelta(days=1), asked_by="command", rehearse=True)
    assert Plan.objects.get(version=2).state == "scheduled"
    run_night(first + timedelta(days=1), asked_by="command")
    row = Touchpoint.objects.get(account=account, slot__key="visit")
    assert (row.item, row.basis, row.base_on, row.state) == (visit, "floor", first, "open")
    assert not Touchpoint.objects.open().filter(plan_version=1).exists()
    assert {plan.version: plan.state for plan in Plan.objects.all()} == {1: "retired", 2: "running"}


def test_missed_nights_are_covered_by_one_run_with_the_same_rows() -> None:
    owner = seed()
    accounts = [customer(owner, date(2026, 2, 1) + timedelta(days=n), "Medium") for n in range(12)]
    run_night(DAY, asked_by="command")
    run_night(DAY + timedelta(days=21), asked_by="command")
    after_gap = rows(*accounts)
    covered = JobRun.objects.filter(state=JobRun.State.COVERED).order_by("period")
    assert [run.period for run in covered] == [
        (DAY + timedelta(days=ahead)).isoformat() for ahead in range(1, 21)
    ]
    Touchpoint.objects.all().delete()
    JobRun.objects.all().delete()
    for ahead in range(22):
        run_night(DAY + timedelta(days=ahead), asked_by="command")
    assert rows(*accounts) == after_gap


def test_facts_dated_later_are_ignored() -> None:
    account = customer(seed(), DAY + timedelta(days=1))
    run_night(DAY, asked_by="command")
    assert rows(account) == []
    run_night(DAY + timedelta(days=1), asked_by="command")
    assert rows(account) != []


class TestTick:
    def test_does_nothing_while_the_schedule_is_off(self) -> None:
        customer(seed(), date(2026, 3, 9))
        make_schedule(is_on=False)
        assert nightly.tick(at(DAY)) is None
        assert rows() == []
        assert Heartbeat.objects.get(name="tick").beat_at == at(DAY)

    def test_starts_the_night_at_its_hour_by_the_company_clock_and_once(self) -> None:
        customer(seed(), date(2026, 3, 9))
        make_company(time_zone="America/New_York")  # 01:30 there is 05:30 UTC
        make_schedule(is_on=True, nightly_at=time(1, 30), switched_on_at=at(DAY, 0))
        run = nightly.tick(at(DAY, 5, 0))
        assert run is not None
        assert run.period == "2026-03-09"
        run = nightly.tick(at(DAY, 5, 31))
        assert run is not None
        assert run.period == DAY.isoformat()
        assert nightly.tick(at(DAY, 5, 32)) is None

    def test_does_not_make_up_for_nights_before_it_was_switched_on(self) -> None:
        customer(seed(), date(2026, 3, 9))
        make_schedule(is_on=True, nightly_at=time(4, 0), switched_on_at=at(DAY, 2))
        assert nightly.tick(at(DAY, 3)) is None
        run = nightly.tick(at(DAY, 4))
        assert run is not None
        assert run.period == DAY.isoformat()

    def test_catches_up_a_missed_night_at_the_next_tick(self) -> None:
        customer(seed(), date(2026, 3, 9))
        make_schedule(is_on=True, switched_on_at=at(DAY, 0))
        nightly.tick(at(DAY, 2))
        run = nightly.tick(at(DAY + timedelta(days=3), 17))
        assert run is not None
        assert run.period == (DAY + timedelta(days=3)).isoformat()
        assert run.counts["covered"] == 2

    def test_a_failure_is_tried_again_later_and_is_dead_after_five(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seed()
        make_schedule(is_on=True, switched_on_at=None)
        monkeypatch.setattr(nightly, "reconcile", _explode)
        now = at(DAY)
        for attempt in range(1, 6):
            monkeypatch.setattr(jobs.timezone, "now", lambda now=now: now)
            with pytest.raises(RuntimeError):
                nightly.tick(now)
            run = JobRun.objects.get(period=DAY.isoformat())
            assert (run.attempts, run.error) == (attempt, "RuntimeError: disk on fire")
            assert nightly.tick(now) is None  # not at once again
            now += timedelta(minutes=2**attempt, seconds=1)
        assert run.state == JobRun.State.DEAD
        monkeypatch.setattr(jobs.timezone, "now", lambda: now)
        assert nightly.tick(now) is None
        monkeypatch.undo()
        assert run_night(DAY, asked_by="a person").state == JobRun.State.DONE


def _explode(*_: object) -> None:
    raise RuntimeError("disk on fire")


def test_a_broken_account_is_left_out_named_and_stops_nobody_else() -> None:
    owner = seed()
    accounts = [customer(owner, date(2025, 6, 1)) for _ in range(9)]
    broken = accounts[4]
    Override.objects.create(
        account=broken,
        slot=Slot.objects.get(key="relationship-call"),
        every=32767,  # an exception of a length that no calendar holds
        unit="year",
        reason="a slip of the finger",
    )
    make_interaction(broken, happened_on=date(2026, 2, 20))
    run = run_night(DAY, asked_by="command")
    assert [row["account"] for row in run.counts["troubled"]] == [broken.pk]
    assert run.counts["troubled"][0]["reason"]
    assert {row[0] for row in rows()} == {account.pk for account in accounts if account != broken}
    assert run.state == JobRun.State.DONE
