"""The seeded plan, running since January; a customer with a main contact, looked after by the owner."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import Account
from cadences import plans
from contacts.models import Contact
from tests import factories as make

TODAY = date(2026, 11, 24)


@pytest.fixture
def plan(people):
    make.make_schedule(switched_on_at=make.at("2026-11-01 08:00"))
    plans.seed()
    return plans.start_plan(date(2026, 1, 1))


@pytest.fixture
def customer(people, plan) -> Account:
    """Bought in June last year; nothing but greetings is owed to them just now."""
    return make.make_account(
        people.owner, name="Acme Machining", status="customer", became_customer_on=date(2025, 6, 1),
        owner_since=date(2025, 6, 1), city="Oslo", country="NO", street="Havnegata 1", postcode="0150",
    )  # fmt: skip


@pytest.fixture
def eva(customer) -> Contact:
    return make.make_contact(
        customer, first_name="Eva", last_name="Lind", email="eva@example.com", language="en", is_main=True
    )
