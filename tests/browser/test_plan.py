"""The plan in a browser: edited by keyboard alone, compared, activated, started by a night, rolled back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cadences import plans
from cadences.models import Plan, PlanItem, Touchpoint
from cadences.nightly import run_night
from cadences.reconcile import reconcile
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nadia(live_server: Any) -> User:
    """An admin; the seeded plan runs since long ago, and one Medium customer was talked to yesterday."""
    today = company_today()
    start = today - timedelta(days=200)
    plans.seed()
    plans.start_plan(start)
    make.make_schedule()
    owner = make.make_user()
    account = make.make_account(
        owner, name="Borg & Co", status="customer", tier=make.make_tier(2), tier_since=start,
        owner_since=start, became_customer_on=start, facts_from=start,
    )  # fmt: skip
    make.make_purchase(account, start)
    make.make_interaction(account, owner, happened_on=today - timedelta(days=1))
    reconcile(None, today)
    return make.make_user("admin", display_name="Nadia Keller", email="nadia@tend.example", password=PASSWORD)


@pytest.fixture
def desk(page: Page, live_server: Any, nadia: User) -> Page:
    sign_in(page, live_server, nadia)
    page.goto(f"{live_server.url}/plan/")
    return page


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def cell(page: Page, slot: str, tier: str) -> Locator:
    """The cell of a slot and a tier, by what stands in their headings."""
    heads = [each.split("\n")[0].strip() for each in page.locator(".ladder-table thead th").all_inner_texts()]
    row = page.locator("[data-row]").filter(has=page.get_by_role("rowheader", name=slot, exact=True))
    return row.locator("[data-cell]").nth(heads.index(tier) - 1)


def call_of(name: str) -> Touchpoint:
    return Touchpoint.objects.get(account__name=name, slot__key="relationship-call", state="open")


def typed(on: date) -> str:
    """A date as one types it into Chromium's own field in English."""
    return on.strftime("%m%d%Y")


def make_draft(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Make a draft of it"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Draft 2 beside running plan 1")).to_be_visible()


def to_cell(page: Page, slot: str, tier: str) -> Locator:
    """Into the grid by Tab, then by arrows, counting as a person does: down to the row, right to the tier."""
    wanted = cell(page, slot, tier)
    tab_to(page, page.locator("[data-cell][tabindex='0']"))
    for key, side in (("ArrowDown", "y"), ("ArrowRight", "x")):
        for _ in range(30):
            here = page.evaluate("s => document.activeElement.closest('td').getBoundingClientRect()[s]", side)
            if here >= wanted.evaluate("(e, s) => e.closest('td').getBoundingClientRect()[s]", side):
                break
            page.keyboard.press(key)
    expect(wanted).to_be_focused()
    return wanted


