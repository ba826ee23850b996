"""Asking for a simulation, computing it, and what can go wrong on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, connection

from cadences import plans
from cadences.cost import effect, load
from cadences.models import Simulation
from cadences.simulation import computing, runs

from .conftest import TODAY, text

pytestmark = pytest.mark.django_db
WEEKS = [date(2026, 11, 23) + timedelta(days=7) * number for number in range(26)]


@pytest.fixture
def rung(company, monkeypatch):
    """No company is small enough to be computed at once; who is rung for is noted."""
    calls = []
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    monkeypatch.setattr(runs.current_app, "send_task", lambda name, args, **_: calls.append((name, args)))
    return calls


def summed(plan):
    """What the engine says of a plan, by kind and by person, in the weeks that are shown."""
    kinds, minutes = {}, {}
    for one in load(plan, TODAY):
        if one.week_on in WEEKS:
            place = WEEKS.index(one.week_on)
            kinds.setdefault(one.kind, [0] * 26)[place] += one.touchpoints
            minutes.setdefault(str(one.assignee_id or 0), [0] * 26)[place] += one.minutes
    return kinds, minutes


def test_the_figures_are_what_the_engine_says(company):
    figures = runs.start(company.admin, company.draft).figures

    assert figures["weeks"] == [week.isoformat() for week in WEEKS]
    assert figures["effect"] == effect(company.draft, TODAY)
    for side, plan in (("old", company.running), ("new", company.draft)):
        kinds, minutes = summed(plan)
        assert sum(map(sum, kinds.values())) > 20
        none = [0] * 26
        assert {kind: row[side] for kind, row in figures["kinds"].items() if row[side] != none} == kinds
        found = {user: row[f"{side}_minutes"] for user, row in figures["users"].items()}
        assert {user: row for user, row in found.items() if row != none} == {
            user: row for user, row in minutes.items() if row != none
        }
    assert figures["kinds"]["call"]["old"] != figures["kinds"]["call"]["new"]


def test_slices_of_accounts_give_the_same_figures(company, monkeypatch):
    whole = runs.start(company.admin, company.draft).figures
    monkeypatch.setattr(computing, "SLICE", 1)

    assert runs.start(company.admin, company.draft).figures == whole


def test_a_simulation_changes_nothing(company):
    from cadences.models import Touchpoint

    before = list(Touchpoint.objects.order_by("pk").values())
    runs.start(company.admin, company.draft)
    assert list(Touchpoint.objects.order_by("pk").values()) == before


def test_without_a_running_plan_there_is_nothing_to_compare_with(company, page):
    company.running.state = "retired"
    company.running.save()

    shown = text(page(post=True))

    assert "No plan runs yet" in shown
    assert "Draft" in shown


def test_only_a_draft_that_owes_something_is_simulated(company, page):
    with pytest.raises(ValidationError, match="only a draft"):
        runs.start(company.admin, company.running)
    company.draft.items.all().delete()
    with pytest.raises(ValidationError, match="Fill at least one cell"):
        runs.start(company.admin, company.draft)
    assert "Fill at least one cell" in text(page(post=True))
    assert not Simulation.objects.exists()


def test_only_admins_start_one(company):
    with pytest.raises(PermissionDenied):
        runs.start(company.manager, company.draft)


def test_figures_of_another_draft_or_day_are_stale(company, page, tuesday):
    assert "has changed since" not in text(page(post=True))
    item = company.draft.items.first()
    item.minutes += 5
    item.save()
    assert "has changed since" in text(page())
    assert "has changed since" not in text(page(post=True))
    tuesday.shift(timedelta(days=1))
    assert "has changed since" in text(page())


def test_a_worker_computes_it_for_many_accounts(company, page, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        shown = text(page(post=True))
    simulation = Simulation.objects.get()

    assert rung == [(runs.TASK, [simulation.pk])]
    assert "Waiting for a worker" in shown
    assert 'hx-trigger="every 1s"' in shown
    runs.work(simulation.pk)
    assert "touchpoints a week" in text(page())


def test_asked_twice_it_is_computed_once(company, page, rung, tuesday, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = runs.start(company.admin, company.draft)
        assert runs.start(company.admin, company.draft) == first
    assert len(rung) == 1

    tuesday.shift(timedelta(minutes=2))
    assert "No worker has taken it yet" in text(page())
    with django_capture_on_commit_callbacks(execute=True):
        assert runs.start(company.admin, company.draft) == first
    assert len(rung) == 2

    for _ in range(2):  # both rings are heard
        runs.work(first.pk)
    first.refresh_from_db()
    assert first.state == "done"


def test_the_page_says_what_is_computed_just_now(company, page, rung, monkeypatch):
    simulation = runs.start(company.admin, company.draft)
    seen = []

    def look(*args, **_):
        seen.append(text(page(HTTP_HX_REQUEST="true")))
        return effect(*args)

    monkeypatch.setattr(computing, "effect", look)
    runs.work(simulation.pk)

    assert "Counting what its first night would change" in seen[0]
    assert "step 3 of 4" in seen[0]
    assert "<html" not in seen[0]


def test_a_worker_that_died_is_told_and_replaced(company, page, rung, tuesday):
    dead = runs.start(company.admin, company.draft)
    Simulation.objects.filter(pk=dead.pk).update(state="running", step="draft")
    tuesday.shift(timedelta(minutes=2))

    with connection.cursor() as cursor:  # as long as its session lives, it works
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [runs.LOCKS, dead.pk])
        assert "Adding up what the draft would owe" in text(page())
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [runs.LOCKS, dead.pk])
    assert "The worker stopped" in text(page())

    fresh = runs.start(company.admin, company.draft)
    assert fresh != dead
    dead.refresh_from_db()
    assert dead.state == "failed"


def test_the_message_of_a_dead_worker_is_taken_up(company, rung):
    left = runs.start(company.admin, company.draft)
    Simulation.objects.filter(pk=left.pk).update(state="running", step="draft")
    runs.work(left.pk)
    left.refresh_from_db()
    assert left.state == "done"


@pytest.mark.parametrize(
    ("error", "words"),
    [(DataError("date out of range"), "Run now"), (ZeroDivisionError("no"), "unexpected error")],
)
def test_a_failure_says_what_to_do(company, page, monkeypatch, error, words):
    def broken(*_):
        raise error

    monkeypatch.setattr(computing, "effect", broken)
    shown = text(page(post=True))
    assert "The simulation failed" in shown
    assert words in shown
    assert "Simulate again" in shown

    monkeypatch.undo()
    assert "touchpoints a week" in text(page(post=True))
    assert Simulation.objects.count() == 1


def test_a_queue_that_does_not_answer_is_told(company, page, monkeypatch, django_capture_on_commit_callbacks):
    def silent(*_, **__):
        raise OSError

    monkeypatch.setattr(runs, "AT_ONCE", 0)
    monkeypatch.setattr(runs.current_app, "send_task", silent)
    with django_capture_on_commit_callbacks(execute=True):
        page(post=True)
    assert "The queue does not answer" in text(page())


def test_a_draft_activated_meanwhile_is_no_draft_any_more(company, page, rung):
    simulation = runs.start(company.admin, company.draft)
    plans.activate(company.admin, company.draft, TODAY)
    runs.work(simulation.pk)
    shown = text(page())
    assert "only a draft is simulated" in shown
    assert "Simulate again" not in shown
