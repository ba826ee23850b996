"""What is there twice, in a real browser: a warning while typing, the pair, the merge, taken apart again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account
from imports.duplicates import finding
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_an_account_that_is_there_already(
    page: Page, live_server: Any, size: tuple[int, int], scheme: str
) -> None:
    kari = make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)
    there = make.make_account(
        kari, name="Borg & Co", city="Oslo", country="NO", phone="+47 22 33 44 55", about="Buys seals"
    )
    talk = make.make_interaction(make.make_account(kari, name="Vik"), kari)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    sign_in(page, live_server, kari, size)

    # typed again: it says so, and saves all the same
    page.goto(live_server.url + reverse("accounts:create"))
    page.get_by_label("Name", exact=False).first.fill("BORG a/s")
    expect(page.get_by_text("There already?")).to_be_visible()
    expect(page.get_by_role("link", name="Borg & Co")).to_be_visible()
    check_page(page)
    page.get_by_label("City").fill("Bergen")
    page.get_by_role("button", name="Add the account").click()
    expect(page.get_by_role("heading", name="BORG a/s")).to_be_visible()
    twin = Account.objects.get(name="BORG a/s")
    type(talk).objects.filter(pk=talk.pk).update(account=twin)

    # the pair of the night
    finding.run(company_today(), "tick")
    page.goto(live_server.url + reverse("duplicates:accounts"))
    expect(page.get_by_text("same name")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Merge …").click()

    # what moves, and where they differ
    expect(page.get_by_role("heading", name="BORG a/s becomes part of Borg & Co")).to_be_visible()
    page.get_by_text("Logs and notes").click()
    check_page(page)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("BORG a/s is now part of Borg & Co.")).to_be_visible()
    assert there.interactions.count() == 1

    # the old link, and back
    page.goto(live_server.url + reverse("accounts:detail", args=[twin.pk]))
    expect(page).to_have_url(live_server.url + reverse("accounts:detail", args=[there.pk]))
    page.goto(live_server.url + reverse("duplicates:merges"))
    check_page(page)
    page.get_by_role("link", name="BORG a/s").click()
    page.get_by_role("button", name="Take it apart").click()
    expect(page.get_by_text("Everything is as it was before.")).to_be_visible()
    check_page(page)
    assert twin.interactions.count() == 1