def test_from_draft_to_night_and_back_by_keyboard_alone(desk: Page, nadia: User) -> None:
    today = company_today()
    make_draft(desk)
    call = to_cell(desk, "Relationship call", "Medium")
    desk.keyboard.press("Enter")
    expect(desk.locator("select[name=kind]")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    expect(desk.locator("input[name=every]")).to_be_focused()
    desk.keyboard.type("10000")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("At most 120 months: ten years.")).to_be_visible()
    expect(desk.locator("input[name=every]")).to_be_focused()
    expect(desk.locator("input[name=every]")).to_have_value("10000")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("1")
    desk.keyboard.press("Enter")
    expect(call).to_contain_text("monthly")
    expect(call).to_be_focused()
    expect(desk.get_by_role("link", name="1 difference from plan 1")).to_be_visible()
    assert call_of("Borg & Co").plan_version == 1

    tab_to(desk, desk.get_by_role("link", name="Compare"), most=90)
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("monthly instead of every 2 months")).to_be_visible()
    tab_to(desk, desk.get_by_role("link", name="Activate from a date …"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.locator("input[name=on]"))
    desk.keyboard.type(typed(today + timedelta(days=1)))
    tab_to(desk, desk.get_by_role("button", name="Activate", exact=True))
    desk.keyboard.press("Enter")
    expect(desk.locator("#toasts").get_by_text("Plan 2 takes over in the night of")).to_be_visible()
    assert Plan.objects.running().get().version == 1

    run_night(today + timedelta(days=1), "test")
    assert call_of("Borg & Co").plan_version == 2
    desk.goto(desk.url)
    tab_to(desk, desk.get_by_role("link", name="Back to plan 1 …"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("every 2 months instead of monthly")).to_be_visible()
    tab_to(desk, desk.get_by_role("button", name="Go back to plan 1"))
    desk.keyboard.press("Enter")
    expect(desk.locator("#toasts").get_by_text("Plan 3 takes over in the night of")).to_be_visible()
    run_night(today + timedelta(days=1), "test")
    found = call_of("Borg & Co")
    assert (found.plan_version, found.item.every) == (3, 2)


def test_a_key_pressed_the_moment_the_form_comes_back_saves_beside_the_ladder(desk: Page) -> None:
    make_draft(desk)
    call = to_cell(desk, "Relationship call", "Medium")
    address = desk.url
    desk.keyboard.press("Enter")
    expect(desk.locator("select[name=kind]")).to_be_focused()
    desk.evaluate("""() => new MutationObserver((_, observer) => {
      const form = document.querySelector("#sheet form:has(.is-invalid)");
      if (!form) return;
      observer.disconnect();
      form.elements.every.value = "1";
      form.requestSubmit();
    }).observe(document.getElementById("sheet"), { childList: true })""")
    desk.locator("input[name=every]").focus()
    desk.keyboard.type("10000")
    desk.keyboard.press("Enter")
    expect(call).to_contain_text("monthly")
    expect(call).to_be_focused()
    assert desk.url == address  # the page was not left


def test_esc_comes_back_to_the_cell_and_loses_nothing_that_was_typed(desk: Page) -> None:
    make_draft(desk)
    call = to_cell(desk, "Meeting", "Large")
    desk.keyboard.press("Enter")
    expect(desk.locator("select[name=kind]")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(call).to_be_focused()
    expect(desk.locator("#sheet form")).to_have_count(0)
    desk.keyboard.press("Enter")
    expect(desk.locator("select[name=kind]")).to_be_focused()
    desk.locator("input[name=minutes]").focus()
    desk.keyboard.press("Control+a")
    desk.keyboard.type("95")
    desk.keyboard.press("Escape")
    expect(call).to_be_focused()
    expect(desk.locator("input[name=minutes]")).to_have_value("95")
    desk.keyboard.press("Enter")
    expect(desk.locator("select[name=kind]")).to_be_focused()
    expect(desk.locator("input[name=minutes]")).to_have_value("95")
    desk.once("dialog", lambda dialog: dialog.dismiss())
    cell(desk, "Meeting", "Medium").click()  # asks before it leaves what was typed
    expect(desk.get_by_role("heading", name="Meeting, Large")).to_be_visible()
    desk.keyboard.press("Escape")
    for key, tier in (("Home", "Base plan"), ("End", "Large"), ("ArrowLeft", "Medium")):
        cell_before = desk.evaluate("document.activeElement.dataset.cell")
        desk.keyboard.press(key)
        expect(cell(desk, "Meeting", tier)).to_be_focused()
        assert desk.evaluate("document.activeElement.dataset.cell") != cell_before or key == "End"


def test_the_editor_shows_what_belongs_to_the_choice(desk: Page) -> None:
    make_draft(desk)
    cell(desk, "Relationship call", "Base plan").click()
    expect(desk.locator("input[name=every]")).to_be_visible()
    expect(desk.locator("select[name=cycle]")).to_be_hidden()
    desk.select_option("select[name=kind]", "survey")
    expect(desk.locator("select[name=assignee]")).to_have_value("nobody")
    expect(desk.locator("input[name=minutes]")).to_be_hidden()
    expect(desk.get_by_label("Lunch")).to_be_hidden()
    desk.select_option("select[name=anchor]", "calendar")
    expect(desk.locator("input[name=every]")).to_be_hidden()
    desk.select_option("select[name=cycle]", "half")
    expect(desk.locator("select[name=last_month]")).to_have_value("6")
    desk.select_option("select[name=cycle]", "month")
    expect(desk.locator("select[name=first_month]")).to_be_hidden()
    desk.fill("input[name=first_day]", "3")
    desk.fill("input[name=last_day]", "12")
    desk.get_by_role("button", name="Save").click()
    expect(cell(desk, "Relationship call", "Base plan")).to_contain_text("monthly")
    item = PlanItem.objects.get(plan__version=2, slot__key="relationship-call", tier=None)
    assert (item.kind, item.cycle, item.window_from, item.window_days) == ("survey", "month", 2, 10)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_fits_and_can_be_read_by_everybody(
    page: Page, live_server: Any, nadia: User, size: tuple[int, int]
) -> None:
    for rank in range(4, 13):
        make.make_tier(rank)
    draft = plans.draft_of(nadia)
    slot = draft.items.get(slot__key="meeting", tier__name="Large").slot
    plans.clear_cell(nadia, draft, slot, make.make_tier(3))
    sign_in(page, live_server, nadia, size)
    first = f"/plan/{draft.pk}/"
    for at in ("/plan/", first, f"{first}compare/", f"{first}activate/", f"{first}discard/", "/plan/slots/",
               "/plan/slots/new/", f"{first}cell/{slot.pk}/0/", f"{first}track/"):  # fmt: skip
        page.goto(f"{live_server.url}{at}")
        check_page(page)
    page.goto(f"{live_server.url}{first}")
    page.locator("[data-cell]:visible").nth(4).click()
    expect(page.locator("#sheet form")).to_be_visible()
    # what lies half under a bar that stays is too small to axe; the ladder moves its cell into sight first
    page.evaluate("new Promise(done => setTimeout(() => { scrollTo(0, 0); done(); }, 500))")
    check_page(page)


def test_on_a_phone_one_tier_at_a_time(page: Page, live_server: Any, nadia: User) -> None:
    draft = plans.draft_of(nadia)
    sign_in(page, live_server, nadia, PHONE)
    page.goto(f"{live_server.url}/plan/{draft.pk}/")
    expect(page.locator("[data-cell]:visible")).to_have_count(26)
    page.get_by_label("Tier", exact=True).select_option(label="Large")
    page.wait_for_url("**tier=**")
    shown = page.locator("[data-cell]:visible")
    monthly = shown.filter(has_text=re.compile(r"\bmonthly"))
    expect(monthly).to_have_count(1)
    monthly.click()
    page.fill("input[name=every]", "2")
    page.get_by_role("button", name="Save").click()
    expect(monthly).to_have_count(0)
    expect(shown.filter(has_text="every 2 months").first).to_be_visible()
    expect(page.locator("[data-cell]:visible")).to_have_count(26)  # still the same tier


def test_the_cell_stays_in_sight_beside_its_editor(page: Page, live_server: Any, nadia: User) -> None:
    for rank in range(4, 13):
        make.make_tier(rank, name=f"Strategic partners {rank}")
    draft = plans.draft_of(nadia)
    sign_in(page, live_server, nadia)
    page.goto(f"{live_server.url}/plan/{draft.pk}/")
    for tier in ("Strategic partners 6", "Strategic partners 12", "Base plan"):
        wanted = cell(page, "Meeting", tier)
        wanted.click()
        expect(page.get_by_role("heading", name=f"Meeting, {tier}")).to_be_visible()
        page.wait_for_function(
            """([cell, wrap]) => {
              const [place, room] = [cell.getBoundingClientRect(), wrap.getBoundingClientRect()];
              return place.right <= room.right && place.left >= room.left;
            }""",
            arg=[wanted.element_handle(), page.locator(".ladder-wrap").element_handle()],
        )
