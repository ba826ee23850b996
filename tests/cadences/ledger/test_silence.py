"""Accounts at risk of silence: which, why, in which order, and for whom."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from cadences.ledger_pages import silence
from cadences.ledger_pages.silence import REASONS
from cadences.ledger_pages.suspects import Suspects
from cadences.models import Override, Plan, PlanItem
from tests import factories as make
from tests.cadences.ledger.conftest import DAY, TODAY

SILENCE = reverse("ledger:silence")


@pytest.fixture
def plan(people):
    """A call every 60 days for everybody, every 30 for the tier above."""
    make.make_schedule()
    make.make_company()
    make.make_tier(1)
    plan = make.make_plan(state=Plan.State.RUNNING, effective_from=date(2024, 1, 1))
    slot = make.make_slot("relationship-call", name="Relationship call")
    for tier, days in ((None, 60), (make.make_tier(2, name="Large"), 30)):
        make.make_item(
            slot, plan=plan, tier=tier, every=days, unit=PlanItem.Unit.DAY, qualifying=["call", "meeting"],
            tolerance_days=3,
        )  # fmt: skip
    return plan


@pytest.fixture
def account(people, plan):
    """Makes a customer with a next date, spoken to so many days ago."""

    def customer(owner=None, talked: int | None = 10, name="Acme Machining", dated=True, **fields) -> Account:
        owner = people.owner if owner is None else owner or None
        made = make.make_account(owner, name=name, status="customer", **fields)
        if talked is not None:
            make.make_interaction(made, owner or people.owner, happened_on=TODAY - DAY * talked)
        if dated:
            make.make_touchpoint(made, owner, TODAY + DAY * 5, make.make_slot("relationship-call"))
        return made

    return customer


def test_whoever_was_spoken_to_in_time_is_at_no_risk(account, see):
    account(talked=60)
    assert "No account is at risk" in see(SILENCE)


def test_silence_is_told_with_the_plan(account, see):
    account(talked=61)
    assert "Silent 61 days, plan 60" in see(SILENCE)


def test_the_interval_is_that_of_the_tier_and_of_the_exception(account, see):
    account(talked=31, tier=make.make_tier(2))
    patient = account(talked=70, name="Patient", tier=make.make_tier(1))
    slot = make.make_slot("relationship-call")
    exception = {"every": 90, "unit": "day", "reason": "They asked for it"}
    Override.objects.create(account=patient, slot=slot, **exception)
    html = see(SILENCE)
    assert "Silent 31 days, plan 30" in html
    assert "Patient" not in html


@pytest.mark.parametrize(
    "talk",
    [
        {"kind": "note"},
        {"reached": False, "outcome": "no_answer"},
        {"by_owner_side": False},
        {"kind": "email"},
    ],
)
def test_only_a_contact_that_counts_for_the_plan_ends_silence(account, see, people, talk):
    made = account(talked=61)
    make.make_interaction(made, people.owner, happened_on=TODAY - DAY, **talk)
    assert "Silent 61 days" in see(SILENCE)
    make.make_interaction(made, people.owner, happened_on=TODAY - DAY, kind="meeting")
    assert "No account is at risk" in see(SILENCE)


def test_who_was_never_spoken_to_counts_from_becoming_a_customer(account, see):
    account(talked=None, became_customer_on=TODAY - DAY * 100)
    assert "Never spoken to, for 100 days, plan 60" in see(SILENCE)


def test_no_next_date(account, see):
    account(dated=False)
    assert "No next date" in see(SILENCE)


def test_a_survey_and_a_todo_are_no_next_date(account, see, people):
    made = account(dated=False)
    make.make_touchpoint(made, None, TODAY + DAY, make.make_slot("survey"), kind="survey")
    make.make_touchpoint(made, people.owner, TODAY + DAY, make.make_slot("todo"), kind="todo")
    assert "No next date" in see(SILENCE)


def test_an_item_of_the_calendar_will_bring_a_date(account, see, plan):
    account(dated=False)
    make.make_item(
        make.make_slot("greeting"), plan=plan, kind="gift", anchor=PlanItem.Anchor.CALENDAR,
        cycle="year", window_from=150, window_days=20,
    )  # fmt: skip
    assert "No account is at risk" in see(SILENCE)


def test_nobody_assigned_and_an_owner_who_has_left(account, see, people):
    account(owner=False, name="Orphan")
    people.owner.is_active, people.owner.deactivated_at = False, make.at("2026-05-03 12:00")
    people.owner.save()
    account(name="Left behind")
    html = see(SILENCE)
    assert "Nobody assigned" in html
    assert "Kari Holm left on 3 May 2026" in html
    assert html.count("choose one") == 2


def test_an_owner_who_is_away_and_who_stands_in(account, see, people):
    made = account()
    make.make_absence(people.owner, TODAY - DAY, TODAY + DAY * 9)
    assert "Kari Holm is away until 3 December 2026" in see(SILENCE)
    made.touchpoints.update(assignee=people.deputy)
    assert "Kari Holm is away until 3 December 2026, Dag Moe stands in" in see(SILENCE)


def test_paused_former_and_prospects_are_not_listed(account, see):
    account(talked=200, paused_from=TODAY - DAY, paused_until=TODAY)
    make.make_account(None, name="Prospect")
    make.make_account(None, name="Former", status="former")
    assert "No account is at risk" in see(SILENCE)


def test_what_was_agreed_to_be_quiet_is_not_counted(account, see):
    account(talked=200, paused_from=TODAY - DAY * 90, paused_until=TODAY - DAY * 60)
    assert "No account is at risk" in see(SILENCE)
    with time_machine.travel("2026-11-25 08:00:00+00:00", tick=False):
        assert "Silent 201 days, plan 60" in see(SILENCE)


def test_the_worst_stands_first(account, see, people):
    account(name="A little silent", talked=62)
    account(name="B silent", talked=130)
    account(name="C orphan", owner=False)
    account(name="D long silent", talked=300)
    html = see(SILENCE)
    names = ["D long silent", "C orphan", "B silent", "A little silent"]
    assert sorted(names, key=html.index) == names


@pytest.mark.parametrize(
    ("reason", "name"),
    [("silent", "Silent one"), ("no_date", "Dateless"), ("nobody", "Orphan"), ("away", "Away")],
)
def test_one_reason_can_be_chosen(account, see, people, reason, name):
    account(name="Silent one", talked=99)
    account(name="Dateless", dated=False)
    account(name="Orphan", owner=False)
    account(name="Away", owner=people.deputy)
    make.make_absence(people.deputy, TODAY, TODAY)
    html = see(SILENCE, reason=reason)
    assert [each for each in ("Silent one", "Dateless", "Orphan", "Away") if each in html] == [name]


def test_managers_see_their_teams_and_nobodys_admins_all(account, see, people):
    account(name="Ours", talked=99)
    account(name="Elsewhere", talked=99, owner=people.colleague)
    account(name="Orphan", owner=False)
    seen = {
        who: [name for name in ("Ours", "Elsewhere", "Orphan") if name in see(SILENCE, getattr(people, who))]
        for who in ("manager", "admin")
    }
    assert seen == {"manager": ["Ours", "Orphan"], "admin": ["Ours", "Elsewhere", "Orphan"]}
    assert "Elsewhere" not in see(SILENCE, owner=people.colleague.pk)


def test_tier_team_and_owner_narrow_the_list(account, see, people):
    account(name="Ours", talked=99, tier=make.make_tier(2))
    account(name="Elsewhere", talked=99, owner=people.colleague)
    for data, name in (
        ({"tier": make.make_tier(2).pk}, "Ours"),
        ({"team": people.owner.team_id}, "Ours"),
        ({"owner": people.colleague.pk}, "Elsewhere"),
    ):
        html = see(SILENCE, people.admin, **data)
        assert [each for each in ("Ours", "Elsewhere") if f">{each}<" in html] == [name]


@pytest.fixture
def many(account, people, plan):
    """Accounts around every bound: days of talks, tiers, exceptions, owners who are away or have left."""
    slot = make.make_slot("relationship-call")
    make.make_item(slot, plan=plan, tier=make.make_tier(3), every=1, unit="month", qualifying=["call"])
    make.make_absence(people.deputy, TODAY, TODAY + DAY * 60)
    people.colleague.is_active = False
    people.colleague.save()
    owners = (people.owner, people.owner, people.deputy, people.colleague, False)
    ages = (None, -1, 0, 26, 27, 28, 29, 30, 31, 32, 33, 59, 60, 61, 62, 89, 90, 91, 92, 400)
    rng = random.Random(19)
    for place, talked in enumerate(ages * 6):
        tier = make.make_tier(1 + place % 3)
        made = account(rng.choice(owners), talked, f"Customer {place}", rng.random() < 0.8, tier=tier)
        if place % 5 == 0:
            make.make_interaction(made, people.owner, happened_on=TODAY - DAY * 3, kind="email")
        if place % 7 == 0:
            exception = {"is_off": True} if place % 2 else {"every": rng.choice([20, 90]), "unit": "day"}
            Override.objects.create(account=made, slot=slot, reason="Wanted so", **exception)


@pytest.mark.parametrize("day", ["2026-11-24", "2026-11-30", "2026-12-31"])
@pytest.mark.parametrize("reason", ["", *REASONS])
def test_nobody_at_risk_escapes_suspicion(many, people, monkeypatch, reason, day):
    def listed() -> list[Any]:
        pages = [
            silence.at_risk(people.admin, silence.Wanted(reason=reason), number) for number in range(1, 13)
        ]
        return [(page.total, page.number, risk.found[:-1]) for page in pages for risk in page.rows]

    monkeypatch.setattr(silence, "PAGE_SIZE", 10)
    with time_machine.travel(f"{day} 08:00:00+00:00", tick=False):
        found = listed()
        everybody = Suspects(set(Account.objects.values_list("pk", flat=True)), [])
        monkeypatch.setattr(silence, "suspects", lambda *_: everybody)
        assert found == listed()
    assert found


def test_only_those_of_the_page_are_measured(account, see, people, monkeypatch):
    """Of nobody's accounts, spoken to in time, the order is known: the engine is not asked about all."""
    for place in range(9):
        account(name=f"Orphan {place}.", owner=False)
    account(name="Silent", talked=70)
    asked: list[int] = []
    ask = silence._ask
    monkeypatch.setattr(silence, "_ask", lambda ids, *more: asked.append(len(ids)) or ask(ids, *more))
    monkeypatch.setattr(silence, "PAGE_SIZE", 4)
    pages = [see(SILENCE, page=number) for number in (1, 2, 3)]
    assert asked == [1 + 5, 1 + 9, 1 + 9]
    assert all("of 10" in page for page in pages)
    names = [f"Orphan {place}." for place in range(9)] + [">Silent<"]
    assert [[name for name in names if name in page] for page in pages] == [names[:4], names[4:8], names[8:]]


def test_salespeople_are_refused(people, client):
    client.force_login(people.owner)
    assert client.get(SILENCE).status_code == 403


def test_all_pages_together_hold_every_account_once(account, see):
    for place in range(53):
        account(name=f"Account {place:03d}.", talked=70 + place % 7)
    pages = see(SILENCE) + see(SILENCE, page=2)
    assert "1–50" in pages
    assert all(pages.count(f">Account {place:03d}.<") == 1 for place in range(53))


def test_twenty_accounts_cost_as_many_queries_as_two(account, client, people):
    client.force_login(people.manager)

    def add(count: int) -> int:
        for _ in range(count):
            account(name=f"Silent {make.number()}", talked=99)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(SILENCE).status_code == 200
        return len(queries)

    add(1)  # the statement is prepared once
    assert add(2) == add(18)
