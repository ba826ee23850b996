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
        owner_since=date(2025, 6, 1), city="Oslo", country="NO", street="Havnegata 1", postal_code="0150",
    )  # fmt: skip


@pytest.fixture
def eva(customer) -> Contact:
    return make.make_contact(
        customer, first_name="Eva", last_name="Lind", email="eva@example.com", language="en", is_main=True
    )


@pytest.fixture
def owes(people, plan):
    """Lets the plan owe something in writing on the day of the first purchase; makes who bought today."""

    def made(
        kind: str = "email",
        bought: date = TODAY,
        *,
        body: str = "{{salutation}}\n\nwelcome to {{company}}.",
        contact: dict | None = None,
        account: dict | None = None,
        **item,
    ):
        slot = make.make_slot(f"welcome-{kind}", name=f"Welcome by {kind}")
        if not plan.items.filter(slot=slot).exists():
            text = make.make_template(
                "welcome", "email" if kind == "email" else "letter", body=body, subject="Welcome"
            )
            make.make_item(
                slot, plan=plan, kind=kind, anchor="after_event", every=0, unit="day", since=date(2026, 1, 1),
                template=text.template, lapse_after=30, tolerance_days=2, **item,
            )  # fmt: skip
        fields = {"status": "customer", "became_customer_on": bought, "owner_since": date(2026, 1, 1),
                  "street": "Havnegata 1", "postal_code": "0150", "city": "Oslo",
                  "country": "NO"}  # fmt: skip
        customer = make.make_account(**({"owner": people.owner} | fields | (account or {})))
        make.make_purchase(customer, bought)
        person = {
            "first_name": "Eva",
            "last_name": "Lind",
            "email": f"eva{customer.pk}@example.com",
            "is_main": True,
        }
        make.make_contact(customer, **(person | (contact or {})))
        return customer

    return made
