"""The survey in a real browser: three widths, by keyboard alone, without script, and what the tab keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.ballotbox.surveys import long_survey
from tests.ballots import Box, Wave
from tests.browser.test_day import check_page

pytestmark = [pytest.mark.browser]

WIDTHS = {320: 640, 390: 844, 1280: 900}
SEND = "Send my answers"


@pytest.fixture
def wave(box: Box) -> Wave:
    return box.wave(long_survey())


@pytest.fixture
def tab(page: Page) -> Page:
    """A page whose script makes no mistake and whose policy blocks nothing."""
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.on("console", lambda line: pytest.fail(line.text) if "Content Security" in line.text else None)
    return page


def open_survey(page: Page, box: Box, wave: Wave, width: int = 390, **ticket: object) -> None:
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.goto(f"{box.url}/s/{wave.ticket(**ticket)}")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_is_accessible(tab: Page, box: Box, wave: Wave, width: int) -> None:
    for language in ("en", "de"):
        open_survey(tab, box, wave, width, language=language)
        check_page(tab)
    tab.get_by_label("What should we go on doing?").or_(tab.locator("textarea").last).last.fill("word" * 900)
    tab.locator("button.primary").click()
    expect(tab.get_by_role("alert")).to_be_visible()
    check_page(tab)
    for path in (f"/w/{wave.id}", "/s/nothing"):
        tab.goto(box.url + path)
        check_page(tab)
    open_survey(tab, box, wave, width)
    tab.locator(".point").nth(10).click()
    tab.get_by_role("button", name=SEND).click()
    expect(tab.get_by_role("heading", name="Thank you")).to_be_visible()
    check_page(tab)


def test_dark_pages_are_readable_too(tab: Page, box: Box, wave: Wave) -> None:
    tab.emulate_media(color_scheme="dark")
    open_survey(tab, box, wave)
    tab.get_by_role("button", name=SEND).click()
    expect(tab.get_by_role("alert")).to_be_visible()
    check_page(tab)


def test_fingers_find_every_answer(tab: Page, box: Box, wave: Wave) -> None:
    open_survey(tab, box, wave, 320)
    small = tab.evaluate("""
        [...document.querySelectorAll(".point, .option, button.primary, .languages button, textarea")]
            .map(each => each.getBoundingClientRect()).filter(box => box.width < 40 || box.height < 44).length
    """)
    assert small == 0


def test_names_tell_what_the_ends_of_a_scale_mean(tab: Page, box: Box, wave: Wave) -> None:
    open_survey(tab, box, wave)
    asked = tab.get_by_role("group", name="How likely is it that you would recommend")
    expect(asked.get_by_role("radio")).to_have_count(11)
    expect(asked.get_by_role("radio", name="0 : Not at all likely")).to_have_count(1)
    expect(asked.get_by_role("radio", name="10 : Extremely likely")).to_have_count(1)
    expect(asked.get_by_role("radio", name="5", exact=True)).to_have_count(1)
    line = tab.get_by_role("group", name="A correct invoice")
    expect(line.get_by_role("radio", name="1 : Very poor")).to_have_count(1)
    expect(line.get_by_role("radio", name="Does not apply")).to_have_count(1)
    text = tab.get_by_role("textbox", name="What is the one thing we should change?")
    warning = "Read by people: please no names, numbers of orders or anything else that says who you are."
    expect(text).to_have_accessible_description(warning)


def test_by_keyboard_alone(tab: Page, box: Box, wave: Wave) -> None:
    open_survey(tab, box, wave, 1280)
    tab.get_by_role("button", name="Deutsch").focus()
    tab.keyboard.press("Tab")  # what is stored
    expect(tab.get_by_role("link", name="What is stored")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")  # 0
    for _ in range(9):
        tab.keyboard.press("ArrowRight")
    expect(tab.locator("input[name=recommend]:checked")).to_have_value("9")
    while not tab.locator("textarea").first.evaluate("each => each === document.activeElement"):
        tab.keyboard.press("Tab")
    tab.keyboard.type("Better manuals\nplease")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    expect(tab.locator("button.primary")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [each["answers"] for each in wave.said()] == [{"recommend": 9, "change": "Better manuals\nplease"}]


def test_enter_inside_the_form_sends_and_does_not_change_the_language(
    tab: Page, box: Box, wave: Wave
) -> None:
    open_survey(tab, box, wave)
    tab.locator("input[name=recommend][value='8']").check()
    tab.locator("input[name=recommend][value='8']").press("Enter")
    expect(tab.get_by_role("heading", name="Thank you")).to_be_visible()


def test_the_summary_of_problems_has_the_focus_and_leads_to_the_fields(
    tab: Page, box: Box, wave: Wave
) -> None:
    open_survey(tab, box, wave)
    tab.get_by_role("textbox", name="What should we go on doing?").fill("Everything")
    tab.get_by_role("button", name=SEND).click()
    expect(tab.get_by_role("alert")).to_be_focused()
    tab.get_by_role("alert").get_by_role("link").click()
    expect(tab.locator("input[name=recommend]").first).to_be_focused()
    tab.keyboard.press("Space")
    expect(tab.get_by_role("textbox", name="What should we go on doing?")).to_have_value("Everything")
    tab.get_by_role("button", name=SEND).click()
    expect(tab.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [each["answers"] for each in wave.said()] == [{"recommend": 0, "praise": "Everything"}]


def test_what_is_typed_stays_in_this_tab_until_it_is_sent(tab: Page, box: Box, wave: Wave) -> None:
    open_survey(tab, box, wave)
    tab.locator(".point").nth(7).click()
    tab.get_by_label("Price").first.check()
    tab.locator("textarea").first.fill("Half a thought")
    tab.reload()
    expect(tab.locator("textarea").first).to_have_value("Half a thought")
    expect(tab.locator("input[name=recommend]:checked")).to_have_value("7")
    expect(tab.locator("input[name=reason]:checked")).to_have_value("price")
    tab.get_by_role("button", name=SEND).click()
    expect(tab.get_by_role("heading", name="Thank you")).to_be_visible()
    kept = tab.evaluate("[sessionStorage.length, localStorage.length, document.cookie.length]")
    assert kept == [0, 0, 0]


def test_a_draft_does_not_appear_in_another_survey(tab: Page, box: Box, wave: Wave) -> None:
    open_survey(tab, box, wave)
    tab.locator("textarea").first.fill("Half a thought")
    open_survey(tab, box, wave)  # another ticket in the same tab
    expect(tab.locator("textarea").first).to_have_value("")


@pytest.fixture
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


def test_without_any_script(plain: BrowserContext, box: Box, wave: Wave) -> None:
    page = plain.new_page()
    open_survey(page, box, wave, 320)
    page.locator("textarea").first.fill("Ohne Skript")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Ihr Einkauf bei Northwind Pumps")).to_be_visible()
    expect(page.locator("textarea").first).to_have_value("Ohne Skript")
    page.locator("button.primary").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator(".point").nth(10).click()
    page.locator("button.primary").click()
    expect(page.locator("h1")).to_be_visible()
    assert [each["answers"] for each in wave.said()] == [{"recommend": 10, "change": "Ohne Skript"}]


def test_a_page_asks_nobody_but_the_box(tab: Page, box: Box, wave: Wave) -> None:
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    tab.on("request", note)
    open_survey(tab, box, wave)
    tab.wait_for_load_state("networkidle")
    assert len(asked) >= 3
    assert all(each.url.startswith(box.url) for each in asked)
    assert all("referer" not in each.all_headers() for each in asked)
