"""Statements planned once per connection give the same rows as any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from accounts.models import Account
from core import prepared
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Every test begins and ends with nothing prepared."""
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        prepared._known.clear()
        if not _:
            yield


def known() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans FROM pg_prepared_statements ORDER BY name")
        return list(cursor.fetchall())


def asked(sql: str, params: Any) -> Any:
    with prepared.kept(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def test_a_statement_is_prepared_once_and_planned_for_all_values() -> None:
    account = make.make_account()
    sql = "SELECT count(*) FROM accounts_account WHERE id = %s"
    assert [asked(sql, [pk]) for pk in (account.pk, account.pk + 1, 0)] == [(1,), (0,), (0,)]
    assert [plans for _name, plans in known()] == [3]


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ("SELECT %s + 1", [41]),
        ("SELECT %s::bigint + 1", [2**40]),
        ("SELECT DATE '2026-11-26' + %s", [5]),
        ("SELECT %s - 1", [date(2026, 3, 1)]),
        ("SELECT %s + interval '1 hour'", [datetime(2026, 3, 29, 0, 30, tzinfo=UTC)]),
        ("SELECT %s * 2", [Decimal("1.005")]),
        ("SELECT NOT %s", [True]),
        ("SELECT '100 %%' || %s", ["$1 ' \\ %s"]),
        ("SELECT 'b' = ANY(%s::text[])", [["a", "b"]]),
        ("SELECT coalesce(%s, 7)", [None]),
        ("SELECT %(a)s + %(b)s + %(a)s", {"a": 2, "b": 30, "unused": "x"}),
    ],
)
def test_values_of_every_kind_arrive_as_they_do_without(sql: str, params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        plain = cursor.fetchone()
    assert asked(sql, params) == plain
    assert asked(sql, params) == plain  # from the kept plan
    assert len(known()) == 1


def test_querysets_and_writes_go_through() -> None:
    make.make_account(name="Ørsted")
    with prepared.kept():
        for name in ("Ørsted", "nobody"):
            rows = Account.objects.filter(Q(name=name), created_at__year__gte=2000)
            assert [row.name for row in rows[:5]] == ([name] if name == "Ørsted" else [])
        Account.objects.update(city="Fredericia")
    assert len(known()) == 1
    assert Account.objects.get().city == "Fredericia"


def test_what_comes_after_the_last_is_planned_as_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 2)
    assert [asked(f"SELECT {n} + %s", [1]) for n in range(4)] == [(1,), (2,), (3,), (4,)]
    assert len(known()) == 2


def test_a_new_connection_knows_nothing_of_the_old_ones_statements() -> None:
    with prepared.kept():
        other = connection.copy()
        try:
            for database in (connection, other):
                with database.execute_wrapper(prepared._execute), database.cursor() as cursor:
                    cursor.execute("SELECT %s + 1", [1])
                    assert cursor.fetchone() == (2,)
        finally:
            other.close()
