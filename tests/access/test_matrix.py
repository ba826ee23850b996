"""Walks the table of ``matrix.py``: who gets in, who is refused, and that a refusal writes nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import world as small_world
from tests.access.matrix import ACTORS, BY_NAME, ROWS, SIGNED_OUT, Row
from tests.surveys.results.worlds import plain_release
from users.models import User

pytestmark = pytest.mark.django_db  # undoes what a test writes
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Not records: who is signed in, how often somebody tried, and what task queues keep.
NOT_RECORDS = ("users_session", "django_cache", "django_session")


def urls(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Names of every URL pattern of the project, with their namespaces."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from urls(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else f"no name: {pattern.pattern}"


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    named = set(urls(get_resolver()))
    missing = "\n".join(f'    row("{name}", ...),' for name in sorted(named - set(BY_NAME)))
    assert not missing, f"Say in tests/access/matrix.py who may use:\n{missing}"
    assert not set(BY_NAME) - named
    assert len(BY_NAME) == len(ROWS), "two rows for one URL"


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
    ballots_database: dict[str, str],
) -> Iterator[dict[str, Any]]:
    """Built once: every request is undone, and at the end all of it."""
    media = override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        TAKEN_OUT_ROOT=str(tmp_path_factory.mktemp("taken_out")),
        BALLOTS_RESULTS_URL=ballots_database["BALLOTS_RESULTS_URL"],
    )
    monday = time_machine.travel("2026-11-23 10:00+00:00", tick=False)
    with django_db_blocker.unblock(), media, monday, transaction.atomic():
        yield small_world.build() | {"release": plain_release(ballots_database["BALLOTS_TALLY_URL"], uuid4())}
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world: dict[str, Any]) -> dict[str, Client]:
    """A browser for each kind of user."""
    found = {actor: Client(raise_request_exception=False) for actor in ACTORS}
    for actor, client in found.items():
        if actor != "anonymous":
            client.force_login(world[actor])
    User.objects.filter(pk=world["deactivated"].pk).update(is_active=False)
    return found


@pytest.fixture(autouse=True)
def _undone(world: dict[str, Any], clients: dict[str, Client]) -> Iterator[None]:
    """No test leaves cookies in the browsers of the next."""
    cookies = {actor: copy.deepcopy(client.cookies) for actor, client in clients.items()}
    yield
    for actor, client in clients.items():
        client.cookies = cookies[actor]


def address(row: Row, world: dict[str, Any]) -> str:
    return reverse(row.name, args=[getattr(world[name], "pk", world[name]) for name in row.records])


def writes() -> dict[str, int]:
    """Rows written so far in this transaction, by table, triggers included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE NOT relname = ANY(%s)",
            [list(NOT_RECORDS)],
        )
        return dict(cursor.fetchall())


def outcome(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith(f"{reverse('account_login')}?next="):
        return "sign in"
    named = {403: "refused", 404: "hidden", 405: "no such method"}
    if response.status_code in named:
        return named[response.status_code]
    return "allowed" if response.status_code < 500 else f"error {response.status_code}"


def expected(row: Row, method: str, actor: str) -> str:
    who = row.allowed.get(method)
    if actor in (who or ()):
        return "allowed"
    if actor in SIGNED_OUT and not any(allowed >= SIGNED_OUT for allowed in row.allowed.values()):
        return "sign in"
    if who is None:
        return "no such method"
    return "hidden" if row.hidden else "refused"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_who_may(row: Row, world: dict[str, Any], clients: dict[str, Client]):
    at = address(row, world)
    wrong = []
    for method in METHODS:
        for actor, client in clients.items():
            found, written = attempt(client, method, at, row)
            wanted = expected(row, method, actor)
            if found != wanted:
                wrong.append(f"{method} {at} by {actor}: {found}, not {wanted}")
            if written and (wanted != "allowed" or method == "GET"):
                wrong.append(f"{method} {at} by {actor} ({wanted}) wrote {written}")
    assert not wrong, "\n".join(wrong)


def attempt(client: Client, method: str, at: str, row: Row) -> tuple[str, dict[str, int]]:
    """The outcome and the tables written; undone afterwards."""
    before = writes()
    with transaction.atomic():
        response = client.generic(method, at) if method != "POST" else client.post(at, row.data)
        if hasattr(response, "streaming_content"):
            b"".join(response.streaming_content)
        after = writes()
        transaction.set_rollback(True)
    changed = {table: n - before.get(table, 0) for table, n in after.items() if n != before.get(table, 0)}
    return outcome(response), changed


@pytest.mark.parametrize("row", [row for row in ROWS if "GET" in row.allowed], ids=lambda row: row.name)
def test_looking_changes_nothing(row: Row, world: dict[str, Any], clients: dict[str, Client]):
    at = address(row, world)
    actor = "admin" if "admin" in row.allowed["GET"] else next(iter(row.allowed["GET"]))
    before = fingerprint()
    for method in ("GET", "HEAD", "OPTIONS"):
        assert clients[actor].generic(method, at).status_code < 500
    assert fingerprint() == before


def fingerprint() -> dict[str, str]:
    """A checksum of every table of the database but sessions and cache."""
    tables = [name for name in connection.introspection.table_names() if name not in NOT_RECORDS]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t"
                for name in tables
            )
        )
        return dict(cursor.fetchall())


def test_the_watch_on_writes_sees_every_kind(world):
    """Planted writes: the tests above would notice them."""
    before, seen = fingerprint(), writes()
    User.objects.filter(pk=world["owner"].pk).update(department="Sales")
    assert fingerprint() != before
    assert {table for table, n in writes().items() if n != seen.get(table, 0)} == {
        "users_user",
        "users_userevent",
    }
