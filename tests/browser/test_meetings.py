"""A meeting from its agreement to what came of it: account page, calendar, moved, held; at both widths."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from cadences.models import Appointment, Touchpoint
from correspondence.models import Message
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(server: Any, name: str, *args: int, query: str = "") -> str:
    return f"{server.url}{reverse(name, args=args)}{query}"


def on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    check_page(page)


def at_a_desk(page: Page) -> None:
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    check_page(page)


def test_a_meeting_is_agreed_seen_moved_and_held(page: Page, live_server: Any) -> None:
    today = company_today()
    make.make_company(calendar=make.make_calendar(weekdays=[1, 2, 3, 4, 5, 6, 7]))
    make.make_schedule()
    kari = make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)
    account = make.make_account(kari, name="Borg & Co", city="Oslo", country="NO", status="customer")
    make.make_contact(account, last_name="Lind", email="eva@borg.example", is_main=True, job_title="Buyer")
    make.make_contact(account, first_name="Per", last_name="Borg")
    for n in range(12):
        other = make.make_account(kari, name=f"Customer {n:02}")
        make.make_touchpoint(other, kari, today)

    # agreed on the account's page, with an invitation
    sign_in(page, live_server, kari, DESK)
    page.goto(address(live_server, "accounts:detail", account.pk))
    page.locator(".page-actions").get_by_role("link", name="Meeting").click()
    form = page.locator("#sheet form")
    form.get_by_label("Day").fill((today + timedelta(days=1)).isoformat())
    form.get_by_label("From").fill("14:00")
    form.get_by_label("Until").fill("13:00")
    form.get_by_label("Per Borg").check()
    form.get_by_label("What it is about").fill("Service contract")
    form.get_by_label("Agenda").fill("1. Pumps\n2. Prices")
    form.get_by_label("Send them an invitation").check()
    form.get_by_role("button", name="Agree it").click()
    expect(form.get_by_text("choose a later time")).to_be_visible()
    check_page(page)
    form.get_by_label("Until").fill("15:30")
    form.get_by_role("button", name="Agree it").click()
    expect(page.get_by_role("heading", name="Service contract")).to_be_visible()
    expect(page.get_by_text("No invitation goes to Per Borg (no e-mail address).")).to_be_visible()
    assert Message.objects.get().recipient == "eva@borg.example"
    check_page(page)
    on_a_phone(page)

    # in the calendar: by keyboard from day to day, as a list on a phone
    at_a_desk(page)
    page.goto(address(live_server, "meetings:calendar", query="?view=day"))
    expect(page.get_by_role("link", name="Customer 11")).to_be_visible()
    check_page(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Borg & Co")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="Customer 11")).to_be_visible()
    page.keyboard.press("w")
    expect(page.get_by_text("6 more")).to_be_visible()
    check_page(page)
    on_a_phone(page)
    at_a_desk(page)
    page.keyboard.press("m")
    expect(page.locator(".calendar-month").get_by_text("12 due")).to_be_visible()
    check_page(page)
    on_a_phone(page)
    page.goto(address(live_server, "meetings:calendar", query=f"?on={today + timedelta(days=1)}"))
    expect(page.get_by_role("link", name="Borg & Co")).to_be_visible()
    check_page(page)

    # moved, on a phone
    page.get_by_role("link", name="Borg & Co").click()
    page.get_by_role("link", name="Move or change").click()
    expect(page.get_by_text("Whoever is invited already gets every change by mail.")).to_be_visible()
    check_page(page)
    page.get_by_label("Day").fill((today + timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Changed: ")).to_be_visible()
    assert Touchpoint.objects.get(account=account).due_on == today + timedelta(days=2)

    # its time has come: held, with what they need and the next date
    meeting = Appointment.objects.get()
    began = timezone.now() - timedelta(hours=2)
    Appointment.objects.update(starts_at=began, ends_at=began + timedelta(hours=1))
    at_a_desk(page)
    page.goto(address(live_server, "meetings:detail", meeting.pk))
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="What came of the meeting with Borg & Co")).to_be_visible()
    check_page(page)
    page.get_by_text("Took place").click()
    page.get_by_label("Note", exact=True).fill("They want a second pump")
    page.get_by_label("What they need").fill("Less noise in hall 2")
    page.get_by_label("Next contact").fill((today + timedelta(days=7)).isoformat())
    on_a_phone(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("dd.prewrap", has_text="Less noise in hall 2")).to_be_visible()
    check_page(page)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.interaction.summary) == ("held", "They want a second pump")

    # and the address for other calendars
    page.goto(address(live_server, "meetings:address"))
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_label("Your address")).to_be_visible()
    check_page(page)
    at_a_desk(page)
