"""The people of an account in a real browser: the map by keyboard, and somebody who has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account
from cadences.models import Touchpoint
from contacts.models import Commitment, Concern, Contact
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, sign_in
from users.clock import company_today
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kari(live_server: Any) -> User:
    return make.make_user(display_name="Kari Holm", email="kari@tend.example", password=PASSWORD)


@pytest.fixture
def eva(kari: User) -> Contact:
    """Who decides at Acme, with people below, somebody's ear, a call and a promise."""
    today = company_today()
    acme = make.make_account(kari, name="Acme Machining")
    eva = make.make_contact(
        acme, first_name="Eva", last_name="Lind", job_title="Managing director", is_main=True,
        decision_roles=["decides"], attitude=5, influence=3, placed=4,
    )  # fmt: skip
    for n, name in enumerate(("Per Vik", "Siri Moe", "Ola Berg")):
        first, last = name.split()
        person = make.make_contact(
            acme, first_name=first, last_name=last, job_title="Head of purchasing and logistics",
            reports_to=eva, decision_roles=["champions", "uses"] if n == 0 else [], attitude=n + 1,
        )  # fmt: skip
    make.make_influence(person, eva, note="wrote the specification")
    make.make_contact(acme, last_name="Gone", left_on=today)
    make.make_account(make.make_user(display_name="Ola Other"), name="Borg & Co", city="Bergen")
    make.make_touchpoint(acme, kari, today + timedelta(days=3), contact=eva, about="Ring about the seal")
    Commitment.objects.create(account=acme, user=kari, contact=eva, what="A quote", due_on=today)
    return eva


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "dark"), (PHONE, "light")], ids=["desk", "phone"])
def test_who_has_left_is_followed_by_keyboard_and_thumb(
    page: Page, live_server: Any, kari: User, eva: Contact, size: tuple[int, int], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    sign_in(page, live_server, kari, size)

    # the table, the map, its words
    page.goto(live_server.url + reverse("contacts:people", args=[eva.account_id]))
    expect(page.get_by_text("Per Vik champions us, and we have never spoken to them.")).to_be_visible()
    page.get_by_text("The map in words").click()
    expect(page.get_by_role("listitem").get_by_text("Influences Eva Lind (wrote the")).to_be_visible()
    check_page(page)
    scroller = page.get_by_role("region", name="Map of who reports to")
    scroller.focus()
    page.keyboard.press("Tab")
    box = page.locator("a.map-box.is-decider")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Eva Lind")
    check_page(page)

    # she has left: asked, shown, done
    page.get_by_role("link", name="Has left").click()
    page.get_by_label("Somebody we know").select_option(label="Per Vik, Head of purchasing and logistics")
    page.get_by_label("Where they work now").fill("borg")
    page.get_by_label("Job title there").fill("Managing director")
    check_page(page)
    page.get_by_role("button", name="Show what moves").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    expect(page.get_by_text("Ring about the seal")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="They have left").click()
    expect(page.get_by_text("Choose which company that is.")).to_be_visible()
    page.get_by_label("Borg & Co").check()
    page.get_by_role("button", name="They have left").click()
    expect(page.get_by_text("They stand at Borg & Co now.")).to_be_visible()
    check_page(page)

    per = Contact.objects.get(last_name="Vik")
    borg = Account.objects.get(name="Borg & Co")
    assert per.is_main
    assert Touchpoint.objects.get(account=eva.account).contact == per
    assert Commitment.objects.get().contact == per
    assert Concern.objects.get(account=eva.account).owner == kari
    assert borg.contacts.get().formerly == eva
    # and back, if that was a mistake
    page.goto(live_server.url + reverse("contacts:detail", args=[eva.pk]))
    page.get_by_role("button", name="Came back").click()
    expect(page.get_by_text("Eva Lind works there again.")).to_be_visible()
    assert Contact.objects.get(pk=eva.pk).left_on is None
