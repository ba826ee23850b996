"""Logged from anywhere, kept through a lost connection; promises on My day; a concern and its thread."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import Account
from contacts.models import Commitment, Concern, Interaction
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, expect_page, open_account, sign_in
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kari(live_server: Any) -> User:
    return make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)


@pytest.fixture
def acme(kari: User) -> Account:
    """Eva, whom we call first, prefers text and wants no calls; Per has no wishes."""
    acme = make.make_account(kari, name="Åcme Machining", city="Oslo")
    make.make_contact(
        acme, last_name="Lind", is_main=True, preferred_channel="text", refused_channels=["call"]
    )
    make.make_contact(acme, first_name="Per", last_name="Vik")
    make.make_account(kari, name="Borg")
    return acme


def choose_acme(page: Page) -> None:
    """``l`` on a page without an account, the account by its name."""
    page.keyboard.press("l")
    expect(page.locator("#log-search")).to_be_focused()
    page.keyboard.type("acme")
    expect(page.locator(".log-choices a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#log-dialog [data-log-start]")).to_be_focused()


def test_a_promise_and_a_concern_are_logged_from_anywhere_by_keyboard(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    sign_in(page, live_server, kari)
    page.goto(f"{live_server.url}/contacts/")
    expect_page(page, "Contacts")
    check_page(page)
    choose_acme(page)
    dialog = page.locator("#log-dialog")
    check_page(page)
    kind, why = dialog.get_by_label("By", exact=True), dialog.locator("[data-refused]")
    expect(kind).to_have_value("text")
    expect(dialog.locator("[name=outcome]")).to_have_count(2)
    dialog.get_by_label("With", exact=True).select_option(label="Per Vik")
    expect(kind).to_have_value("call")
    expect(dialog.locator("[name=outcome]")).to_have_count(5)
    dialog.get_by_label("With", exact=True).select_option(label="Eva Lind")
    expect(kind).to_have_value("text")
    expect(why).to_be_hidden()
    kind.select_option("call")
    expect(why).to_be_visible()
    dialog.locator("[name=outcome]").first.focus()
    page.keyboard.press("1")
    page.keyboard.type("Line stands still, wants a quote.")
    why.locator("input").fill("Their line stood still")
    for fold, field, words in (
        ("Concern", "concern_what", "Line stands still"),
        ("Promise", "promise_what", "Quote"),
    ):
        dialog.locator("summary", has_text=fold).focus()
        page.keyboard.press("Enter")
        expect(dialog.locator(f"[name={field}]")).to_be_focused()
        page.keyboard.type(words)
    dialog.locator("[name=promise_due]").fill(company_today().isoformat())
    dialog.locator("[name=promise_channel]").select_option("email")
    check_page(page)
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{live_server.url}/contacts/")
    log = Interaction.objects.get()
    assert (log.kind, log.refused_reason) == ("call", "Their line stood still")
    assert (Concern.objects.get().interaction, Commitment.objects.get().channel) == (log, "email")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_due_promise_is_a_row_of_my_day_that_is_moved_or_kept(
    page: Page, live_server: Any, kari: User, acme: Account, size: tuple[int, int]
) -> None:
    today = company_today()
    promise = make.make_promise(acme, kari, today - timedelta(days=2), what="Quote for seals")
    sign_in(page, live_server, kari, size)
    page.goto(f"{live_server.url}/")
    expect(page.get_by_text("We: Quote for seals")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="New date").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("New date")).to_be_focused()
    page.get_by_label("New date").fill(today.isoformat())
    page.get_by_label("Why, and what").fill("Factory was closed")
    check_page(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("new date: Factory was closed")).to_be_visible()
    expect(page.locator("#toasts").get_by_text("now: Quote for seals")).to_be_visible()
    page.get_by_role("button", name="Kept").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("We: Quote for seals")).to_be_hidden()
    promise.refresh_from_db()
    assert promise.state == "late"  # the new date came after the day had passed
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("We: Quote for seals")).to_be_visible()
    expect(page.locator("#toasts").get_by_text("Open again: Quote for seals")).to_be_visible()


def begin(page: Page, server: Any, acme: Account) -> None:
    """The log form of the account's page, opened by its key."""
    open_account(page, server, acme)
    expect_page(page, "Åcme Machining")
    page.keyboard.press("l")
    expect(page.locator("#sheet [data-log-start]")).to_be_visible()


