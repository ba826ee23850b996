"""Accounts and contacts in a real browser: found and read at a desk and on a phone, written in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account
from contacts.models import Commitment, Concern, Interaction
from sales.services import refresh_status
from tests import factories as make
from users.clock import company_today
from users.models import User

AXE = project.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "a-long-password-7"
DESK, PHONE = (1280, 900), (390, 844)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kari(live_server: Any) -> User:
    return make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)


@pytest.fixture
def anna(live_server: Any) -> User:
    """The service desk."""
    return make.make_user("reader", display_name="Anna Bø", email="anna@tend.example", password=PASSWORD)


@pytest.fixture
def acme(kari: User) -> Account:
    """An account with something of everything, among others."""
    today = company_today()
    acme = make.make_account(
        kari, name="Åcme Machining", city="Oslo", country="NO", phone="22 12 34 56", phone_e164="+4722123456",
        tier=make.make_tier(3, name="Large"), owner_since=today - timedelta(days=300),
    )  # fmt: skip
    for n in range(30):
        make.make_account(
            kari, name=f"Borg {n} with a rather long name and Sons International", city="Bergen"
        )
    eva = make.make_contact(
        acme, last_name="Lind", is_main=True, phone="22 33 44 55", phone_e164="+4722334455"
    )
    make.make_purchase(acme, today - timedelta(days=40), "61200.4999", sold_by=kari)
    for n in range(25):
        make.make_interaction(
            acme, kari, happened_on=today - timedelta(days=n), contact=eva, sentiment=4, summary=f"Talk {n}"
        )
    make.make_concern(acme, owner=kari, raised_by=kari, severity=3, due_on=today - timedelta(days=2))
    make.make_touchpoint(
        acme, kari, today - timedelta(days=3), slot=make.make_slot("call", name="Monthly call")
    )
    Commitment.objects.create(account=acme, user=kari, what="A quote", due_on=today - timedelta(days=2))
    refresh_status([acme.pk])
    return acme


def sign_in(page: Page, server: Any, user: User, size: tuple[int, int] = DESK) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.on("console", lambda said: _refuse_policy_breach(said.text))
    page.goto(f"{server.url}{reverse('account_login')}?next={reverse('accounts:list')}")
    page.fill("input[name=login]", user.email or "")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)
    return page


def _refuse_policy_breach(text: str) -> None:
    assert "Content Security Policy" not in text, text


def open_account(page: Page, server: Any, account: Account) -> None:
    page.goto(server.url + reverse("accounts:detail", args=[account.pk]))


def expect_page(page: Page, title: str) -> None:
    """The page of that title is there, its scripts too: keys pressed earlier would be lost."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.wait_for_load_state("load")


