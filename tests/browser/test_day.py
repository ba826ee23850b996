"""My day in a real browser: by keyboard alone at a desk, by thumb on a phone, without script at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as project
from playwright.sync_api import Browser, Locator, Page, expect

from cadences.engine import reconcile
from cadences.models import Touchpoint
from contacts.models import Commitment, Concern, Interaction
from tests import factories as make
from users.clock import company_today
from users.models import User

AXE = project.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "a-long-password-7"
DESK, PHONE = (1280, 900), (390, 844)
NAMES = ["Acme Machining", "Borg & Co", "Fjord Kraft", "Nordlys Foods", "Voss Water"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kari(live_server: Any) -> User:
    """A salesperson with five monthly calls that are late, made by the engine, first name first."""
    user = make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)
    today = company_today()
    purpose = make.make_purpose(
        "stay", talking_points=["What has changed?"], checklist=[{"key": "a", "text": "Worries asked for"}]
    )
    make.make_schedule()
    plan = make.make_plan(state="running", effective_from=today - timedelta(days=400))
    make.make_item(
        make.make_slot("relationship-call", name="Relationship call"),
        plan=plan, purpose=purpose, since=plan.effective_from, qualifying=["call"], minutes=15,
    )  # fmt: skip
    for k, name in enumerate(NAMES):
        account = make.make_account(
            user, name=name, status="customer", became_customer_on=today - timedelta(days=300),
            owner_since=today - timedelta(days=300), facts_from=today - timedelta(days=300),
        )  # fmt: skip
        make.make_contact(
            account, last_name="Lind", is_main=True, phone="+47 22 33 44 55", phone_e164="+4722334455"
        )
        make.make_purchase(account, today - timedelta(days=300))
        make.make_interaction(account, user, happened_on=today - timedelta(days=60 - 4 * k), sentiment=4)
    reconcile(None, today)
    assert Touchpoint.objects.open().filter(assignee=user, due_on__lt=today).count() == len(NAMES)
    return user


def sign_in(page: Page, server: Any, user: User, size: tuple[int, int] = DESK) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(f"{server.url}/auth/login/")
    page.fill("input[name=login]", user.email or "")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)
    return page


@pytest.fixture
def day(page: Page, live_server: Any, kari: User) -> Page:
    """Kari's day at a desk, the first line and its sheet in front."""
    sign_in(page, live_server, kari)
    expect(sheet_of(page, NAMES[0])).to_be_visible()
    return page


def sheet_of(page: Page, name: str) -> Locator:
    return page.locator("[data-sheet]").filter(has=page.get_by_role("heading", name=name))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.name"))