def test_what_was_typed_survives_a_lost_connection_and_a_closed_tab(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    sign_in(page, live_server, kari, PHONE)
    begin(page, live_server, acme)
    page.locator("[name=outcome]").first.check(force=True)
    page.fill("[name=summary]", "Wants 40 seals by March")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("No connection: not saved yet")).to_be_visible()
    expect(page.locator("[name=summary]")).to_have_value("Wants 40 seals by March")
    page.context.set_offline(False)
    page.close(run_before_unload=False)
    later = page.context.new_page()
    later.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    begin(later, live_server, acme)
    expect(later.get_by_text("You typed this earlier and did not save it")).to_be_visible()
    expect(later.locator("[name=summary]")).to_have_value("Wants 40 seals by March")
    expect(later.locator("[name=outcome]").first).to_be_checked()
    later.evaluate("scrollTo(0, 0)")  # no field half below the bar with the button
    check_page(later)
    later.get_by_role("button", name="Save", exact=True).click()
    expect(later.get_by_text("Saved.", exact=True)).to_be_visible()
    assert Interaction.objects.get().summary == "Wants 40 seals by March"
    begin(later, live_server, acme)
    expect(later.locator("[name=summary]")).to_have_value("")


def test_a_reply_that_got_lost_is_asked_for_again_and_logs_once(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    sign_in(page, live_server, kari)
    begin(page, live_server, acme)

    def lose_the_reply(route: Route) -> None:
        route.fetch()  # the server has saved it
        route.abort()

    page.route("**/log/", lose_the_reply, times=1)
    page.keyboard.press("1")
    page.keyboard.type("Once only")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No connection: not saved yet")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(
        page.get_by_text("Saved.", exact=True).first
    ).to_be_visible()  # the lost answer's word is said, too
    assert Interaction.objects.count() == 1


def test_a_draft_is_discarded_by_hand_and_by_signing_out(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    drafts = "Object.keys(localStorage).filter(key => key.startsWith('tend-draft:')).length"
    sign_in(page, live_server, kari)
    begin(page, live_server, acme)
    page.fill("[name=summary]", "Not for others")
    assert page.evaluate(drafts) == 1
    begin(page, live_server, acme)
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("[name=summary]")).to_have_value("")
    assert page.evaluate(drafts) == 0
    page.fill("[name=summary]", "Not for others")
    old = "JSON.stringify({at: Date.now() - 15 * 864e5, fields: [['summary', 'x']]})"
    page.evaluate(f"key => localStorage.setItem(key, {old})", f"tend-draft:{kari.pk}:account-0")
    page.reload()
    assert page.evaluate(drafts) == 1  # what is older than 14 days is gone
    page.locator(".user-button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("input[name=login]")).to_be_visible()
    assert page.evaluate(drafts) == 0


def test_the_service_desk_takes_a_concern_from_its_thread_to_the_customers_word(
    page: Page, live_server: Any, kari: User, acme: Account
) -> None:
    anna = make.make_user("reader", display_name="Anna Bø", email="anna@tend.example", password=PASSWORD)
    concern = make.make_concern(acme, owner=anna, raised_by=kari, severity=3, contact=acme.contacts.first())
    sign_in(page, live_server, anna, PHONE)
    page.get_by_role("link", name="Concerns", exact=True).first.click()
    expect_page(page, "Concerns")
    check_page(page)
    page.get_by_role("link", name="The pump seal leaks").click()
    expect_page(page, "Concern of Åcme Machining")
    check_page(page)
    page.get_by_label("Add to the thread").fill("Fitter is on his way")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("Fitter is on his way")).to_be_visible()
    expect(page.get_by_label("Add to the thread")).to_have_value("")
    page.get_by_role("link", name="Resolve").click()
    page.get_by_label("How it was solved").fill("New seal, dry since Tuesday")
    page.get_by_role("button", name="It is resolved").click()
    expect(page.get_by_text("The customer has not confirmed it yet")).to_be_visible()
    check_page(page)
    open_account(page, live_server, acme)
    expect(page.get_by_text("solved, not confirmed")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Confirmed").click()
    expect(page.get_by_label("Who said so")).to_have_value(str(concern.contact_id))
    page.get_by_role("button", name="They confirmed it").click()
    expect(page.get_by_text("Confirmed by the customer: the concern is closed.")).to_be_visible()
    concern.refresh_from_db()
    assert (concern.confirmed_with, concern.confirmed_by) == (concern.contact, anna)
