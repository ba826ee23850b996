"""A small company on the seeded plan: shared set-up of the engine's tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Account, Tier
from cadences import plans
from cadences.models import Touchpoint
from tests.factories import make_account, make_purchase, make_user
from users.models import User

START = date(2026, 1, 1)


def seed(start: date = START) -> User:
    """The seeded plan running from ``start``, and a salesperson."""
    plans.seed()
    plans.start_plan(start)
    return make_user()


def customer(owner: User | None, bought_on: date, tier: str = "Small", **fields: Any) -> Account:
    """An account in a pinned tier with one purchase."""
    fields.setdefault("status", Account.Status.CUSTOMER)
    fields.setdefault("became_customer_on", bought_on)
    account = make_account(owner, tier=Tier.objects.get(name=tier), tier_pinned=True, **fields)
    make_purchase(account, bought_on)
    return account


def rows(*accounts: Account, state: str | None = None) -> list[tuple[Any, ...]]:
    """What is stored, as comparable tuples."""
    found = Touchpoint.objects.order_by("account_id", "slot__key", "cycle")
    if accounts:
        found = found.filter(account__in=accounts)
    if state:
        found = found.filter(state=state)
    return list(
        found.values_list(
            "account_id", "slot__key", "cycle", "state", "ideal_on", "planned_on", "due_on", "assignee_id",
            "lapses_on", "base_on", "basis", "reason",
        )
    )  # fmt: skip
