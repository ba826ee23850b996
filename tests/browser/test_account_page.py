"""The account page in a real browser: a W is answered, the timeline filtered, a linked entry opened."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account, FiveWAnswer
from cadences.account_pages.timeline import FIRST
from contacts.models import Commitment
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, open_account, sign_in
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kari(live_server: Any) -> User:
    return make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)


@pytest.fixture
def acme(kari: User) -> Account:
    """Quiet for a year, with a promise that is late and more history than one part of the timeline shows."""
    today = company_today()
    acme = make.make_account(
        kari,
        name="Acme",
        city="Oslo",
        country="NO",
        status="customer",
        facts_from=today - timedelta(days=900),
    )
    eva = make.make_contact(
        acme, first_name="Eva", last_name="Lind", is_main=True, decision_roles=["decides"]
    )
    make.make_purchase(acme, today - timedelta(days=400), "48000", about="Forty seals")
    for n in range(45):
        make.make_interaction(
            acme, kari, happened_on=today - timedelta(days=n), contact=eva, sentiment=1 + n % 5,
            summary=f"Überholung, talk {n}" if n == 40 else f"Talk {n}",
        )  # fmt: skip
    Commitment.objects.create(account=acme, user=kari, what="quote", due_on=today - timedelta(days=2))
    return acme


def check_from_the_top(page: Page) -> None:
    """A link that is half under the bar of the page would count as too small."""
    page.evaluate("window.scrollTo(0, 0)")
    check_page(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_w_is_answered_and_an_old_entry_found_and_linked(
    page: Page, live_server: Any, kari: User, acme: Account, size: tuple[int, int]
) -> None:
    sign_in(page, live_server, kari, size)
    open_account(page, live_server, acme)
    for words in ("late promise (quote, 2 days)", "Talk"):
        expect(page.locator("#account")).to_contain_text(words)
    expect(page.locator("#standing-title")).to_be_in_viewport()
    expect(page.locator(".standing")).to_be_in_viewport(ratio=1)
    check_from_the_top(page)

    page.locator(".w-why .w-answer").press("Enter")
    expect(page.locator("#sheet select[name=reason]")).to_be_focused()
    page.locator("#sheet button[type=submit]").click()
    expect(page.locator("#sheet .invalid-feedback").first).to_be_visible()
    page.locator("#sheet select[name=reason]").select_option("budget")
    page.locator("#sheet textarea").fill("Nothing before spring")
    check_from_the_top(page)
    page.locator("#sheet button[type=submit]").click()
    expect(page.locator(".w-why")).to_contain_text("Nothing before spring")
    page.get_by_role("button", name="Confirm all").click()
    expect(page.locator(".w.is-open")).to_have_count(0)
    assert FiveWAnswer.objects.filter(account=acme, said_by=kari).count() == 5

    search = page.get_by_role("search", name="Filter what happened")
    search.get_by_role("searchbox").fill("uberholung")
    expect(page.locator(".happening")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=uberholung"))
    check_from_the_top(page)
    page.locator(".happening .when").click()
    expect(page.locator(".is-meant")).to_contain_text("talk 40")
    expect(page.locator(".is-meant")).to_be_in_viewport()
    page.get_by_role("link", name="Show later ones").click()
    expect(page.get_by_text("Talk 39", exact=True)).to_be_visible()

    page.goto(live_server.url + reverse("accounts:detail", args=[acme.pk]) + "?kind=meeting")
    expect(page.locator(".timeline-said")).to_contain_text("Nothing here is like that")
    check_from_the_top(page)
    page.get_by_role("link", name="Show everything").click()
    page.get_by_role("link", name="Show earlier").press("Enter")
    expect(page.locator(".happening").nth(FIRST).locator(".when")).to_be_focused()
