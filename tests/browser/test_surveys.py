"""Surveys in a browser: a manager writes a question and decides about who waits; wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveys.models import HeldBack, Programme
from surveys.services import programmes
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from tests.surveys import factories as survey
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mona(live_server: Any) -> User:
    """A manager; the seeded programmes, an open wave, and somebody who waits."""
    programmes.seed()
    user = make.make_user("manager", display_name="Mona Vik", email="mona@tend.example", password=PASSWORD)
    contact = survey.make_customer(email="")
    make.make_contact(contact.account, first_name="Per", last_name="Borg", email="per@customer.example")
    programme = Programme.objects.get(kind="after_purchase")
    survey.make_wave(programme)
    HeldBack.objects.create(
        programme=programme,
        account=contact.account,
        cycle="first",
        reason="no_address",
        since=company_today(),
    )
    return user


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_fits_and_can_be_used_by_everybody(page: Page, live_server: Any, mona: User, size) -> None:
    sign_in(page, live_server, mona, size)
    first = Programme.objects.get(kind="after_purchase").pk
    once = programmes.make_one_off(mona, "Trade fair").pk
    account = HeldBack.objects.get().account_id
    for path in (
        "", "new/", "waiting/", "exclusions/?q=acc", f"exclusions/of/{account}/", f"{first}/",
        f"{first}/questions/",
        f"{first}/questions/of/process/", f"{first}/questions/new/multi/", f"{first}/questions/frame/",
        f"{first}/mail/", f"{first}/mail/new/", f"{first}/preview/", f"{once}/start/",
    ):  # fmt: skip
        page.goto(f"{live_server.url}/surveys/{path}")
        expect(page.locator("h1")).to_be_visible()
        check_page(page)


def test_a_question_is_written_moved_and_published(page: Page, live_server: Any, mona: User) -> None:
    sign_in(page, live_server, mona)
    page.get_by_role("link", name="Surveys").first.click()
    page.get_by_role("link", name="Yearly", exact=True).click()
    page.get_by_role("navigation", name="Yearly").get_by_role("link", name="Questions").click()
    page.get_by_role("link", name="One of a list").click()
    page.get_by_label("Question").first.fill("Which colour?")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".field-error").first).to_be_visible()
    expect(page.get_by_label("Question").first).to_have_value("Which colour?")
    page.get_by_label("Question").nth(1).fill("Welche Farbe?")
    for row, (english, german) in enumerate([("Red", "Rot"), ("Blue", "Blau")], start=1):
        page.get_by_label(f"Words in en, row {row}").fill(english)
        page.get_by_label(f"Words in de, row {row}").fill(german)
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".question-rows li").last).to_contain_text("Which colour?")
    page.get_by_role("button", name="Up: Which colour?").click()
    expect(page.locator(".question-rows li").nth(-2)).to_contain_text("Which colour?")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published today")).to_be_visible()


def test_who_waits_is_asked_or_left_out(page: Page, live_server: Any, mona: User) -> None:
    sign_in(page, live_server, mona)
    page.goto(f"{live_server.url}/surveys/waiting/")
    page.get_by_label("Ask", exact=True).select_option(label="Per Borg, per@customer.example")
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("Nobody waits")).to_be_visible()
    assert HeldBack.objects.get().address == "per@customer.example"
