"""A tier up and down again: what is owed ends where it began."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from accounts.models import Account, Tier, TierCondition, TierLift
from cadences.engine import reconcile
from cadences.models import Touchpoint
from cadences.tiering import retier
from tests.cadences.engine.seeded import seed
from tests.factories import make_account, make_company, make_interaction, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)


@pytest.fixture
def accounts() -> list[Account]:
    """Small ones that talked with us at some time, or never; employees decide the tier."""
    seed()
    make_company(currency="EUR")
    Tier.objects.update(demote_after_months=0)
    TierLift.objects.all().delete()
    for name, least in (("Medium", 100), ("Large", 1000)):
        TierCondition.objects.filter(tier__name=name).update(fact="employees", at_least=least)
    rng, owner, made = Random(7), make_user(), []
    for _ in range(25):
        made.append(make_account(owner, status="customer", employees=rng.randint(1, 99)))
        if rng.random() < 0.8:
            spoke = DAY - timedelta(days=rng.randint(1, 250))
            make_interaction(made[-1], owner, happened_on=spoke)
    retier(None, DAY - timedelta(days=100))
    reconcile(None, DAY)
    return made


def owed() -> list[tuple[Any, ...]]:
    names = ("account_id", "slot__key", "cycle", "ideal_on", "due_on", "assignee_id", "item_id")
    return list(Touchpoint.objects.filter(state="open").order_by(*names[:3]).values_list(*names))


def night(on: date, employees: int) -> int:
    Account.objects.update(employees=employees)
    moved = retier(None, on)
    reconcile(None, on)
    return moved


@pytest.mark.parametrize("top", [500, 5000])
def test_what_is_owed_ends_where_it_began(accounts: list[Account], top: int) -> None:
    began = owed()
    assert night(DAY, top) == len(accounts)
    assert owed() != began
    assert night(DAY, 50) == len(accounts)
    assert owed() == began
    assert night(DAY + timedelta(days=1), top) == len(accounts)
    assert night(DAY + timedelta(days=1), 50) == len(accounts)
    assert {row[:3] for row in owed()} >= {row[:3] for row in began}


def test_nobody_who_was_lifted_loses_a_contact(accounts: list[Account]) -> None:
    """Reaching a higher tier never takes a slot away (R29)."""
    before = {(account, slot) for account, slot, *_ in owed()}
    night(DAY, 5000)
    assert {(account, slot) for account, slot, *_ in owed()} >= before
