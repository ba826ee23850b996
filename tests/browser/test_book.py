"""The book in a real browser: refilled, begun, finished with the next one in its place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import BookEntry, BookFinish
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_refill_begin_finish_and_the_next_comes_in(
    page: Page, live_server: Any, size: tuple[int, int]
) -> None:
    make.make_company(book_size=2)
    kari = make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)
    for name in ("Acme Machining", "Borg & Co", "Caspian Pumps"):
        make.make_account(kari, name=name, status="customer")
    sign_in(page, live_server, kari, size)
    page.goto(live_server.url + reverse("book:board"))
    check_page(page)
    page.get_by_role("link", name="See what should come in").click()
    expect(page.get_by_role("checkbox", name=re.compile("Acme"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("Caspian"))).not_to_be_checked()
    check_page(page)
    page.get_by_role("button", name="Take into my book").press("Enter")
    research = page.get_by_role("region", name=re.compile("To research"))
    expect(research.get_by_role("link", name="Acme Machining", exact=True)).to_be_visible()
    check_page(page)

    page.get_by_role("link", name="Begin Acme Machining").press("Enter")
    page.get_by_label("What stays open, and why").fill("The decider is new")
    page.get_by_role("button", name="Begin", exact=True).press("Enter")
    expect(page.get_by_text("Open: The decider is new")).to_be_visible()

    page.get_by_role("link", name="Finish Acme Machining").press("Enter")
    page.get_by_label("Content: back to the plan").check()
    page.get_by_label("What came of it").fill("Happy with the pump")
    check_page(page)
    page.get_by_role("button", name="Finish", exact=True).press("Enter")
    expect(page.get_by_role("link", name="Caspian Pumps", exact=True)).to_be_visible()
    done = BookFinish.objects.get()
    assert (done.account.name, done.why, done.outcome) == ("Acme Machining", "content", "Happy with the pump")
    assert BookEntry.objects.count() == 2
