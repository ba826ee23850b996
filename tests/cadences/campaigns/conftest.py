"""The seeded plan, running since January, and accounts with and without open questions."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import Account
from cadences import plans
from tests import factories as make

TODAY = date(2026, 11, 24)


@pytest.fixture
def plan(people):
    make.make_schedule(switched_on_at=make.at("2026-11-01 08:00"))
    plans.seed()
    return plans.start_plan(date(2026, 1, 1))


@pytest.fixture
def prospect(people, plan) -> Account:
    """Everything is known that can be of somebody who never bought."""
    made = make.make_account(
        people.owner, name="Borg & Co", city="Oslo", country="NO", about="Pumps", owner_since=date(2026, 1, 1)
    )
    make.make_contact(made)
    make.make_answers(made)
    return made


@pytest.fixture
def customer(people, plan) -> Account:
    """Bought in June last year, spoken to three weeks ago: WHY is open."""
    made = make.make_account(
        people.owner, name="Acme Machining", status="customer", became_customer_on=date(2025, 6, 1),
        owner_since=date(2025, 6, 1), city="Oslo", country="NO", about="Mills",
    )  # fmt: skip
    make.make_contact(made)
    make.make_answers(made)
    make.make_purchase(made, date(2025, 6, 1))
    make.make_interaction(made, people.owner, happened_on=date(2026, 11, 3))
    return made
