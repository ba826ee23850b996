"""From the call to the thank-you: logged, written once, sent and queued, read on the account's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from contacts.models import Interaction
from correspondence.models import Piece
from correspondence.services import send_due
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in

WORDS = "Dear {name},\n\nthank you for your time today.\n\nTwo new pumps in spring.\n\nKind regards"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any) -> dict[str, Any]:
    kari = make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)
    make.make_identity(kari, signature="**Kari Holm**\nHollerbeck Pumps")
    account = make.make_account(
        kari, name="Acme Machining", street="Storgata 1", postal_code="0155", city="Oslo", country="NO"
    )
    eva = make.make_contact(
        account, first_name="Eva", last_name="Lind", email="eva@acme.example", is_main=True
    )
    per = make.make_contact(account, first_name="Per", last_name="Berg", email="per@acme.example")
    make.make_template(
        body="{{salutation}}\n\nthank you for your time today.\n\n{{talk_summary}}\n\nKind regards"
    )
    return {"kari": kari, "account": account, "eva": eva, "per": per}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_from_the_call_to_the_timeline(page: Page, live_server: Any, world: Any, size: Any) -> None:
    sign_in(page, live_server, world["kari"], size)
    page.goto(live_server.url + reverse("accounts:detail", args=[world["account"].pk]))
    page.keyboard.press("l")
    page.locator("#sheet label.choice").filter(has_text="Talked").click()
    page.locator("textarea[name=summary]").fill("Two new pumps in spring.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#toasts").get_by_role("link", name="Thank you").click()

    expect(page.locator("textarea[name=body]")).to_have_value(WORDS.format(name="Eva Lind"))
    page.get_by_label("To", exact=True).select_option(label="Per Berg")
    expect(page.locator("textarea[name=body]")).to_have_value(WORDS.format(name="Per Berg"))
    body = page.locator("textarea[name=body]")
    body.press("Control+End")
    body.press_sequentially(" from Oslo")
    for shown in (".mail-shown", ".letter-shown"):
        expect(page.locator(shown)).to_contain_text("Kind regards from Oslo")
    expect(page.locator(".mail-shown")).to_contain_text("Per Berg <per@acme.example>")
    check_page(page)

    page.reload()  # a closed tab: what was typed is there again
    expect(page.locator("textarea[name=body]")).to_have_value(f"{WORDS.format(name='Per Berg')} from Oslo")
    expect(page.locator(".letter-shown")).to_contain_text("Kind regards from Oslo")
    send = page.get_by_role("button", name="Send and queue")
    send.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/accounts/" in address)
    expect(page.get_by_text("We ask in 4 days whether it came.")).to_be_visible()
    assert dict(Piece.objects.values_list("medium", "state")) == {"email": "queued", "letter": "queued"}
    send_due()
    assert Interaction.objects.filter(kind="email", contact=world["per"]).count() == 1
    page.reload()
    page.locator(".timeline a").filter(has_text="Words").click()
    expect(page.get_by_text("Kind regards from Oslo")).to_be_visible()
    check_page(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_of_mails_and_letters(page: Page, live_server: Any, world: Any, size: Any) -> None:
    kari, eva = world["kari"], world["eva"]
    draft = make.make_piece(eva, kari, use="thank_you", created_by=None)
    long = "A very long subject about the delivery of pumps, seals and everything else " * 2
    make.make_piece(eva, kari, medium="letter", subject=long)
    failed = make.make_piece(eva, kari, state="cancelled", reason="wrong price")
    sign_in(page, live_server, kari, size)
    for address in (
        reverse("correspondence:drafts"), reverse("correspondence:drafts") + "?use=gift",
        reverse("correspondence:piece", args=[draft.pk]), reverse("correspondence:piece", args=[failed.pk]),
        reverse("correspondence:piece_cancel", args=[draft.pk]), reverse("correspondence:my_mail"),
        reverse("correspondence:sent_myself", args=[world["account"].pk]),
        reverse("accounts:detail", args=[world["account"].pk]), reverse("home"),
    ):  # fmt: skip
        answer = page.goto(live_server.url + address)
        assert answer is not None
        assert answer.ok, address
        page.wait_for_load_state("networkidle")
        check_page(page)
