"""Signing in, My day and signing out in a real browser, on a desk and on a phone; axe finds nothing wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Page, expect

from tests.factories import make_absence, make_company, make_schedule, make_team, make_user
from tests.users.conftest import PASSWORD
from users import services
from users.clock import today_for
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(params=WIDTHS)
def screen(request: Any, page: Page) -> Page:
    """A page of that width; whatever the browser complains about fails the test."""
    page.set_viewport_size(WIDTHS[request.param])
    complaints: list[str] = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [text for text in complaints if "410 (Gone)" not in text] == []  # a used link says so


@pytest.fixture
def company() -> dict[str, Any]:
    make_company(name="Fjord Pumps")
    make_schedule()
    boss = make_user("manager", display_name="Mia Manager")
    admin = make_user(
        "admin", "salesperson", display_name="Ann Admin", email="ann@tend.example", password=PASSWORD
    )
    admin.team = make_team(manager=boss, name="North")
    admin.save()
    invited = make_user("reader", display_name="Ina Invited", department="Service")
    make_absence(admin, today_for(admin), today_for(admin), deputy=boss, reason="Dentist")
    return {"admin": admin, "invited": invited}


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA. It is put into the page past the policy, as a test may."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found["violations"] for node in rule["nodes"]]


def sign_in(page: Page, live_server: Any, password: str = PASSWORD) -> None:
    page.goto(f"{live_server.url}/")
    page.get_by_label("E-mail").fill("ann@tend.example")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def no_sideways_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_sign_in_my_day_sign_out(screen, live_server, company):
    sign_in(screen, live_server, "wrong password")
    expect(screen.get_by_text("not correct")).to_be_visible()
    assert screen.get_by_label("E-mail").input_value() == "ann@tend.example"  # nothing typed is lost
    assert violations(screen) == []
    screen.get_by_label("Password").fill(PASSWORD)
    screen.get_by_role("button", name="Sign in").click()
    expect(screen).to_have_url(f"{live_server.url}/")
    expect(screen.get_by_role("heading", level=1)).to_be_visible()
    screen.locator(".user-button").click()
    screen.get_by_role("button", name="Sign out").click()
    expect(screen.get_by_role("button", name="Sign in")).to_be_visible()
    screen.go_back()
    screen.wait_for_url("**/auth/login/**")  # the page before is not shown again


PAGES = [
    "/auth/password/reset/",
    "/auth/password/reset/done/",
    "/auth/password/reset/key/x-y/",
    "/users/invitation/1/x-y/",
]
INSIDE = [
    "/users/",
    "/users/?q=nobody",
    "/users/new/",
    "/users/{admin}/",
    "/users/{invited}/",
    "/leaving/{invited}/",
    "/users/profile/",
    "/calendars/absences/",
    "/users/teams/",
    "/users/teams/new/",
    "/auth/password/change/",
]


def test_every_page_of_users_is_readable_for_everybody(screen, live_server, company):
    for at in PAGES:
        screen.goto(live_server.url + at)
        assert violations(screen) == [], at
        no_sideways_scrolling(screen)
    sign_in(screen, live_server)
    expect(screen).to_have_url(f"{live_server.url}/")
    for at in INSIDE:
        screen.goto(live_server.url + at.format(**{name: user.pk for name, user in company.items()}))
        assert violations(screen) == [], at
        no_sideways_scrolling(screen)


def test_an_admin_changes_a_user_and_sees_who_changed_what(screen, live_server, company):
    sign_in(screen, live_server)
    expect(screen).to_have_url(f"{live_server.url}/")
    screen.goto(f"{live_server.url}/users/{company['invited'].pk}/")
    screen.get_by_label("Job title").fill("Technician")
    screen.get_by_role("button", name="Save").click()
    history = screen.locator("section", has=screen.get_by_role("heading", name="Who changed what"))
    history.scroll_into_view_if_needed()
    expect(history).to_contain_text("Ann Admin")
    expect(history).to_contain_text("Technician")
    assert violations(screen) == []


def test_an_invitation_is_accepted_in_a_browser(screen, live_server, company):
    """The page hides its address from others, and still its form is taken for one of ours."""
    invited = company["invited"]
    User.objects.filter(pk=invited.pk).update(email="ina@tend.example")
    services.invite(company["admin"], User.objects.get(pk=invited.pk))
    link = next(line for line in mail.outbox[-1].body.splitlines() if "/users/invitation/" in line)
    screen.goto(f"{live_server.url}/{link.split('/', 3)[3]}")
    screen.get_by_label("Password", exact=False).nth(0).fill("river-stone-candle-9")
    screen.get_by_label("Password again").fill("river-stone-candle-9")
    screen.keyboard.press("Enter")
    expect(screen.get_by_text("Your password is saved")).to_be_visible()
