"""A servicing campaign from its start to its result, and a leaver's accounts handed over; desk and phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account
from cadences import plans
from cadences.models import Campaign, Touchpoint
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(server: Any, name: str, *args: int) -> str:
    return f"{server.url}{reverse(name, args=args)}"


def test_a_campaign_is_started_worked_and_ended_then_the_account_is_handed_over(
    page: Page, live_server: Any
) -> None:
    today = company_today()
    calendar = make.make_calendar(weekdays=[1, 2, 3, 4, 5, 6, 7])  # so that its first call is due today
    make.make_company(calendar=calendar)
    plans.seed()
    plans.start_plan(today - timedelta(days=30))
    make.make_schedule()
    manager = make.make_user("manager", display_name="Mona Vik", email="mona@tend.example", password=PASSWORD)
    team = make.make_team(manager)
    kari = make.make_user(
        display_name="Kari Holm", email="kari@tend.example", password=PASSWORD, team=team, calendar=calendar
    )
    dag = make.make_user(display_name="Dag Moe", team=team, calendar=calendar)
    account = make.make_account(kari, name="Borg & Co", city="Oslo", country="", about="")
    make.make_contact(account, is_main=True)

    # start: the open questions are named, a reason is enough
    sign_in(page, live_server, kari, DESK)
    page.goto(address(live_server, "accounts:detail", account.pk))
    page.get_by_role("link", name="Start a campaign").click()
    sheet = page.locator("#sheet")
    expect(sheet.get_by_text("Not answered yet")).to_be_visible()
    check_page(page)
    sheet.get_by_role("button", name="Start it today").click()
    expect(sheet.get_by_text("say why it can wait")).to_be_visible()
    sheet.get_by_label("Why it can begin already").fill("They asked us to ring")
    sheet.get_by_role("button", name="Start it today").click()
    expect(page.get_by_text("Week 1 of 4")).to_be_visible()
    expect(page.get_by_text("0 done, 11 to come")).to_be_visible()
    check_page(page)

    # its first call is on My day, on a phone too
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(address(live_server, "cadences:day"))
    expect(page.get_by_text("Campaign call 1 (introduction)").first).to_be_visible()
    page.goto(address(live_server, "campaigns:list"))
    expect(page.get_by_role("link", name="Borg & Co")).to_be_visible()
    check_page(page)

    # the end, with what came of it
    page.goto(address(live_server, "accounts:detail", account.pk))
    page.locator("#campaign-title").scroll_into_view_if_needed()  # the panel is fetched when it is seen
    page.get_by_role("link", name="End the campaign").click()
    sheet.get_by_label("Appointment made").check()
    sheet.get_by_label("In a few words").fill("Thursday at two")
    check_page(page)
    sheet.get_by_role("button", name="End it").click()
    expect(page.get_by_text("The campaign has ended: appointment made.")).to_be_visible()
    page.locator("#campaign-title").scroll_into_view_if_needed()
    expect(page.get_by_text("Thursday at two").first).to_be_visible()
    check_page(page)
    assert Campaign.objects.get().result == "appointment"
    assert not Touchpoint.objects.open().exists()

    # the manager hands Kari's accounts over
    page.context.clear_cookies()
    sign_in(page, live_server, manager, PHONE)
    page.goto(address(live_server, "reassign:people"))
    check_page(page)
    page.get_by_role("link", name="Kari Holm").click()
    page.get_by_label("Dag Moe").check()
    page.get_by_role("button", name="Show what each would get").click()
    expect(page.get_by_role("rowheader", name="Dag Moe")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Hand over 1 account").click()
    expect(page.get_by_text("1 account of Kari Holm has a new owner")).to_be_visible()
    assert Account.objects.get().owner == dag
    check_page(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 taken back")).to_be_visible()
    assert Account.objects.get().owner == kari
