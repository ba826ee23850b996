"""From the night to what is done: the plan writes, somebody reads and sends, and nothing is owed any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cadences.models import Touchpoint
from cadences.nightly import run_night
from cadences.planned import night
from correspondence.models import Piece
from correspondence.services import send_due
from tests import factories as make
from tests.browser.test_day import PASSWORD, PHONE, check_page, sheet_of, sign_in
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kari(live_server: Any) -> User:
    """Two customers bought today, and the plan welcomes them by e-mail; a third has no address."""
    user = make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)
    make.make_identity(user)
    today = company_today()
    make.make_schedule()
    plan = make.make_plan(state="running", effective_from=today - timedelta(days=400))
    words = make.make_template("welcome", subject="Welcome", body="{{salutation}}\n\nwelcome to us.")
    make.make_item(
        make.make_slot("welcome", name="Welcome"), plan=plan, kind="email", anchor="after_event", every=0,
        unit="day", since=plan.effective_from, template=words.template, tolerance_days=9, lapse_after=30,
    )  # fmt: skip
    for name in ("Acme Machining", "Borg & Co", "Fjord Kraft"):
        account = make.make_account(
            user, name=name, status="customer", became_customer_on=today - timedelta(days=4),
            owner_since=today - timedelta(days=4),
        )  # fmt: skip
        email = "" if name == "Fjord Kraft" else f"eva{account.pk}@customer.example"
        make.make_contact(account, last_name="Lind", is_main=True, email=email)
        make.make_purchase(account, today - timedelta(days=4))
    run_night(today, asked_by="command")
    assert night.run(today, asked_by="command").counts["drafted"] == 2
    return user


def test_draft_of_the_night_is_read_sent_and_done(page: Page, live_server: Any, kari: User) -> None:
    day = sign_in(page, live_server, kari)
    expect(day.get_by_text("draft ready: read and send")).to_have_count(2)
    expect(sheet_of(day, "Acme Machining")).to_contain_text("welcome to us.")
    check_page(day)
    day.get_by_text("Change the words").click()
    day.fill("textarea[name=body]", "Dear Eva,\n\nwelcome, and greet Per.")
    day.get_by_role("button", name="Save and read again").click()
    expect(sheet_of(day, "Acme Machining").locator(".planned-words")).to_contain_text("greet Per.")
    day.get_by_role("button", name="Send and next").click()
    expect(sheet_of(day, "Borg & Co")).to_contain_text("welcome to us.")
    expect(day.get_by_text("e-mail is on its way")).to_be_visible()
    send_due()
    piece = Piece.objects.get(account__name="Acme Machining")
    assert piece.state == "left"
    row = Touchpoint.objects.get(account__name="Acme Machining")
    assert (row.state, row.interaction) == ("done", piece.logged)
    day.goto(live_server.url)
    expect(day.get_by_text("draft ready: read and send")).to_have_count(1)
    expect(day.locator("#lines").get_by_text("Acme Machining")).to_have_count(0)


def test_what_could_not_be_written_leads_to_its_cure_on_a_phone(
    page: Page, live_server: Any, kari: User
) -> None:
    phone = sign_in(page, live_server, kari, PHONE)
    phone.goto(f"{live_server.url}/planned/?owner=me")
    expect(phone.get_by_text("The contact has no e-mail address.")).to_be_visible()
    check_page(phone)
    phone.get_by_role("link", name="Change the contact").click()
    expect(phone.locator("input[name=email]")).to_be_visible()
