"""The list's filters, chips, columns, totals and file."""

import csv
import io
import itertools
from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import BookEntry, Tag
from cadences.lists.columns import COLUMNS
from tests.factories import (
    make_account,
    make_concern,
    make_interaction,
    make_purchase,
    make_tier,
    make_touchpoint,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
LIST = "/accounts/"


def names(response):
    return [row.name for row in response.context["page"].rows]


def chips(response):
    return {chip.words: chip.without for chip in response.context["chips"]}


@pytest.fixture
def mixed(people):
    """Three accounts that differ in everything a filter asks for."""
    large = make_tier(2, name="Large")
    loud = make_account(people.kari, name="Loud", tier=large, country="NO", status="customer", employees=500)
    still = make_account(
        people.kari, name="Still", country="DE", status="customer", employees=499, paused_from=TODAY,
        paused_until=TODAY + timedelta(9), pause_reason="Holiday",
    )  # fmt: skip
    make_account(people.bo, name="New", country="SE")
    loud.tags.add(Tag.objects.create(name="fair"))
    make_interaction(loud, people.kari, happened_on=TODAY - timedelta(3))
    make_interaction(still, people.kari, happened_on=TODAY - timedelta(100))
    make_purchase(loud, date(2026, 10, 1), "10")
    make_purchase(still, date(2025, 1, 1), "10")
    make_concern(loud, severity=3)
    make_touchpoint(loud, people.kari, TODAY)
    BookEntry.objects.create(user=people.kari, account=loud, added_on=TODAY)
    return people


@pytest.mark.parametrize(
    ("params", "found", "words"),
    [
        ({"country": "no"}, ["Loud"], "Country: Norway"),
        ({"country": ["NO", "SE"]}, ["Loud", "New"], "Country: Sweden"),
        ({"status": "customer"}, ["Loud", "Still"], "Status: Customer"),
        ({"book": "1"}, ["Loud"], "In my book"),
        ({"book": "0"}, ["New", "Still"], "Not in my book"),
        ({"silent": "30"}, ["New", "Still"], "No contact for 30 days"),
        ({"sold_before": "2026-01-01"}, ["Still"], "Last sale before 1\xa0Jan"),
        ({"sold_since": "2026-10-01"}, ["Loud"], "Last sale since 1\xa0Oct"),
        ({"employees": "500"}, ["Loud"], "500 employees or more"),
        ({"sales": "1,0"}, ["Loud"], "12 months: 10 EUR or more"),
        ({"concern": "1"}, ["Loud"], "Open concern"),
        ({"paused": "1"}, ["Still"], "Paused"),
        ({"paused": "0"}, ["Loud", "New"], "Not paused"),
        ({"q": "lou"}, ["Loud"], "“lou”"),
    ],
)
def test_a_filter_narrows_the_list_and_its_chip_takes_it_away(browse, mixed, params, found, words):
    response = browse(mixed.kari, LIST, {"owner": "all", **params})
    assert names(response) == found
    taken = chips(response)[words]
    assert names(browse(mixed.kari, LIST + taken)) != found or params == {"country": ["NO", "SE"]}


def test_filters_by_tag_and_tier_join(browse, mixed):
    tag, tier = Tag.objects.get(), mixed.kari.owned_accounts.get(name="Loud").tier_id
    assert names(browse(mixed.kari, LIST, {"owner": "all", "tag": tag.pk, "tier": tier})) == ["Loud"]
    assert names(browse(mixed.kari, LIST, {"owner": "all", "tag": tag.pk, "country": "DE"})) == []


def test_columns_are_chosen_and_stand_in_their_order(browse, mixed):
    response = browse(mixed.kari, LIST, {"owner": "all", "col": ["tags", "owner", "concern"]})
    assert [str(one.column.label) for one in response.context["headings"]] == [
        "Account", "Tags", "Owner", "Worst concern"
    ]  # fmt: skip
    cells = response.context["lines"][0].cells
    assert cells.index(">fair</td>") < cells.index(">Kari</td>") < cells.index(">High</span></td>")


def test_twenty_rows_with_every_column_cost_what_two_cost(client, mixed, django_assert_num_queries):
    client.force_login(mixed.kari)
    for rows in (2, 18):
        for number in range(rows):
            make_account(
                mixed.kari, name=f"N{rows}-{number}", tier=make_tier(1), external_id=f"{rows}{number}"
            )
        with django_assert_num_queries(6):
            response = client.get(LIST, {"owner": "all", "col": list(COLUMNS)})
        assert len(response.context["headings"]) == len(COLUMNS)


def test_totals_add_up_what_the_list_shows(browse, mixed):
    make_purchase(mixed.bo.owned_accounts.get(), date(2026, 9, 1), "1000", currency="NOK")
    html = browse(mixed.kari, reverse("accounts:totals"), {"owner": "all"}).content.decode()
    assert "3 accounts" in html
    assert "1,000\xa0NOK" in html
    assert "10\xa0EUR" in html
    mine = browse(mixed.kari, reverse("accounts:totals"), {"owner": "me"}).content.decode()
    assert "2 accounts" in mine
    assert "NOK" not in mine


def file_of(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_file_holds_exactly_what_is_shown(browse, mixed):
    params = {"owner": "me", "col": ["sales", "owner", "last_contact"], "sort": "-last_contact"}
    table = file_of(browse(mixed.kari, reverse("accounts:export"), params))
    assert table == [
        ["Account", "12 months", "Currency", "Owner", "Last contact"],
        ["Loud", "10.00", "EUR", "Kari", "2026-11-21"],
        ["Still", "", "", "Kari", "2026-08-16"],
    ]


def test_the_file_goes_on_behind_a_page(browse, people, monkeypatch):
    monkeypatch.setattr("cadences.lists.rows.FILE_STEP", 3)
    for number in range(8):
        make_account(people.kari, name=f"A{number}")
    table = file_of(browse(people.kari, reverse("accounts:export"), {"col": "owner"}))
    assert [row[0] for row in table[1:]] == [f"A{number}" for number in range(8)]


@pytest.mark.parametrize("sort", ["tier", "-employees", "network", "-concern", "sales", "-customer_since"])
def test_the_file_ends_in_any_order(browse, people, monkeypatch, sort):
    monkeypatch.setattr("cadences.lists.rows.FILE_STEP", 3)
    for number in range(8):
        make_account(people.kari, name=f"A{number}", employees=number, network_value=number % 5)
    response = browse(people.kari, reverse("accounts:export"), {"owner": "all", "sort": sort})
    parts = itertools.islice(response.streaming_content, 40)
    table = list(csv.reader(io.StringIO(b"".join(parts).decode()[1:])))
    assert sorted(row[0] for row in table[1:]) == [f"A{number}" for number in range(8)]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "|calc", "%x"])
def test_what_could_be_a_formula_is_only_text(browse, people, evil):
    account = make_account(people.kari, name=evil, city=evil)
    account.tags.add(Tag.objects.create(name=evil))
    table = file_of(browse(people.kari, reverse("accounts:export"), {"col": ["where", "tags"]}))
    assert table[1] == [f"'{evil}"] * 3
