"""One-click unsubscribe (RFC 8058): mail programs post, people press, scanners look."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from correspondence import unsubscribe
from correspondence.models import Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(settings) -> str:
    settings.SITE_URL = "https://tend.example"
    return unsubscribe.url_for("Eva@Customer.example", "survey")


@pytest.fixture
def path(link: str) -> str:
    return link.removeprefix("https://tend.example")


@pytest.fixture
def stranger() -> Client:
    """A mail program: it brings no cookies and cannot know a CSRF token."""
    return Client(enforce_csrf_checks=True)


def test_the_link_tells_nothing(link: str):
    assert link.startswith("https://tend.example/unsubscribe/")
    for word in ("eva", "customer", "survey", "@"):
        assert word not in link.lower()
    token = link.rstrip("/").rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{60,200}", token)


def test_a_mail_program_posts_once_or_twice(stranger: Client, path: str):
    for _ in range(2):
        answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert not answer.cookies
    found = Suppression.objects.get()
    assert (found.address, found.topic, found.reason) == ("eva@customer.example", "survey", "unsubscribe")
    assert unsubscribe.read(path.rstrip("/").rpartition("/")[2]) == ("eva@customer.example", "survey")


def test_looking_changes_nothing(stranger: Client, path: str):
    for method in ("GET", "HEAD", "OPTIONS", "PUT"):
        answer = stranger.generic(method, path)
        assert answer.status_code in {200, 405}
        assert not answer.cookies
    assert not Suppression.objects.exists()
    page = stranger.get(path).content.decode()
    assert "No more of these mails?" in page
    assert 'method="post"' in page
    assert "eva@" not in page.lower()


def test_a_person_presses_the_button(stranger: Client, path: str):
    page = stranger.post(path)
    assert "You get no more of these mails" in page.content.decode()
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "a" * 140, "gAAAAAB", "ü"])
def test_an_invented_link_does_nothing(stranger: Client, token: str):
    for method in ("get", "post"):
        answer = getattr(stranger, method)(f"/unsubscribe/{token}/")
        assert answer.status_code == 404
        assert "This link is not complete" in answer.content.decode()
    assert not Suppression.objects.exists()


def test_a_changed_letter_breaks_it(stranger: Client, path: str):
    for at in (20, 60, len(path) - 3):
        other = "A" if path[at] != "A" else "B"
        assert stranger.post(path[:at] + other + path[at + 1 :]).status_code == 404
    assert not Suppression.objects.exists()


def test_a_sealed_mail_is_no_link(stranger: Client):
    from correspondence import seal

    token = seal.seal("stored mail", "survey eva@customer.example")
    assert stranger.post(f"/unsubscribe/{token}/").status_code == 404


def test_what_holds_for_good_is_not_shortened():
    from datetime import timedelta

    from django.utils import timezone

    from correspondence.suppression import suppress, suppressed

    suppress("eva@customer.example", "", "hard_bounce")
    suppress("eva@customer.example", "", "soft_bounces", timezone.now() + timedelta(days=1))
    assert Suppression.objects.get().until is None
    suppress("per@customer.example", "", "soft_bounces", timezone.now() - timedelta(days=1))
    assert suppressed(["per@customer.example", "EVA@customer.example"], "service") == {"eva@customer.example"}
