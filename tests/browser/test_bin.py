"""An account deleted by mistake in a real browser: what goes along, undo, its own page, the bin, a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from contacts.models import Contact
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def birgit(live_server: Any) -> User:
    known = {"display_name": "Birgit Dahl", "email": "birgit@tend.example", "password": PASSWORD}
    return make.make_user("manager", **known)


@pytest.fixture
def borg(birgit: User) -> Account:
    make.make_company()
    kari = make.make_user("salesperson", display_name="Kari Holm", team=make.make_team(birgit))
    account = make.make_account(kari, name="Borg & Co", external_id="K-100")
    eva = make.make_contact(account, last_name="Lind", is_main=True)
    make.make_interaction(account, kari, contact=eva, summary="Asked for a quote")
    return account


def test_an_account_is_deleted_and_restored(page: Page, live_server: Any, birgit: User, borg: Account):
    sign_in(page, live_server, birgit)
    its_page = f"{live_server.url}/accounts/{borg.pk}/"
    page.goto(its_page)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="Delete the account …").click()
    expect(page.get_by_role("heading", name="Delete Borg & Co")).to_be_visible()
    expect(page.get_by_text("1 contact", exact=True)).to_be_visible()
    check_page(page)

    delete = page.get_by_role("button", name="Put into the recycle bin")
    delete.click()
    expect(page.get_by_text("Say why, so that a colleague understands it later.")).to_be_visible()
    page.get_by_label("Why").fill("Entered twice")
    delete.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Borg & Co", level=1)).to_be_visible()
    assert Contact.objects.filter(account=borg).count() == 1

    page.goto(f"{live_server.url}/bin/put/account/{borg.pk}/")
    page.get_by_label("Why").fill("Entered twice")
    delete.click()
    expect(page.get_by_text("Borg & Co is in the recycle bin.")).to_be_visible()
    page.goto(its_page)
    expect(page.get_by_role("heading", name="In the recycle bin")).to_be_visible()
    check_page(page)

    make.make_account(birgit, name="Borg again", external_id="K-100")
    for size in (DESK, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{live_server.url}/bin/")
        expect(page.get_by_text("Entered twice")).to_be_visible()
        check_page(page)
    page.goto(f"{live_server.url}/bin/files/")
    expect(page.get_by_text("No removed files")).to_be_visible()
    check_page(page)
    page.goto(f"{live_server.url}/bin/")
    page.get_by_role("button", name="Restore Borg & Co").click()
    expect(page.get_by_role("link", name="To Borg again")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Restore without the number").click()
    expect(page.get_by_role("heading", name="Borg & Co", level=1)).to_be_visible()
    assert Account.objects.get(pk=borg.pk).external_id is None
