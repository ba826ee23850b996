"""A draft simulated from a later day on: chosen, checked, handed over, and true to the row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cadences.cost import effect
from cadences.models import Plan, Simulation, Touchpoint
from cadences.nightly import run_night
from cadences.preview import preview
from cadences.simulation import runs

from .conftest import TODAY, text

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 29)  # by then a call after a week has lapsed
NAMES = ("account_id", "slot_id", "cycle", "item_id", "kind", "ideal_on", "due_on", "assignee_id")


def simulated(draft: Plan, on: date) -> set[tuple]:
    """What the same question answers row by row; projected contacts are never stored."""
    rows = [one for one in preview(None, on, plan=draft) if not one.is_projected]
    return {tuple(getattr(one, name) for name in NAMES) for one in rows}


def stored() -> set[tuple]:
    return set(Touchpoint.objects.open().exclude(anchor="agreed").values_list(*NAMES))


@pytest.mark.parametrize("nights", [(), (2, 9, 16)], ids=["straight", "nights between"])
def test_the_night_of_that_day_stores_what_was_simulated(company, page, client, tuesday, nights):
    page(post=True, on=LATER.isoformat())
    figures = Simulation.objects.get().figures
    rows = simulated(company.draft, LATER)
    assert rows != simulated(company.draft, TODAY)
    assert figures["effect"] == effect(company.draft, LATER)
    assert figures["effect_alone"] == effect(company.running, LATER)

    activation = reverse("plan:activate", args=[company.draft.pk])
    client.post(activation, {"on": LATER.isoformat(), "note": "Small ones monthly"})
    for days in nights:
        tuesday.move_to(f"{TODAY + timedelta(days=days)} 12:00")
        run_night(TODAY + timedelta(days=days), "test")
    tuesday.move_to(f"{LATER} 12:00")
    run = run_night(LATER, "test")

    company.draft.refresh_from_db()
    assert (company.draft.state, company.draft.effective_from) == ("running", LATER)
    assert stored() == rows
    if not nights:
        assert run.counts["lapsed"] == figures["effect"]["lapsed"] > 0
        assert run.counts["created"] == figures["effect"]["created"]


def test_the_page_says_the_day_and_hands_it_over(company, page, client):
    shown = text(page(post=True, on="2026-12-29"))
    assert "as if it took over on 29 December 2026, with the facts of today." in shown
    assert "The first week begins with 29 December" in shown
    assert "The same night under plan 1:" in shown
    assert Simulation.objects.get().figures["weeks"][0] == "2026-12-28"
    activation = reverse("plan:activate", args=[company.draft.pk])
    assert f'href="{activation}?on=2026-12-29"' in shown
    assert 'name="on" value="2026-12-29"' in shown  # asked again, it is the same day
    form = text(client.get(f"{activation}?on=2026-12-29"))
    assert 'value="2026-12-29"' in form
    assert f'formaction="{reverse("simulation:start", args=[company.draft.pk])}"' in form


def test_the_activation_form_asks_for_its_day(company, page, client):
    page()
    asked = reverse("simulation:start", args=[company.draft.pk])
    client.post(asked, {"on": "2027-01-04", "note": "Small ones monthly", "version": ""})
    assert Simulation.objects.get().effective_from == date(2027, 1, 4)


def test_without_a_day_it_is_today(company, page):
    shown = text(page(post=True))
    assert Simulation.objects.get().effective_from == TODAY
    assert Simulation.objects.get().figures["effect_alone"] is None
    assert "as if it took over that day." in shown
    assert "The same night" not in shown


@pytest.mark.parametrize("asked", ["2020-01-01", "nonsense", "2026-11-23", ""])
def test_a_link_with_no_such_day_leaves_the_form_as_usual(company, page, client, asked):
    page()
    activation = reverse("plan:activate", args=[company.draft.pk])
    assert 'value="2026-11-25"' in text(client.get(activation, {"on": asked}))


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2026-11-23", "Choose today (24 November 2026) or a later day."),
        ("2027-11-26", "Choose a day until 25 November 2027"),
        ("9999-12-31", "Choose a day until 25 November 2027"),
        ("2027-02-29", "Enter a valid date."),
        ("soon", "Enter a valid date."),
    ],
)
def test_a_day_on_which_no_draft_can_begin_is_refused_beside_its_field(company, page, on, words):
    answer = page(post=True, on=on)
    assert answer.status_code == 422
    assert words in text(answer)
    assert f'value="{on}"' in text(answer)
    assert not Simulation.objects.exists()


@pytest.fixture
def waiting(company, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    monkeypatch.setattr(runs.current_app, "send_task", lambda *_, **__: None)
    return runs.start(company.admin, company.draft)


def test_one_that_waits_takes_the_day_that_was_asked_for_last(company, page, waiting):
    page(post=True, on="2026-12-29")
    waiting.refresh_from_db()
    assert waiting.effective_from == LATER
    runs.work(waiting.pk)
    assert "took over on 29 December 2026" in text(page())


def test_one_at_work_is_not_turned_round(company, page, waiting):
    Simulation.objects.update(state="running", step="draft")
    told = text(page(post=True, on="2026-12-29"))
    assert "A simulation from 24 November 2026 is being computed." in told
    assert "Adding up what the draft would owe" in told
    assert Simulation.objects.get().effective_from == TODAY


def test_one_that_waited_beyond_its_day_is_of_the_day_it_is_computed(company, waiting, tuesday):
    tuesday.shift(timedelta(days=1))
    runs.work(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.as_of, waiting.effective_from) == (date(2026, 11, 25), date(2026, 11, 25))
