"""Tiers in a real browser: the rule of a tier is changed, seen beforehand, saved and applied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account, Tier
from cadences import plans
from cadences.tiering import retier
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(live_server: Any) -> User:
    return make.make_user("admin", display_name="Ada Min", email="ada@tend.example", password=PASSWORD)


@pytest.fixture
def account(admin: User) -> Account:
    plans.seed()
    account = make.make_account(name="Acme Machining")
    make.make_purchase(account, company_today() - timedelta(days=30), "9000")
    retier(None, company_today())
    return account


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_rule_is_changed_seen_saved_and_applied(
    page: Page, live_server: Any, admin: User, account: Account, size: tuple[int, int]
) -> None:
    sign_in(page, live_server, admin, size)
    page.goto(live_server.url + reverse("tiers:list"))
    expect(page.get_by_text("The next night moves no account")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Large", exact=True).click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("moves no account")
    page.get_by_label("at least").fill("8 000")
    expect(preview).to_contain_text("moves 1 of 1 accounts")
    expect(preview).to_contain_text("Medium → Large: 9,000 EUR in 12 months, threshold 8,000")
    page.get_by_role("button", name="Add a condition").click()
    second = page.get_by_role("group", name="Condition 2").get_by_label("What")
    expect(second).to_be_focused()
    second.select_option(label="Country")
    page.get_by_label("one of").fill("Atlantis")
    expect(preview).to_contain_text("“Atlantis” is no country we know")
    check_page(page)
    page.get_by_role("button", name="Remove condition 2").click()
    expect(preview).to_contain_text("moves 1 of 1 accounts")
    page.get_by_label("at least").press("Enter")
    expect(page.get_by_text("The next night moves 1 account")).to_be_visible()
    page.get_by_text("Which accounts, and why").click()
    expect(page.get_by_role("link", name="Acme Machining")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Apply now").click()
    expect(page.get_by_text("1 account has moved.")).to_be_visible()
    account.refresh_from_db()
    assert account.tier == Tier.objects.get(name="Large")
