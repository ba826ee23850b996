"""Any column sorts, whatever is missing or the same: every account once, forwards and back."""

import base64
import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from cadences.lists.figures import count_figures
from cadences.lists.sorting import SORTS, phases
from core.keyset import cut, read_cursor
from tests.factories import (
    make_account,
    make_concern,
    make_interaction,
    make_purchase,
    make_tier,
    make_touchpoint,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
STORED = [key for key, sort in SORTS.items() if sort.stored or sort.steps]


def some(values):
    return st.one_of(st.none(), st.sampled_from(values))


DAYS = some([TODAY - timedelta(days=n) for n in (0, 1, 400)])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "sale": DAYS, "again": DAYS, "contact": DAYS, "owed": DAYS, "severity": some([1, 3]),
            "city": st.sampled_from(["", "Oslo", "Århus", "arhus"]), "employees": some([0, 5, 70]),
            "owner": some([0, 1]), "tier": some([0, 1]), "tags": some(["fair"]),
            "number": st.booleans(), "paused": some([-1, 10]),
        }
    ),
    max_size=9,
)  # fmt: skip


def build(rows):
    owners = [make_user(display_name=name) for name in ("Åse", "Bo")]
    tiers = [make_tier(rank) for rank in (4, 9)]
    for row in rows:
        account = make_account(
            None if row["owner"] is None else owners[row["owner"]],
            tier=None if row["tier"] is None else tiers[row["tier"]],
            name="Same name", city=row["city"], employees=row["employees"],
        )  # fmt: skip
        if row["paused"] is not None:
            account.paused_from, account.paused_until = TODAY - timedelta(9), TODAY + timedelta(row["paused"])
        account.external_id = f"K{account.pk}" if row["number"] else None
        account.save()
        if row["tags"]:
            account.tags.create(name=f"{row['tags']} {account.pk}")
        for day in filter(None, (row["sale"], row["again"])):
            make_purchase(account, day, "50")
        if row["contact"]:
            make_interaction(account, None, happened_on=row["contact"])
            make_interaction(account, None, happened_on=row["contact"])
        if row["owed"]:
            make_touchpoint(account, None, row["owed"])
        if row["severity"]:
            make_concern(account, severity=row["severity"])
            make_concern(account, severity=1)


def walk(sort, *, is_wide=False, size=2):
    """All edges by following *next*, and then *previous* back to the first page."""
    ordered = phases(Account.objects.all(), sort, TODAY, is_wide=is_wide)
    part = cut(ordered, None, size)
    pages, edges = [part], list(part.edges)
    while part.next:
        part = cut(ordered, read_cursor(part.next), size)
        pages.append(part)
        edges += part.edges
    for before in reversed(pages[:-1]):
        part = cut(ordered, read_cursor(part.previous), size)
        assert (part.edges, part.position) == (before.edges, before.position)
    return edges


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_every_row_exactly_once_whatever_the_order(rows, db):
    from django.db import transaction

    with transaction.atomic():
        build(rows)
        count_figures(TODAY)
        everybody = set(Account.objects.values_list("pk", flat=True))
        for key, spec in SORTS.items():
            for sort in (key, f"-{key}"):
                edges = walk(sort)
                ids = [edge.row_id for edge in edges]
                assert len(ids) == len(set(ids)) == len(everybody), sort
                assert set(ids) == everybody, sort
                keys = [edge.key for edge in edges]
                known = [one for one in keys if one is not None]
                assert keys == known + [None] * (len(keys) - len(known)), sort
                if spec.kind is not str:
                    assert known == sorted(known, reverse=sort.startswith("-")), sort
                if key in STORED:
                    assert walk(sort, is_wide=True) == edges, sort
        transaction.set_rollback(True)


@pytest.mark.parametrize("text", ["", "x", "W10", "bnVsbA", "W1siZCIsIngiXSwxLDEsMF0", "W251bGwsLTEsMCwwXQ"])
def test_a_cursor_of_nonsense_is_the_first_page(text):
    assert read_cursor(text) is None


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "NaN", "Infinity", "9" * 50])
def test_a_number_without_end_is_the_first_page(number):
    text = json.dumps([["n", number], 1, 0, 0])
    assert read_cursor(base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")) is None


def test_a_cursor_of_another_column_is_the_first_page():
    for name in ("A", "B", "C"):
        make_account(name=name)
    by_name = cut(phases(Account.objects.all(), "name", TODAY, is_wide=False), None, 2)
    by_sale = phases(Account.objects.all(), "last_sale", TODAY, is_wide=False)
    assert cut(by_sale, read_cursor(by_name.next), 2).position == 0


def test_whoever_is_added_in_front_shifts_no_page():
    for name in ("B", "C", "D"):
        make_account(name=name)
    ordered = phases(Account.objects.all(), "name", TODAY, is_wide=False)
    first = cut(ordered, None, 2)
    make_account(name="A")
    assert [edge.key for edge in cut(ordered, read_cursor(first.next), 2).edges] == ["d"]


def test_a_page_that_is_gone_is_the_first():
    accounts = [make_account(name=name) for name in ("A", "B", "C")]
    ordered = phases(Account.objects.all(), "name", TODAY, is_wide=False)
    first = cut(ordered, None, 2)
    accounts[2].delete()
    assert [edge.key for edge in cut(ordered, read_cursor(first.next), 2).edges] == ["a", "b"]
