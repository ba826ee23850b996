"""A mailing in a real browser: from criteria to results, by hand and at both widths."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from correspondence.mailings import preparing
from correspondence.models import Mailing
from correspondence.services import send_due
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, expect_page, sign_in
from tests.correspondence.mailings.conftest import person
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture
def kari(live_server: Any) -> User:
    user = make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)
    make.make_identity(user, address="kari@tend.example")
    make.make_template("greeting", body="{{salutation}}\n\nthank you in {{account_city}}")
    for n in range(1, 4):
        account = person(user, n).account
        account.employees, account.city = 200 * n, "Oslo" if n > 2 else ""
        account.save()
    return user


@SIZES
def test_from_criteria_to_results(page: Page, live_server: Any, kari: User, size: tuple[int, int]) -> None:
    sign_in(page, live_server, kari, size)
    page.get_by_role("link", name="Mail to these").click()
    expect_page(page, "New mailing")
    expect(page.locator(".mailing-total")).to_have_text("3")
    page.get_by_label("Employees, at least").fill("400")
    expect(page.locator(".mailing-total")).to_have_text("2")
    page.get_by_label("Name", exact=False).first.fill("Autumn")
    page.locator("select[name=template]").select_option(index=1)
    expect(page.locator("#audience")).to_contain_text("A value is missing: City of the account")
    expect(page.locator(".mailing-total")).to_have_text("1")
    page.evaluate("scrollTo(0, 0)")  # a field half under a bar is small only there
    check_page(page)
    page.get_by_role("button", name="Save and preview").click()
    expect_page(page, "What each of them gets")
    expect(page.locator(".mailing-words")).to_contain_text("thank you in Oslo")
    check_page(page)
    page.get_by_role("link", name="Schedule").click()
    expect_page(page, "When does it leave?")
    check_page(page)
    page.get_by_role("link", name="A value is missing").click()
    expect_page(page, "A value is missing")
    expect(page.locator("main")).to_contain_text("Borg 2")
    check_page(page)
    page.go_back()
    page.get_by_role("button", name="Send to 1 person").click()
    expect_page(page, "Autumn")
    mailing = Mailing.objects.get()
    preparing.prepare(mailing.pk)
    send_due()
    preparing.tick()
    page.reload()
    expect(page.locator("#mailing-state")).to_contain_text("Done")
    expect(page.locator("table")).to_contain_text("sent")
    check_page(page)
    page.get_by_role("link", name="excluded").click()
    expect(page.locator("table")).to_contain_text("City of the account")
    page.goto(live_server.url + reverse("mailings:list"))
    expect_page(page, "Mailings")
    expect(page.locator("table")).to_contain_text("400 employees or more")
    check_page(page)
