"""The seeded plan as it runs since January, an admin, and a customer of each tier."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import Tier
from cadences import plans
from cadences.models import Plan, Slot
from tests import factories as make

START = date(2026, 1, 5)
TODAY = date(2026, 11, 24)


@pytest.fixture
def plan(people: SimpleNamespace) -> Plan:
    """Version 1, running; the schedule is on."""
    plans.seed()
    plans.start_plan(START)
    make.make_schedule()
    return Plan.objects.get()


@pytest.fixture
def admin(people: SimpleNamespace) -> Any:
    return people.admin


@pytest.fixture
def draft(plan: Plan, admin: Any) -> Plan:
    return plans.draft_of(admin)


def slot(key: str) -> Slot:
    return Slot.objects.get(key=key)


def tier(name: str) -> Tier | None:
    return Tier.objects.get(name=name) if name else None


def customer(owner: Any, name: str, **fields: Any) -> Any:
    """A customer of a tier since long ago, so that the track is over and the rhythm owed."""
    fields.setdefault("became_customer_on", START)
    account = make.make_account(
        owner, name=f"{name} customer", status="customer", tier=tier(name), tier_since=START,
        owner_since=START, facts_from=START, **fields,
    )  # fmt: skip
    make.make_purchase(account, START)
    return account


def told(found: list[plans.Difference]) -> list[str]:
    return [one.words for one in found]
