"""The commands as people and scripts use them: words, JSON, exit codes."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cadences.models import Plan, PlanItem, Purpose, Schedule, Touchpoint
from tests.cadences.engine.seeded import customer
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def say(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def refusal(*words: str) -> tuple[str, int]:
    with pytest.raises(CommandError) as caught:
        say(*words)
    return str(caught.value), caught.value.returncode


@pytest.fixture
def lacor() -> Any:
    """The account of the documented example, with an owner called Michael Suyama."""
    say("seed")
    owner = make_user(display_name="Michael Suyama", external_id="6")
    return customer(owner, date(1998, 1, 29), external_id="LACOR", name="La corne d'abondance", country="FR")


def test_seed_makes_everything_once_and_leaves_the_schedule_off() -> None:
    assert "28 items" in say("seed")
    assert say("seed").strip() == "Everything is there already."
    assert Plan.objects.get().state == Plan.State.DRAFT
    assert not Schedule.get().is_on
    monthly = Purpose.objects.get(key="one-month-call")
    assert [point["key"] for point in monthly.checklist if point["gate"] == "favourable"] == ["cross-selling"]


def test_seed_keeps_what_an_admin_changed() -> None:
    say("seed")
    PlanItem.objects.filter(slot__key="one-week-call").update(every=8)
    Purpose.objects.filter(key="meeting").update(name="Lunch")
    say("seed")
    assert PlanItem.objects.get(slot__key="one-week-call").every == 8
    assert Purpose.objects.get(key="meeting").name == "Lunch"


def test_the_documented_sequence_works_while_the_schedule_is_off(lacor: Any) -> None:
    assert "runs from 1998-01-01" in say("plan_start", "1998-01-01")
    words = say("nightly", "--on", "1998-01-30")
    assert "created" in words
    assert "schedule is off" in words
    everything = json.loads(say("owed", "--account", "LACOR", "--json"))
    # Only the track: where in its half-year the check-in e-mail falls depends on the account's id.
    found = [row for row in everything if row["cycle"] == "first"]
    assert [(row["slot"], row["kind"], row["ideal"], row["due"], row["assignee"]) for row in found] == [
        ("one-week-call", "call", "1998-02-05", "1998-02-05", "Michael Suyama"),
        ("two-week-survey", "survey", "1998-02-12", "1998-02-12", None),
        ("one-month-call", "call", "1998-02-28", "1998-03-02", "Michael Suyama"),
    ]
    assert {"account", "cycle", "state", "why", "assignee_id", "account_name"} <= found[0].keys()
    assert "28 February 1998 is a Saturday" in found[2]["why"]
    assert "LACOR  1998-02-05" in say("owed", "--all", "--to", "1998-02-05")
    assert say("owed", "--all", "--from", "1999-01-01").strip() == "Nothing."
    assert say("check_ledger").strip() == "All is well as of 1998-01-30."


def test_the_start_of_the_plan_can_be_moved_until_something_has_run(lacor: Any) -> None:
    say("plan_start", "1998-01-01")
    say("plan_start", "1998-01-02")
    assert set(PlanItem.objects.values_list("since", flat=True)) == {date(1998, 1, 2)}
    say("nightly", "--on", "1998-01-30")
    words, code = refusal("plan_start", "1998-01-03")
    assert "has run already" in words
    assert code == 2


def test_nightly_refuses_the_past_and_rehearses_it(lacor: Any) -> None:
    say("plan_start", "1998-01-01")
    say("nightly", "--on", "1998-01-30")
    words, code = refusal("nightly", "--on", "1998-01-29")
    assert "1998-01-30 has run already" in words
    assert code == 2
    found = json.loads(say("nightly", "--on", "1998-01-29", "--rehearse", "--json"))
    assert found["rehearsed"] is True
    assert found["on"] == "1998-01-29"
    assert {"created", "moved", "cancelled", "lapsed", "closed", "reopened", "troubled"} <= found.keys()


def test_owed_refuses_an_account_nobody_knows() -> None:
    words, code = refusal("owed", "--account", "NOBODY")
    assert "NOBODY" in words
    assert code == 2


def test_check_ledger_names_what_is_missing_doubled_or_wrong(lacor: Any) -> None:
    say("plan_start", "1998-01-01")
    say("nightly", "--on", "1998-01-30")
    Touchpoint.objects.get(slot__key="two-week-survey").delete()
    Touchpoint.objects.filter(slot__key="one-week-call").update(planned_on=date(1998, 2, 6))
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("check_ledger", "--json", stdout=out)
    assert caught.value.code == 1
    assert sorted((row["account"], row["slot"], row["law"]) for row in json.loads(out.getvalue())) == [
        ("LACOR", "one-week-call", "a row has other dates than owed"),
        ("LACOR", "two-week-survey", "what is owed is missing"),
    ]
