"""Somebody leaves, in a real browser: the steps, what is left for nobody, and what the history says of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account
from contacts.models import Concern
from tests import factories as make
from tests.browser.test_accounts import DESK, PASSWORD, PHONE, check_page, sign_in
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def person(*roles: str, name: str, **fields: Any) -> User:
    email = f"{name.partition(' ')[0].lower()}@tend.example"
    return make.make_user(*roles, display_name=name, email=email, password=PASSWORD, **fields)


def go_on(page: Page, heading: str) -> None:
    check_page(page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_leaving_in_steps_then_nobody_responsible_then_the_history(
    page: Page, live_server: Any, size: tuple[int, int]
) -> None:
    ada = person("admin", name="Ada Min")
    team = make.make_team(name="North", manager=person("manager", name="Mia Berg"))
    kari, bo = person(name="Kari Holm", team=team), person(name="Bo Lind", team=team)
    first, second = (make.make_account(kari, name=f"Borg {n} and a long name") for n in (1, 2))
    others = make.make_account(None, name="Fjord Kraft", status="customer")
    make.make_concern(others, owner=kari, what="The seal leaks")
    make.make_promise(first, kari, date.today() + timedelta(days=3))

    sign_in(page, live_server, ada, size)
    page.goto(live_server.url + reverse("users:edit", args=[kari.pk]))
    page.get_by_role("link", name="Deactivate…").click()
    page.get_by_label("Bo Lind").check()
    page.get_by_label("Mia Berg").check()
    go_on(page, "What each would get")
    page.get_by_label(second.name).select_option("Mia Berg")
    page.get_by_label(first.name).select_option("Bo Lind")
    go_on(page, "Everything else they hold")
    go_on(page, "Who gets what")
    expect(page.get_by_role("heading", name="What nobody would have")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Hand over and deactivate").click()
    expect(page.get_by_text("has been deactivated and signed out everywhere")).to_be_visible()
    assert Account.objects.get(pk=first.pk).owner == bo

    page.goto(live_server.url + reverse("leaving:nobody") + "?sort=concerns")
    expect(page.get_by_text("Kari Holm does not work here any more.")).to_be_visible()
    check_page(page)
    page.get_by_label("To whom").select_option("Bo Lind")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("Everything has somebody responsible")).to_be_visible()
    assert Concern.objects.get().owner == bo

    page.goto(live_server.url + reverse("changes:list"))
    expect(page.locator(".list-rows").get_by_text("when somebody left").first).to_be_visible()
    check_page(page)
    page.get_by_label("What", exact=True).select_option("Concern")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".list-rows").get_by_text("Bo Lind").first).to_be_visible()
    check_page(page)
