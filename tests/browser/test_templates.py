"""A template from its first word to its second language: menu, preview, versions; desk and phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from correspondence.models import Template, TemplateText
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_template_is_written_previewed_saved_and_put_into_a_second_language(
    page: Page, live_server: Any
) -> None:
    birgit = make.make_user(
        "manager", display_name="Birgit Kjær", email="birgit@tend.example", password=PASSWORD
    )
    borg = make.make_account(birgit, name="Borg & Co", city="Oslo")
    make.make_contact(borg, last_name="Lind", is_main=True)
    make.make_contact(make.make_account(name="Fjord Kraft"), first_name="Siri", last_name="Moe")
    sign_in(page, live_server, birgit, DESK)

    # nothing there yet: the page says what belongs here
    page.goto(f"{live_server.url}{reverse('templates:list')}")
    check_page(page)
    page.get_by_role("link", name="Write the first one").click()
    page.get_by_label("Name").fill("Autumn hello")
    page.get_by_label("What it is for").select_option("check_in")
    page.get_by_role("button", name="Go on to its words").click()

    # words by keyboard alone: typed, a placeholder from the menu, typed on
    body, preview = page.get_by_label("Words"), page.locator("#preview")
    page.get_by_label("Subject").fill("How is ")
    menu = page.get_by_role("button", name="Insert a placeholder")
    menu.focus()
    page.keyboard.press("Enter")
    check_page(page)
    item = page.get_by_role("button", name="Name of the account Acme Machining")
    item.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Subject")).to_have_value("How is {{account}}")
    body.fill("{{salutation}}\n\nHow is everything in ")
    menu.click()
    page.get_by_role("button", name="City of the account").click()
    expect(body).to_be_focused()
    page.keyboard.type("?")
    expect(body).to_have_value("{{salutation}}\n\nHow is everything in {{account_city}}?")
    expect(preview.get_by_text("How is Borg & Co")).to_be_visible()
    expect(preview.get_by_text("How is everything in Oslo?")).to_have_count(2)

    # for somebody whose account lacks a value
    page.get_by_label("For", exact=True).fill("fjord")
    page.get_by_label("Siri Moe").check()
    expect(preview.get_by_text("Missing for Fjord Kraft: City of the account")).to_be_visible()
    check_page(page)

    # a typing error is refused with the nearest name; nothing is lost
    body.fill("{{salutation}}\n\nHow is everything at {{acount}}?")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#text_body_error")).to_contain_text("Is {{account}} meant?")
    expect(page.get_by_label("Subject")).to_have_value("How is {{account}}")
    check_page(page)
    body.fill("{{salutation}}\n\nHow is everything at {{account}}?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()

    # the second language begins with these words, on a phone
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_label("New language from this one").select_option("nb")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("These are the words of “E-mail, English” to begin with")).to_be_visible()
    check_page(page)
    body.fill("{{salutation}}\n\nHvordan går det hos {{account}}?")
    expect(preview.get_by_text("Hei Eva Lind,").first).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()

    # a second version, what changed, and back
    body.fill("{{salutation}}\n\nGår alt bra hos {{account}}?")
    page.get_by_role("button", name="Save as a new version").click()
    page.get_by_role("link", name="What changed in version 2").click()
    expect(page.locator("ins")).to_contain_text("Går alt bra")
    check_page(page)
    page.get_by_role("button", name="Go back to version 1").click()
    expect(body).to_have_value("{{salutation}}\n\nHvordan går det hos {{account}}?")
    page.goto(f"{live_server.url}{reverse('templates:list')}")
    expect(page.get_by_role("link", name="Norwegian Bokmål", exact=True).first).to_be_visible()
    check_page(page)

    assert Template.objects.get().use == "check_in"
    assert TemplateText.objects.filter(language="nb").count() == 3
