"""Calendars, absences, pauses and exceptions in a real browser: by keyboard, at a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from cadences.models import Override, Slot, Touchpoint
from cadences.reconcile import reconcile
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today
from users.models import Absence, Calendar, Closure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def firm(live_server: Any) -> SimpleNamespace:
    """An admin who also owns an account with a call on every coming week, a deputy, and many colleagues."""
    today = company_today()
    deputy = make.make_user(display_name="Dag Moe")
    boss = make.make_user(
        "admin",
        "salesperson",
        display_name="Ada Min",
        email="ada@tend.example",
        password=PASSWORD,
        deputy=deputy,
    )
    company = make.make_company(calendar=make.make_calendar(name="Company", country="NO"))
    for n in range(60):
        person = make.make_user(display_name=f"Colleague {n} with a long family name", team=make.make_team())
        make.make_absence(person, today, today + timedelta(days=n), reason="Skiing")
    make.make_schedule()
    plan = make.make_plan(state="running", effective_from=today - timedelta(days=400))
    make.make_item(
        make.make_slot("relationship-call", name="Relationship call"),
        plan=plan, since=plan.effective_from, qualifying=["call"], unit="week",
    )  # fmt: skip
    account = make.make_account(
        boss, name="Åcme Machining & Sons", status="customer", became_customer_on=today - timedelta(days=300),
        facts_from=today - timedelta(days=300), country="SE",
    )  # fmt: skip
    make.make_interaction(account, boss, happened_on=today - timedelta(days=2))
    reconcile(None, today)
    Override.objects.create(
        account=make.make_account(boss, name="Borg"), slot=Slot.objects.get(key="relationship-call"),
        is_off=True, reason="They asked for none",
    )  # fmt: skip
    return SimpleNamespace(boss=boss, deputy=deputy, account=account, calendar=company.calendar, today=today)


def the_call(firm: SimpleNamespace) -> Touchpoint:
    return Touchpoint.objects.open().get(account=firm.account)


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_every_page_fits_and_reads_well(page: Page, live_server: Any, firm: SimpleNamespace, size):
    sign_in(page, live_server, firm.boss, size)
    override = Override.objects.get()
    absence = Absence.objects.first()
    assert absence is not None
    pages = [
        reverse("calendars:list"), reverse("calendars:create"), reverse("calendars:people"),
        reverse("calendars:absences"), reverse("calendars:create_absence"),
        reverse("calendars:edit", args=[firm.calendar.pk]),
        reverse("calendars:edit_absence", args=[absence.pk]),
        reverse("exceptions:list"), reverse("exceptions:edit", args=[override.pk]),
        reverse("exceptions:create", args=[firm.account.pk]),
        reverse("accounts:pause", args=[firm.account.pk]),
    ]  # fmt: skip
    for path in pages:
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        check_page(page)


def test_an_absence_by_keyboard_shows_what_moves(page: Page, live_server: Any, firm: SimpleNamespace):
    sign_in(page, live_server, firm.boss)
    page.goto(live_server.url + reverse("calendars:create_absence"))
    first, last = (firm.today + timedelta(days=n) for n in (1, 30))
    page.fill("[name=starts_on]", first.isoformat())
    page.fill("[name=ends_on]", last.isoformat())
    page.press("[name=ends_on]", "Enter")
    expect(page.get_by_role("heading", name="What moves")).to_be_visible()
    expect(page.get_by_role("cell", name="Dag Moe")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Back to the form").press("Enter")
    expect(page.locator("[name=starts_on]")).to_have_value(first.isoformat())
    page.select_option("[name=deputy]", "nobody")
    page.press("[name=reason]", "Enter")
    expect(page.get_by_text("1 moves to another day")).to_be_visible()
    page.get_by_role("button", name="Save the absence").press("Enter")
    expect(page.get_by_text("The absence is in")).to_be_visible()
    assert the_call(firm).due_on > last


def test_a_country_brings_its_regions_and_holidays(page: Page, live_server: Any, firm: SimpleNamespace):
    sign_in(page, live_server, firm.boss, PHONE)
    page.goto(live_server.url + reverse("calendars:create"))
    page.fill("[name=name]", "Munich")
    page.select_option("[name=country]", "DE")
    expect(page.get_by_text("public holidays in")).to_be_visible()
    page.select_option("[name=subdivision]", "BY")
    expect(page.get_by_text("(this region)").first).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Munich")).to_be_visible()
    assert Calendar.objects.get(name="Munich").subdivision == "BY"
    page.fill("#id_first", (firm.today + timedelta(days=3)).isoformat())
    page.fill("form[action*=closures] [name=name]", "Inventory")
    page.get_by_role("button", name="Close these days").click()
    expect(page.get_by_text("1 day is closed.")).to_be_visible()
    assert Closure.objects.count() == 1


def test_an_exception_from_the_accounts_page(page: Page, live_server: Any, firm: SimpleNamespace):
    sign_in(page, live_server, firm.boss)
    page.goto(live_server.url + reverse("accounts:detail", args=[firm.account.pk]))
    page.get_by_role("link", name="Add an exception").click()
    expect(page.get_by_label("Like tier")).to_be_hidden()
    page.get_by_label("switched off").check()
    expect(page.get_by_label("Every")).to_be_hidden()
    page.get_by_label("Why").fill("They call us")
    page.get_by_label("Why").press("Enter")
    expect(page.get_by_text("1 is no longer owed")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Save the exception").click()
    expect(page.locator("#exceptions-title + a, #exceptions-title").first).to_be_visible()
    expect(page.get_by_text("They call us")).to_be_visible()
    page.wait_for_load_state("networkidle")  # panels of the account that are still on their way
    assert not Touchpoint.objects.open().filter(account=firm.account).exists()


def test_what_arrives_while_the_mouse_is_down_does_not_take_the_click_away(
    page: Page, live_server: Any, firm: SimpleNamespace
):
    sign_in(page, live_server, firm.boss)
    page.clock.install()
    page.goto(live_server.url + reverse("accounts:detail", args=[firm.account.pk]))
    panel = page.locator("section[aria-labelledby=exceptions-title]")
    add = page.get_by_role("link", name="Add an exception")
    add.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    # A press of more than a second holds nothing up: however slow the machine is, this one takes no time.
    page.clock.pause_at(timezone.now() + timedelta(hours=1))

    def arrives_while_pressed(place: Locator) -> None:
        """Press at ``place`` and fetch the panel anew: what stands there stays until the mouse is let go."""
        add.evaluate("link => { link.dataset.old = '1' }")
        place.hover()
        page.mouse.down()
        with page.expect_event("requestfinished", lambda request: "exceptions" in request.url):
            panel.evaluate(
                "it => { htmx.ajax('GET', it.getAttribute('hx-get'), { target: it, swap: 'innerHTML' }) }"
            )
        page.wait_for_timeout(100)
        expect(add).to_have_attribute("data-old", "1")
        page.mouse.up()

    arrives_while_pressed(page.get_by_role("heading", name="Exceptions"))
    page.clock.run_for(100)
    expect(add).not_to_have_attribute("data-old", "1")
    arrives_while_pressed(add)
    page.wait_for_url("**" + reverse("exceptions:create", args=[firm.account.pk]))
