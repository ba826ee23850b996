"""Signing in and out: who gets in, for how long, and how guessing is slowed down."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import make_absence, make_user
from tests.users.conftest import PASSWORD
from users.models import Session, User

pytestmark = pytest.mark.django_db
LOGIN = "/auth/login/"
HOME_OF_TESTS = "/users/profile/"


@pytest.fixture(autouse=True)
def _no_earlier_attempts(db: None) -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str):
    return client.post(f"{LOGIN}?next={HOME_OF_TESTS}", {"login": email, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return client.get(HOME_OF_TESTS).status_code == 200


class TestWhoGetsIn:
    def test_by_email_whatever_its_case(self, salesperson):
        client = Client()
        answer = sign_in(client, " Sam@Tend.EXAMPLE ")
        assert answer["Location"] == HOME_OF_TESTS
        assert is_in(client)

    def test_my_day_is_where_everybody_lands(self, salesperson):
        answer = Client().post(LOGIN, {"login": salesperson.email, "password": PASSWORD})
        assert answer["Location"] == reverse("home")

    def test_the_refusal_does_not_tell_who_works_here(self, salesperson):
        make_user(email="gone@tend.example", password=PASSWORD, is_active=False)
        make_user(email="invited@tend.example")
        pages = set()
        for email in (salesperson.email, "gone@tend.example", "invited@tend.example", "nobody@tend.example"):
            answer = sign_in(Client(), email, "wrong password")
            page = answer.content.decode().replace(email, "")
            pages.add((answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)))
        assert len(pages) == 1

    def test_a_deactivated_user_with_the_right_password_stays_out(self):
        make_user(email="gone@tend.example", password=PASSWORD, is_active=False)
        client = Client()
        assert sign_in(client, "gone@tend.example")["Location"] == LOGIN
        assert b"deactivated" in client.get(LOGIN).content
        assert not is_in(client)

    @pytest.mark.parametrize("password", ["", "!", "x"])
    def test_who_was_never_invited_cannot_sign_in(self, password):
        make_user(email="invited@tend.example")
        client = Client()
        sign_in(client, "invited@tend.example", password)
        assert not is_in(client)

    def test_an_imported_user_without_email_cannot_be_named(self):
        make_user(email=None, password=PASSWORD)
        for email in ("", "None", "none@"):
            client = Client()
            sign_in(client, email)
            assert not is_in(client)

    def test_there_is_no_sign_up(self, client):
        for path in ("/auth/signup/", "/auth/email/", "/auth/login/code/", "/admin/", "/accounts/signup/"):
            assert client.get(path).status_code in {302, 404}
            assert client.post(path).status_code in {302, 404}
        assert not User.objects.exists()


class TestSession:
    def test_signing_out_needs_a_post_and_ends_the_row(self, as_salesperson):
        assert as_salesperson.get("/auth/logout/").status_code == 200
        assert is_in(as_salesperson)
        as_salesperson.post("/auth/logout/")
        assert not is_in(as_salesperson)
        assert not Session.objects.filter(user__isnull=False).exists()

    def test_the_key_changes_when_somebody_signs_in(self, salesperson):
        client = Client()
        client.session["planted"] = "by an attacker"
        session = client.session
        session["planted"] = "by an attacker"
        session.save()
        before = session.session_key
        client.cookies["sessionid"] = before
        sign_in(client, salesperson.email)
        assert client.session.session_key != before

    def test_it_ends_twelve_hours_after_signing_in_however_busy(self, salesperson):
        client = Client()
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False) as clock:
            sign_in(client, salesperson.email)
            for time in ("12:00", "16:00", "19:59"):
                clock.move_to(f"2026-11-23 {time}+00:00")
                session = client.session
                session["busy"] = time
                session.save()
                assert is_in(client)
            clock.move_to("2026-11-23 20:01+00:00")
            assert not is_in(client)

    def test_its_cookie_is_for_this_site_and_not_for_scripts(self, salesperson):
        client = Client()
        sign_in(client, salesperson.email)
        for name in ("sessionid", "csrftoken", "tend-known"):
            cookie = client.cookies[name]
            assert cookie["httponly"], name
            assert cookie["samesite"] == "Lax", name
            assert not cookie["domain"], name
            assert cookie["path"] == "/", name

    def test_it_knows_whose_it_is(self, salesperson):
        client = Client()
        sign_in(client, salesperson.email)
        assert Session.objects.get(user=salesperson).session_key == client.session.session_key


class TestLimits:
    def guess(self, client: Client, email: str, times: int, **extra: str) -> None:
        for n in range(times):
            sign_in(client, email, f"guess {n}", **extra)

    def test_after_five_wrong_tries_even_the_right_password_waits(self, salesperson):
        client = Client()
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False) as clock:
            self.guess(client, salesperson.email, 5)
            assert b"Too many" in sign_in(client, salesperson.email).content
            assert not is_in(client)
            clock.move_to("2026-11-23 08:05:01+00:00")
            sign_in(client, salesperson.email)
            assert is_in(client)

    def test_two_hundred_addresses_get_twenty_tries_an_hour_together(self, salesperson, monkeypatch):
        tried = []
        monkeypatch.setattr(User, "check_password", lambda self, raw: tried.append(raw))
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False) as clock:
            for n in range(200):
                clock.shift(17)
                sign_in(Client(), salesperson.email, f"guess {n}", REMOTE_ADDR=f"10.1.{n}.1")
        assert len(tried) <= 20

    def test_one_address_gets_ten_tries_a_minute_over_all_users(self, monkeypatch):
        tried = []
        monkeypatch.setattr(User, "check_password", lambda self, raw: tried.append(raw))
        users = [make_user(password=PASSWORD) for _ in range(30)]
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False):
            for user in users:
                sign_in(Client(), user.email, "guess")
        assert len(tried) <= 10

    def test_nobody_locks_a_colleague_out_of_their_own_browser(self, salesperson):
        own = Client(REMOTE_ADDR="10.9.9.9")
        sign_in(own, salesperson.email)
        own.post("/auth/logout/")
        self.guess(Client(), salesperson.email, 8)
        sign_in(own, salesperson.email)
        assert is_in(own)

    def test_a_known_browser_does_not_help_against_somebody_else(self, salesperson):
        make_user(email="eve@tend.example", password=PASSWORD)
        eve = Client()
        sign_in(eve, "eve@tend.example")
        eve.post("/auth/logout/")
        self.guess(eve, salesperson.email, 5)
        assert b"Too many" in sign_in(eve, salesperson.email).content

    def test_the_forwarded_address_is_not_believed_without_a_proxy_of_ours(self, salesperson, monkeypatch):
        tried = []
        monkeypatch.setattr(User, "check_password", lambda self, raw: tried.append(raw))
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False):
            for n in range(30):
                user = make_user(password=PASSWORD)
                sign_in(Client(), user.email, "guess", HTTP_X_FORWARDED_FOR=f"10.2.{n}.1")
        assert len(tried) <= 10

    def test_behind_a_trusted_proxy_its_word_counts_and_not_the_browsers(self, settings, monkeypatch):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        tried = []
        monkeypatch.setattr(User, "check_password", lambda self, raw: tried.append(raw))
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False):
            for n in range(30):
                forged_then_real = f"10.3.{n}.1, 10.4.4.4"
                sign_in(Client(), make_user().email, "guess", HTTP_X_FORWARDED_FOR=forged_then_real)
        assert len(tried) <= 10

    def test_counts_are_rows_of_the_database_and_outlive_the_broker(self, salesperson):
        self.guess(Client(), salesperson.email, 5)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_cache WHERE cache_key LIKE '%%login_failed%%'")
            assert cursor.fetchone()[0] >= 2

    def test_many_other_counters_do_not_push_one_out(self, salesperson):
        client = Client()
        self.guess(client, salesperson.email, 5)
        for n in range(400):
            cache.set(f"0-other-{n}", n, 3600)
        assert b"Too many" in sign_in(client, salesperson.email).content


OUTSIDE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "http:evil.example",
    "https:///evil.example",
    r"\\evil.example",
    r"/\evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "http://testserver/",
    "javascript:alert(1)",
    "data:text/html,x",
    "%0d%0aLocation:https://evil.example",
    " https://evil.example",
    "\thttps://evil.example",
    "https://evil.example%00.testserver/",
    "ftp://evil.example",
    "//localhost/",
]


@pytest.mark.parametrize("outside", OUTSIDE)
def test_next_never_leads_elsewhere(salesperson, outside):
    client = Client()
    absence = make_absence(salesperson, date(2030, 12, 1), date(2030, 12, 2))
    answers = [
        client.post(LOGIN, {"login": salesperson.email, "password": PASSWORD, "next": outside}),
        client.get(LOGIN, {"next": outside}),
        client.post("/auth/logout/", {"next": outside}),
        client.post(LOGIN, {"login": salesperson.email, "password": PASSWORD, "next": outside}),
        client.post(
            "/auth/password/change/",
            {"oldpassword": PASSWORD, "password1": "new " + PASSWORD, "password2": "new " + PASSWORD}
            | {"next": outside},
        ),
        client.post(reverse("calendars:remove_absence", args=[absence.pk]), {"back": outside}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        location = answer["Location"]
        assert location.startswith("/"), location
        assert not location.startswith(("//", "/\\")), location
        assert "evil" not in location, location


def test_the_clock_tells_no_more_than_the_page(salesperson, monkeypatch):
    """One password is hashed whoever is tried: the slow part takes the same time."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    make_user(email="gone@tend.example", password=PASSWORD, is_active=False)
    make_user(email="invited@tend.example")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append("x") or encode(*args))
    work = {}
    for email in (salesperson.email, "gone@tend.example", "invited@tend.example", "nobody@tend.example"):
        hashed.clear()
        sign_in(Client(), email, "wrong password")
        work[email] = len(hashed)
    assert set(work.values()) == {1}, work
