"""What every answer carries, whatever went wrong; and that nothing is written without a CSRF token."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from tests.access.matrix import ROWS
from tests.factories import make_account, make_user
from users import services
from users.models import Session, User


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted")


urlpatterns = [path("broken/", broken), path("", include("config.urls"))]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def client(db: None, settings: Any) -> Client:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.force_login(make_user("salesperson", display_name="Sam"))
    return client


ANSWERS = {
    "a page": ("GET", "/users/profile/", 200),
    "sign-in": ("GET", "/auth/login/", 302),
    "a redirect": ("GET", "/users/profile", 301),
    "400": ("GET", "/users/profile/", 400),
    "403": ("GET", "/users/", 403),
    "404": ("GET", "/nowhere/", 404),
    "405": ("DELETE", "/users/profile/", 405),
    "410": ("GET", "/users/invitation/1/x-y/", 410),
    "422": ("POST", "/calendars/absences/new/", 422),
    "500": ("GET", "/broken/", 500),
    "a file": ("GET", "/static/css/theme.css", 200),
    "no file": ("GET", "/static/css/nothing.css", 404),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_kind_of_answer_carries_the_headers(client, answer):
    method, at, status = ANSWERS[answer]
    extra = {"HTTP_HOST": "evil.example"} if answer == "400" else {}
    response = client.generic(method, at, **extra)
    assert response.status_code == status
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    if at.startswith("/static/"):
        return
    secret = {"Referrer-Policy": "strict-origin"} if answer == "410" else {}  # the address was one
    for name, value in {**HEADERS, **secret}.items():
        assert response.headers[name] == value, name


def test_pages_for_people_and_the_ways_in_are_never_stored(client):
    for at in ("/users/profile/", "/nowhere/", "/users/"):
        assert "no-store" in client.get(at).headers["Cache-Control"], at
    for at in ("/auth/login/", "/users/invitation/1/x-y/"):
        assert "no-store" in Client().get(at).headers["Cache-Control"], at


def test_an_error_page_tells_nothing_of_the_program(client):
    page = client.get("/broken/").content.decode()
    assert "planted" not in page
    assert "Traceback" not in page


# RFC 8058: a mail program posts there without cookies; the sealed token in the address is the proof, and
# whoever holds it may do this one thing (tests/correspondence/test_unsubscribe.py).
EXEMPT = {"correspondence:unsubscribe"}
GUARDED = [row for row in ROWS if "POST" in row.allowed and row.name not in EXEMPT]


def stand_in(record: str) -> Any:
    """Something of the right shape for an address: the token is asked for before the record is looked up."""
    if record == "contact_request":
        return UUID(int=4)
    return "x" if record.endswith(("key", "token", "uid")) else 1


@pytest.mark.parametrize("row", GUARDED, ids=lambda row: row.name)
def test_nothing_is_sent_without_a_token(db, row):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("admin", "manager", "salesperson"))
    at = reverse(row.name, args=[stand_in(name) for name in row.records])
    for headers in (
        {},
        {"HX-Request": "true"},
        {"X-CSRFToken": "x" * 32},
        {"Origin": "https://evil.example"},
    ):
        assert client.post(at, row.data, headers=headers).status_code == 403, headers


def test_no_other_view_is_exempt_from_csrf():
    from django.urls import get_resolver

    from tests.access.test_matrix import urls

    def views(resolver: Any) -> Any:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                yield from views(pattern)
            else:
                yield pattern.callback

    assert list(urls(get_resolver()))
    exempt = [view for view in views(get_resolver()) if getattr(view, "csrf_exempt", False)]
    assert [view.__name__ for view in exempt] == [name.partition(":")[2] for name in EXEMPT]


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_of_somebody_signed_out_does_not_put_the_sign_in_page_into_the_page(db, method):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/users/profile/?a=1"}
    answer = getattr(Client(), method)("/users/profile/", headers=headers)
    assert answer.status_code == 401
    assert answer.content == b""
    if method == "get":
        assert answer["HX-Redirect"] == "/auth/login/?next=/users/profile/%3Fa%3D1"
    else:
        assert (answer["HX-Reswap"], answer["HX-Trigger"]) == ("none", "tend:signed-out")


def test_a_post_of_somebody_signed_out_comes_back_to_a_page_that_can_be_looked_at(db):
    answer = Client().post("/users/2/reactivate/")
    assert answer["Location"] == "/auth/login/?next=/"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_requests_that_race_a_deactivation_all_fail_once_it_is_committed():
    """Real connections: forty requests before, during and after; none after the commit gets in."""
    admin = make_user("admin", password="correct horse battery")
    user = make_user(password="correct horse battery")
    make_account(user)
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(user)
    committed, late = threading.Event(), []

    def browse(client: Client) -> None:
        for _ in range(10):
            after_commit = committed.is_set()
            status = client.get("/users/profile/").status_code
            if after_commit:
                late.append(status)
        connection.close()

    threads = [threading.Thread(target=browse, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    services.deactivate(admin, User.objects.get(pk=user.pk))
    committed.set()
    for thread in threads:
        thread.join()
    late += [client.get("/users/profile/").status_code for client in clients]
    assert set(late) == {302}
    assert not Session.objects.filter(user=user).exists()
