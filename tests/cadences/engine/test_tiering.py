"""Tiers: purchases of 12 months decide, the network lifts, people pin (R28)."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import Account, Tier
from cadences import plans
from cadences.tiering import retier
from tests.factories import make_account, make_company, make_purchase

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _tiers() -> None:
    plans.seed()
    make_company(currency="EUR")


def tier_of(account: Account) -> str:
    account.refresh_from_db()
    assert account.tier is not None
    return account.tier.name


@pytest.mark.parametrize(
    ("amount", "network", "tier"),
    [
        ("0", 0, "Small"),
        ("4999.99", 3, "Small"),
        ("5000", 0, "Medium"),
        ("24999.99", 0, "Medium"),
        ("25000", 0, "Large"),
        ("0", 4, "Medium"),
        ("5000", 5, "Large"),
        ("25000", 5, "Large"),
    ],
)
def test_purchases_of_12_months_decide_and_the_network_lifts(amount: str, network: int, tier: str) -> None:
    account = make_account(network_value=network)
    if amount != "0":
        make_purchase(account, date(2025, 3, 11), amount)
    make_purchase(account, date(2025, 3, 10), "90000")  # a year and a day: no longer counts
    make_purchase(account, date(2026, 3, 11), "90000")  # tomorrow: not yet
    make_purchase(account, DAY, "90000", currency="USD")  # another currency
    make_purchase(account, DAY, "90000", voided_at=timezone.now(), void_reason="double")
    retier(None, DAY)
    assert tier_of(account) == tier


def test_a_first_tier_is_no_promotion_and_leaves_no_event() -> None:
    account = make_account()
    assert retier(None, DAY) == 1
    account.refresh_from_db()
    assert (account.tier_before, account.tier_since) == (None, DAY)
    assert apps.get_model("accounts", "AccountEvent").objects.count() == 0


def test_a_change_keeps_the_tier_before_its_day_and_its_reason() -> None:
    account = make_account(network_value=4)
    retier(None, DAY)
    make_purchase(account, date(2026, 4, 1), "6000")
    assert retier(None, date(2026, 4, 2)) == 1
    account.refresh_from_db()
    assert account.tier_before == Tier.objects.get(name="Medium")
    assert tier_of(account) == "Large"
    assert account.tier_since == date(2026, 4, 2)
    assert account.tier_reason == (
        "Medium → Large: 6,000 EUR in 12 months, threshold 5,000; lifted from Medium by network value 4"
    )
    assert apps.get_model("accounts", "AccountEvent").objects.count() == 1
    assert retier(None, date(2026, 4, 3)) == 0


def test_a_credit_note_lowers_the_sum() -> None:
    account = make_account()
    make_purchase(account, date(2026, 1, 1), "6000")
    make_purchase(account, date(2026, 1, 2), "-1500")
    retier(None, DAY)
    assert tier_of(account) == "Small"


def test_what_a_person_pinned_stays_and_others_asked_about_alone_change() -> None:
    pinned = make_account(tier=Tier.objects.get(name="Small"), tier_pinned=True)
    asked, other = make_account(), make_account()
    for account in (pinned, asked, other):
        make_purchase(account, date(2026, 1, 1), "90000")
    assert retier([asked.pk, pinned.pk], DAY) == 1
    assert tier_of(asked) == "Large"
    assert tier_of(pinned) == "Small"
    other.refresh_from_db()
    assert other.tier is None