def check_page(page: Page) -> None:
    """Nothing wider than the screen, and what axe finds under WCAG 2.2 AA: nothing."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    problems = [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found["violations"]]
    assert not problems, f"{page.url}: {problems}"


# -- The keyboard ---------------------------------------------------------------------------------------


def test_an_ordinary_call_takes_at_most_six_keys_and_the_next_one_is_in_front(day: Page) -> None:
    keys = ["l", "1", "NOTE", "Tab", "4", "Enter"]
    for key in keys:
        if key == "NOTE":
            expect(day.locator("textarea[name=summary]")).to_be_focused()
            day.keyboard.type("Happy with the pump; wants a quote in spring.")
        else:
            day.keyboard.press(key)
    assert len(keys) - 1 <= 6
    expect(sheet_of(day, NAMES[1])).to_be_visible()
    expect(day.get_by_text("Acme Machining: saved.")).to_be_visible()
    expect(day.locator("[data-line][aria-current]")).to_be_focused()
    assert NAMES[1] in focused(day)
    expect(day.locator("#day-count")).to_contain_text("4 left")
    log = Interaction.objects.latest("id")
    assert (log.account.name, log.sentiment, log.outcome) == ("Acme Machining", 4, "talked")
    assert log.summary == "Happy with the pump; wants a quote in spring."
    assert Touchpoint.objects.filter(slot__key="agreed").count() == 0


def test_a_morning_by_keyboard_alone(day: Page) -> None:
    day.keyboard.press("l")
    day.keyboard.press("2")  # no answer
    day.keyboard.press("Enter")
    expect(sheet_of(day, NAMES[1])).to_be_visible()
    vain = Interaction.objects.latest("id")
    assert (vain.outcome, vain.reached) == ("no_answer", False)

    friday = company_today() + timedelta(days=3)
    day.keyboard.press("l")
    day.keyboard.press("4")  # call back
    expect(day.locator("[name=back_on]")).to_be_focused()
    day.keyboard.type(friday.strftime("%m%d%Y"))
    day.keyboard.press("Tab")
    day.locator("[name=back_at]").focus()
    day.keyboard.type("0200PM")
    day.keyboard.press("Enter")
    expect(sheet_of(day, NAMES[2])).to_be_visible()
    agreed = Touchpoint.objects.get(slot__key="agreed")
    assert (agreed.due_on, agreed.due_at is not None, agreed.state) == (friday, True, "open")

    day.keyboard.press("s")  # put off: the next working day is there already
    expect(day.locator("#snooze-until")).to_be_focused()
    day.keyboard.press("Enter")
    expect(sheet_of(day, NAMES[3])).to_be_visible()
    off = Touchpoint.objects.get(account__name=NAMES[2], state="open")
    assert off.due_on > company_today() > off.planned_on

    day.keyboard.press("n")
    day.keyboard.type("Moves to a new office in May")
    day.keyboard.press("Tab")
    day.keyboard.press("Enter")
    expect(day.get_by_text("Note saved on Nordlys Foods.")).to_be_visible()
    expect(sheet_of(day, NAMES[3])).to_be_visible()


def test_lines_are_walked_and_nothing_typed_is_lost(day: Page) -> None:
    day.keyboard.press("j")
    expect(sheet_of(day, NAMES[1])).to_be_visible()
    day.keyboard.press("k")
    expect(sheet_of(day, NAMES[0])).to_be_visible()
    day.keyboard.press("l")
    day.keyboard.press("1")
    day.keyboard.type("Half a sentence")
    day.keyboard.press("Escape")
    expect(day.locator("[data-line][aria-current]")).to_be_focused()
    day.keyboard.press("j")
    expect(sheet_of(day, NAMES[1])).to_be_visible()
    day.keyboard.press("k")
    expect(sheet_of(day, NAMES[0])).to_be_visible()
    expect(day.locator("textarea[name=summary]")).to_have_value("Half a sentence")
    day.keyboard.press("/")
    expect(day.locator("#quick-search")).to_be_focused()
    day.keyboard.press("Escape")
    day.keyboard.press("?")
    expect(day.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()


def test_what_is_wrong_is_said_in_the_sheet_and_can_be_cured(day: Page) -> None:
    day.keyboard.press("l")
    day.keyboard.press("1")
    day.keyboard.type("Promised something")
    day.locator("summary", has_text="Promise").click()
    day.get_by_label("What was promised").fill("A quote")
    day.keyboard.press("Control+Enter")
    expect(day.get_by_text("A promise needs its day: by when?")).to_be_visible()
    expect(day.locator("textarea[name=summary]")).to_have_value("Promised something")
    day.get_by_label("By when").fill((company_today() + timedelta(days=2)).isoformat())
    day.keyboard.press("Control+Enter")
    expect(sheet_of(day, NAMES[1])).to_be_visible()
    assert Commitment.objects.get().what == "A quote"


def test_undo_brings_the_line_back(day: Page) -> None:
    day.keyboard.press("l")
    day.keyboard.press("1")
    day.keyboard.type("Too early")
    for key in ("Tab", "5", "Enter"):
        day.keyboard.press(key)
    expect(sheet_of(day, NAMES[1])).to_be_visible()
    day.get_by_role("button", name="Undo").click()
    expect(sheet_of(day, NAMES[0])).to_be_visible()
    expect(day.locator("#day-count")).to_contain_text("5 left")
    assert Interaction.objects.latest("id").withdrawn_at is not None
    expect(day.locator("textarea[name=summary]")).to_have_value("Too early")
    day.keyboard.press("l")
    day.keyboard.press("1")
    day.keyboard.press("Control+Enter")
    expect(sheet_of(day, NAMES[1])).to_be_visible()
    assert Interaction.objects.standing().latest("id").summary == "Too early"


# -- Colleagues, phones, no script, accessibility -------------------------------------------------------


def test_a_concern_of_the_service_desk_stands_on_the_sellers_day(
    day: Page, browser: Browser, live_server: Any
) -> None:
    jon = make.make_user(
        "reader",
        display_name="Jon Desk",
        email="jon@tend.example",
        password=PASSWORD,
        department="Service desk",
    )
    other = browser.new_context()
    desk = sign_in(other.new_page(), live_server, jon)
    account = Touchpoint.objects.filter(account__name=NAMES[0]).latest("id").account
    desk.goto(f"{live_server.url}/accounts/{account.pk}/log/")
    desk.locator(".choice", has_text="Talked").click()
    desk.locator("textarea[name=summary]").fill("Called in, angry")
    desk.locator("summary", has_text="Concern").click()
    desk.get_by_label("What worries them").fill("Pump seal leaks again")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk).to_have_url(f"{live_server.url}/accounts/{account.pk}/")
    concern = Concern.objects.get()
    assert (concern.raised_by, concern.interaction.by_owner_side) == (jon, False)
    other.close()
    day.reload()
    expect(day.locator(".line", has_text=NAMES[0])).to_contain_text("Pump seal leaks again")
    expect(sheet_of(day, NAMES[0])).to_contain_text("Pump seal leaks again")


def test_by_thumb(page: Page, live_server: Any, kari: User) -> None:
    sign_in(page, live_server, kari, PHONE)
    first = page.locator(".line").first
    call, log = first.get_by_role("link", name="Call"), first.get_by_role("link", name="Log")
    assert call.get_attribute("href") == "tel:+4722334455"
    for button in (call, log):
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    check_page(page)
    log.click()
    expect(sheet_of(page, NAMES[0])).to_be_visible()
    check_page(page)
    page.locator(".choice", has_text="Talked").click()
    page.locator("textarea[name=summary]").fill("From the car park")
    page.get_by_role("button", name="Save and next").click()
    expect(sheet_of(page, NAMES[1])).to_be_visible()
    assert Interaction.objects.latest("id").summary == "From the car park"
    page.get_by_role("button", name="List").click()
    expect(page.locator(".line").first).to_contain_text(NAMES[1])
    expect(page.locator("#day-sheet")).to_be_hidden()


def test_without_script_it_is_links_and_forms(browser: Browser, live_server: Any, kari: User) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, kari)
    page.get_by_role("link", name=NAMES[0]).click()
    page.get_by_label("Talked").check()
    page.get_by_label("Note", exact=True).first.fill("No script needed")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_text("Acme Machining: saved.")).to_be_visible()
    expect(page.locator("#day-count")).to_contain_text("4 left")
    assert Interaction.objects.latest("id").summary == "No script needed"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_in_light_and_dark(browser: Browser, live_server: Any, kari: User, scheme: Any) -> None:
    make.make_concern(
        Touchpoint.objects.filter(account__name=NAMES[0]).latest("id").account, opened_on=date(2026, 1, 5)
    )
    kari.roles = ["salesperson", "manager", "admin"]
    kari.save()
    context = browser.new_context(color_scheme=scheme)
    page = sign_in(context.new_page(), live_server, kari)
    expect(sheet_of(page, NAMES[0])).to_be_visible()
    for fold in page.locator(".log-more summary, .sheet-aside summary, .day-fold summary").all():
        fold.click()
    page.evaluate("scrollTo(0, 0)")  # no link half below the bar at the top
    page.wait_for_timeout(300)
    check_page(page)
    page.goto(f"{live_server.url}/engine/")
    check_page(page)
    page.goto(f"{live_server.url}/todos/new/")
    check_page(page)
    context.close()
