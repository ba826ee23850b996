"""Lists in a real browser: a shared view, a change of many with undo, the palette, the search."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account
from cadences.models import SavedView
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, expect_page, sign_in
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def person(*roles: str, name: str, **fields: Any) -> User:
    email = f"{name.partition(' ')[0].lower()}@tend.example"
    return make.make_user(*roles, display_name=name, email=email, password=PASSWORD, **fields)


@pytest.fixture
def mia(live_server: Any) -> User:
    return person("manager", name="Mia Berg")


@pytest.fixture
def kari(mia: User) -> User:
    return person(name="Kari Holm", team=make.make_team(mia))


@pytest.fixture
def bo(kari: User) -> User:
    return person(name="Bo Lind", team=kari.team)


@pytest.fixture
def accounts(kari: User) -> list[Account]:
    made = [
        make.make_account(
            kari, name=f"Borg {n} and a long name", status="customer", country="NO", city="Oslo"
        )
        for n in range(3)
    ]
    return [*made, make.make_account(kari, name="Åcme Machining", city="Bergen")]


def again_as(page: Page, server: Any, user: User, size: tuple[int, int]) -> None:
    page.context.clear_cookies()
    sign_in(page, server, user, size)


@SIZES
def test_a_view_is_kept_shared_and_opened_by_a_colleague(
    page: Page, live_server: Any, kari: User, bo: User, accounts: list[Account], size: tuple[int, int]
) -> None:
    sign_in(page, live_server, kari, size)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Customer", exact=True).check()
    check_page(page)
    page.get_by_role("button", name="Apply").first.click()
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("Status: Customer")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Tags").check()
    page.get_by_label("Sorted by").select_option("-owner")
    page.locator("form[aria-label=Columns] button[type=submit]").click()
    page.get_by_role("link", name="Save as view").click()
    check_page(page)
    page.get_by_label("Name").fill("Customers of Norway")
    page.get_by_label("Everybody may use it").check()
    page.get_by_role("button", name="Save").click()
    expect_page(page, "Customers of Norway")
    check_page(page)
    again_as(page, live_server, bo, size)
    page.get_by_role("link", name="Customers of Norway").click()
    expect_page(page, "Customers of Norway")
    expect(page.locator("main")).to_contain_text("Shared by Kari Holm.")
    expect(page.get_by_role("button", name="Delete the view")).to_have_count(0)
    page.get_by_role("button", name="Open Accounts with it").click()
    page.goto(live_server.url + reverse("accounts:list"))
    expect_page(page, "Customers of Norway")
    assert SavedView.objects.get().query.endswith("col=tags")


@SIZES
def test_many_accounts_change_hands_and_back_by_keyboard(
    page: Page, live_server: Any, mia: User, bo: User, accounts: list[Account], size: tuple[int, int]
) -> None:
    sign_in(page, live_server, mia, size)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("2 rows ticked")
    check_page(page)
    page.get_by_role("button", name="Change the ticked ones").press("Enter")
    expect_page(page, "Change 2 accounts")
    expect(page.locator(".sample")).to_contain_text("Åcme Machining")
    check_page(page)
    page.get_by_label("New owner").select_option(label="Bo Lind")
    page.get_by_role("button", name="Change 2 accounts").press("Enter")
    expect_page(page, "New owner: Bo Lind")
    expect(page.locator(".outcome")).to_contain_text("2 changed")
    check_page(page)
    assert Account.objects.filter(owner=bo).count() == 2
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".outcome")).to_contain_text("2 taken back")
    assert not Account.objects.filter(owner=bo).exists()


@SIZES
def test_the_palette_goes_everywhere_and_does_what_the_account_offers(
    page: Page, live_server: Any, kari: User, accounts: list[Account], size: tuple[int, int]
) -> None:
    sign_in(page, live_server, kari, size)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="What do you want to do?")).to_be_focused()
    expect(page.locator("#palette [role=option]").nth(5)).to_be_visible()
    check_page(page)
    page.keyboard.type("nxtdate")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("No next date")
    page.keyboard.press("Enter")
    expect_page(page, "No next date")
    check_page(page)
    acme = accounts[-1]
    page.goto(live_server.url + reverse("accounts:detail", args=[acme.pk]))
    page.keyboard.press("Control+k")
    page.keyboard.type("put book")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Put into my book")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("is in your book")
    page.keyboard.press("Control+k")
    page.keyboard.type("log a c")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Log a contact")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet textarea[name=summary]")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#sheet textarea[name=summary]")).to_be_visible()


@SIZES
def test_anything_is_found_and_says_why(
    page: Page, live_server: Any, kari: User, accounts: list[Account], size: tuple[int, int]
) -> None:
    eva = make.make_contact(accounts[-1], first_name="Eva", last_name="Moe", email="eva@acme.example")
    make.make_interaction(accounts[0], kari, contact=eva, summary="The pump seal leaks again")
    sign_in(page, live_server, kari, size)
    page.keyboard.press("/")
    page.keyboard.type("eva@")
    hits = page.locator("#quick-results [data-hit]")
    expect(hits.first).to_contain_text("Eva Moe")
    expect(hits.first).to_contain_text("e-mail")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    expect(hits.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Escape")
    expect(page.locator("#quick-search")).to_be_focused()
    page.locator("#quick-search").fill("pump seal")
    page.keyboard.press("Enter")
    expect_page(page, "Search")
    expect(page.locator("main mark").first).to_have_text("pump")
    check_page(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect_page(page, "Borg 0")
