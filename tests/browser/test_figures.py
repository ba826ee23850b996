"""Ledger and simulation in a browser: readable for everybody, at a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cadences import plans
from cadences.models import PlanItem
from cadences.reconcile import reconcile
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(live_server: Any) -> User:
    """An admin; a team with three customers: one late, one silent without owner, one kept in touch with."""
    today = company_today()
    start = today - timedelta(days=300)
    plans.seed()
    plans.start_plan(start)
    make.make_schedule()
    boss = make.make_user("manager", display_name="Mia Berg")
    owner = make.make_user(display_name="Kari Holm", team=make.make_team(boss, name="North"))
    for name, seller, silent_for in (
        ("Acme", owner, 90),
        ("Borg & Co", owner, 10),
        ("Fjord Kraft", None, 200),
    ):
        account = make.make_account(
            seller, name=name, status="customer", tier=make.make_tier(2), tier_since=start,
            owner_since=start, became_customer_on=start, facts_from=start,
        )  # fmt: skip
        make.make_purchase(account, start)
        make.make_interaction(account, owner, happened_on=today - timedelta(days=silent_for))
    reconcile(None, today)
    return make.make_user("admin", display_name="Nadia Keller", email="nadia@tend.example", password=PASSWORD)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_owed_and_delivered_down_to_the_rows(
    page: Page, live_server: Any, admin: User, size: tuple[int, int]
) -> None:
    sign_in(page, live_server, admin, size)
    for address in ("", "?by=account", "evenness/", "team/", "silence/"):
        page.goto(f"{live_server.url}/ledger/{address}")
        check_page(page)
    expect(page.locator("#main")).to_contain_text("Fjord Kraft")
    page.goto(f"{live_server.url}/ledger/?by=user")
    page.get_by_role("link", name="Overdue, Kari Holm").click()
    expect(page.locator("#main")).to_contain_text("Acme")
    check_page(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_draft_is_simulated_before_it_runs(
    page: Page, live_server: Any, admin: User, size: tuple[int, int]
) -> None:
    draft = plans.draft_of(admin, None)
    PlanItem.objects.filter(plan=draft, slot__key="relationship-call").update(every=1, unit="week")
    sign_in(page, live_server, admin, size)
    page.goto(f"{live_server.url}/plan/{draft.pk}/simulation/")
    check_page(page)
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_role("button", name="Simulate again")).to_be_visible()
    expect(page.locator("#main")).to_contain_text("touchpoints a week")
    page.get_by_text("The same as a table").click()
    expect(page.locator("#main")).to_contain_text("Kari Holm")
    page.evaluate("scrollTo(0, 0)")  # what lies half under a bar that stays is too small to axe
    check_page(page)