def check_page(page: Page) -> None:
    """Nothing wider than the screen, and what axe finds under WCAG 2.2 AA: nothing."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"
    page.wait_for_timeout(300)  # colours settle after hover and focus
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    problems = [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]]
    assert not problems, f"{page.url}: {problems}"


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "dark"), (PHONE, "light")], ids=["desk", "phone"])
def test_every_page_fits_and_is_readable_by_all(
    page: Page, live_server: Any, kari: User, acme: Account, size: tuple[int, int], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    sign_in(page, live_server, kari, size)
    of_acme = [("accounts:detail", acme.pk), ("accounts:edit", acme.pk), ("contacts:add", acme.pk)]
    of_acme += [("contacts:concern_add", acme.pk), ("sales:add", acme.pk), ("sales:list", acme.pk)]
    person = acme.contacts.get()
    addresses = [reverse(name, args=[pk]) for name, pk in [*of_acme, ("contacts:detail", person.pk)]]
    nowhere = ["/accounts/999999/", reverse("accounts:list") + "?q=nobody+has+this"]
    for address in [reverse("accounts:list"), reverse("contacts:list"), *addresses, *nowhere]:
        page.goto(live_server.url + address)
        check_page(page)


def test_an_account_is_found_and_opened_by_keyboard(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    sign_in(page, live_server, kari)
    page.keyboard.press("/")
    expect(page.locator("#quick-search")).to_be_focused()
    page.keyboard.type("acme mach")
    expect(page.locator("#quick-results a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_page(page, "Åcme Machining")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect_page(page, "Contacts")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect_page(page, "Accounts")
    page.keyboard.press("j")
    expect(page.locator("[data-line]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect_page(page, "Åcme Machining")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_single_letters_can_be_switched_off(page: Page, live_server: Any, kari: User, acme: Account) -> None:
    sign_in(page, live_server, kari)
    page.keyboard.press("?")
    page.get_by_role("switch").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#quick-search")).not_to_be_focused()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_account_tells_how_we_stand(
    page: Page, live_server: Any, kari: User, acme: Account, size: tuple[int, int]
) -> None:
    sign_in(page, live_server, kari, size)
    open_account(page, live_server, acme)
    standing = page.locator(".standing")
    expect(standing).to_contain_text("Monthly call")
    expect(standing).to_contain_text("3 days late")
    expect(standing).to_contain_text("61,200")
    expect(page.locator("a[href='tel:+4722334455']").first).to_be_visible()
    page.locator(".why-line summary").first.click()
    expect(page.locator(".story p").first).to_be_visible()
    page.get_by_role("button", name="Show earlier").click()
    expect(page.get_by_text("Talk 24")).to_be_visible()
    page.get_by_text("Who changed what").click()
    expect(page.locator(".changes .skeleton")).to_have_count(0)


def test_a_note_is_written_without_leaving_the_account(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    sign_in(page, live_server, kari)
    open_account(page, live_server, acme)
    page.keyboard.press("n")
    expect(page.locator("#sheet textarea")).to_be_focused()
    check_page(page)
    page.keyboard.press("Escape")
    expect(page.locator("#sheet textarea")).to_have_count(0)
    expect(page.locator("[data-focus-key=note]")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#sheet textarea")).to_be_focused()
    page.locator("#sheet button[type=submit]").click()
    expect(page.locator("#sheet .invalid-feedback")).to_be_visible()
    page.locator("#sheet textarea").fill("The fitter comes on Friday")
    page.locator("#sheet button[type=submit]").click()
    expect(page.locator(".timeline")).to_contain_text("The fitter comes on Friday")
    expect(page.locator("#toasts")).to_contain_text("The note is on the account.")
    assert Interaction.objects.filter(kind="note").count() == 1


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_service_desk_raises_a_concern_and_the_salesperson_sees_it(
    page: Page, live_server: Any, kari: User, anna: User, acme: Account, size: tuple[int, int]
) -> None:
    sign_in(page, live_server, anna, size)
    open_account(page, live_server, acme)
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Concern", exact=True).click()
    page.locator("#sheet textarea").fill("Pump leaks again")
    page.locator("#sheet select[name=severity]").select_option("3")
    page.locator("#sheet input[name=due_on]").fill("2020-01-01")
    page.locator("#sheet button[type=submit]").click()
    expect(page.locator("#sheet .invalid-feedback")).to_be_visible()
    expect(page.locator("#sheet textarea")).to_have_value("Pump leaks again")
    page.locator("#sheet input[name=due_on]").fill("")
    page.locator("#sheet button[type=submit]").click()
    expect(page.locator("#toasts")).to_contain_text("The concern is with Kari Holm.")
    page.context.clear_cookies()
    sign_in(page, live_server, kari, size)
    open_account(page, live_server, acme)
    expect(page.locator(".account-top")).to_contain_text("Pump leaks again")
    assert Concern.objects.filter(what="Pump leaks again", raised_by=anna, owner=kari).exists()


def test_a_resolved_concern_is_taken_back_by_undo(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    sign_in(page, live_server, kari)
    open_account(page, live_server, acme)
    page.get_by_role("link", name="Resolve").click()
    page.locator("#sheet textarea").fill("New seal")
    page.locator("#sheet button[type=submit]").click()
    expect(page.locator("#concerns-title")).to_have_text("Concerns to confirm")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#concerns-title")).to_have_text("Open concerns")


def test_the_theme_is_chosen_and_remembered(page: Page, live_server: Any, kari: User, acme: Account) -> None:
    page.emulate_media(color_scheme="light")
    sign_in(page, live_server, kari)
    page.locator(".user-button").click()
    toggle = page.locator("[data-theme-toggle]")
    toggle.click()
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
