"""A year of contacts: generated, so that every state, person, tier and slot occurs together."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from cadences.models import PlanItem, Touchpoint
from tests import factories as make

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
STATES = ["open", "done", "done", "done", "skipped", "lapsed", "cancelled"]


@pytest.fixture
def see(client: Any, people: SimpleNamespace) -> Callable[..., str]:
    """The page as somebody sees it."""

    def page(path: str, reader: Any = None, /, **data: Any) -> str:
        client.force_login(reader or people.manager)
        response = client.get(path, data)
        assert response.status_code == 200, response.status_code
        parts = response.streaming_content if response.streaming else [response.content]
        return b"".join(parts).decode("utf-8-sig")

    return page


@pytest.fixture
def year(people: SimpleNamespace) -> list[Touchpoint]:
    """150 contacts of three people, of nobody, and of the system, planned around this year."""
    rng = random.Random(25)
    people.owner.team.members.add(people.manager)
    system = make.make_item(
        make.make_slot("survey"), kind=PlanItem.Kind.EMAIL, assignee=PlanItem.Assignee.NOBODY
    )
    item = make.make_item(make.make_slot("call"))
    accounts = [
        make.make_account(owner, tier=tier, status="customer")
        for owner in (people.owner, people.deputy, people.colleague, None)
        for tier in (None, make.make_tier(1), make.make_tier(2))
    ]
    return [_one(rng, accounts, people, item, system) for _ in range(150)]


def _one(
    rng: random.Random, accounts: list[Any], people: SimpleNamespace, item: Any, system: Any
) -> Touchpoint:
    account = rng.choice(accounts)
    planned = date(2025, 12, 1) + DAY * rng.randrange(400)
    state = rng.choice(STATES)
    who = rng.choice(["owner", "assignee", "nobody", "system"])
    by_system = who == "system"
    assignee = account.owner if who == "owner" else people.deputy if who == "assignee" else None
    return make.make_touchpoint(
        account,
        assignee,
        planned + DAY * rng.choice([0, 0, 0, 9]),
        make.make_slot(rng.choice(["survey"] if by_system else ["call", "meeting"])),
        planned_on=planned,
        item=system if by_system else item,
        kind=rng.choice(["survey", "email"]) if by_system else "call",
        state=state,
        closed_on=None if state == "open" else planned + DAY * rng.randrange(-3, 12),
        closed_by=assignee if state == "done" else None,
        tolerance_days=rng.choice([0, 3, 7]),
    )
