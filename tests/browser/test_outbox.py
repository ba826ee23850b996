"""The Outbox page and the page that unsubscribes, in a real browser, at a desk and on a phone."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from correspondence import health, services, unsubscribe
from correspondence.models import Halt, Message, Outage, Suppression
from correspondence.services import Draft
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page: Page, name: str) -> None:
    """A picture to look at, when somebody asks for one (TEND_SHOTS names a folder)."""
    if folder := os.environ.get("TEND_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def ann(live_server: Any) -> User:
    return make.make_user("admin", display_name="Ann Admin", email="ann@tend.example", password=PASSWORD)


@pytest.fixture
def busy() -> None:
    """Sixty mails of two kinds over some days, in every state, and everything that can be wrong."""
    now = timezone.now()
    services.enqueue_many(
        [
            Draft(
                "survey_invitation" if n % 3 else "account_mail",
                "survey" if n % 3 else "service",
                f"somebody.with.a.long.name{n}@department.customer-{n % 7}.example",
                str(n),
            )
            for n in range(60)
        ]
    )
    rows = list(Message.objects.order_by("id"))
    for n, row in enumerate(rows):
        change: dict[str, Any] = {"created_at": now - timedelta(hours=7 * n)}
        if n > 3:
            change |= {"state": "sent", "sent_at": now - timedelta(hours=7 * n)}
        if n % 11 == 5:
            change |= {
                "state": "failed",
                "sent_at": None,
                "last_error": "550 5.1.1 No such user here: " + "x" * 90,
            }
        if n % 13 == 4:
            change |= {"state": "uncertain", "sent_at": None, "last_error": "SMTPServerDisconnected: gone"}
        if n % 17 == 6:
            change |= {"state": "cancelled", "sent_at": None, "reason": "The address is suppressed."}
        Message.objects.filter(pk=row.pk).update(**change)
    Halt.objects.create(topic="survey", halted_at=now, sent=220, bounced=9, complaints=1)
    Outage.objects.create(
        since=now - timedelta(minutes=9), next_try_at=now, error="ConnectionRefusedError: 111"
    )
    health.barred("feedback@survey.example", "AnymailRequestsAPIError: Postmark API response 403 (Forbidden)")
    for n, reason in enumerate(Suppression.Reason.values):
        Suppression.objects.create(
            address=f"nobody.at.all{n}@department.customer.example",
            reason=reason,
            topic="survey" if n % 2 else "",
        )


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_much(page: Page, live_server: Any, ann: User, busy: None, size: tuple[int, int], name: str) -> None:
    sign_in(page, live_server, ann, size)
    page.goto(f"{live_server.url}/outbox/")
    check_page(page)
    shot(page, f"outbox-much-{name}")
    page.goto(f"{live_server.url}/outbox/?state=uncertain")
    check_page(page)
    shot(page, f"outbox-uncertain-{name}")
    waiting = page.get_by_role("button", name="Mark sent")
    before = waiting.count()
    waiting.first.click()
    expect(page.get_by_text("It counts as sent.")).to_be_visible()
    expect(page.get_by_role("button", name="Mark sent")).to_have_count(before - 1)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Surveys: halted")).to_have_count(0)
    page.goto(f"{live_server.url}/outbox/suppressed/")
    check_page(page)
    shot(page, f"outbox-suppressed-{name}")


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_little(page: Page, live_server: Any, ann: User, size: tuple[int, int], name: str) -> None:
    sign_in(page, live_server, ann, size)
    for at in ("outbox", "outbox/suppressed"):
        page.goto(f"{live_server.url}/{at}/")
        check_page(page)
        shot(page, f"{at.replace('/', '-')}-empty-{name}")


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_unsubscribing_by_hand(
    page: Page, live_server: Any, settings: Any, size: tuple[int, int], name: str
) -> None:
    settings.SITE_URL = live_server.url
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(unsubscribe.url_for("eva@customer.example", "survey"))
    check_page(page)
    shot(page, f"unsubscribe-{name}")
    assert not Suppression.objects.exists()
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("You get no more of these mails")).to_be_visible()
    check_page(page)
    assert page.context.cookies() == []
    assert Suppression.objects.get().reason == "unsubscribe"
