"""The account list: what it shows, filters, sorts and costs."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from contacts.models import Commitment
from tests.factories import (
    make_account,
    make_book_entry,
    make_concern,
    make_interaction,
    make_purchase,
    make_team,
    make_tier,
    make_touchpoint,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 24)


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def user():
    return make_user(display_name="Kari Holm")


@pytest.fixture
def listed(client, user):
    """Names on the list for the given query."""
    client.force_login(user)

    def get(**params):
        return client.get(reverse("accounts:list"), params)

    return get


def names(response):
    return [row.name for row in response.context["page"].rows]


def full_account(owner, **fields):
    account = make_account(owner, **fields)
    make_purchase(account, date(2026, 3, 1), "1200")
    make_interaction(account, owner, happened_on=date(2026, 11, 12))
    make_touchpoint(account, owner, date(2026, 11, 20))
    make_concern(account, severity=3)
    Commitment.objects.create(account=account, user=owner, what="A quote", due_on=TODAY)
    return account


def test_shows_how_each_account_stands(listed, user):
    full_account(user, name="Acme", city="Oslo", country="NO", tier=make_tier(2, name="Large"))
    make_touchpoint(make_account(user, name="Later"), user, date(2026, 11, 26))
    response = listed()
    html = response.content.decode()
    for words in (
        "Oslo, Norway",
        "Large",
        "Kari Holm",
        "1 Mar",
        "1,200",
        "12 days ago",
        "4 days late",
        "concern",
    ):
        assert words in html.replace("\xa0", " ")
    assert "Thu" in html


def test_a_salesperson_starts_with_their_own(listed, user):
    make_account(user, name="Mine")
    make_account(make_user(), name="Theirs")
    assert names(listed()) == ["Mine"]
    assert names(listed(owner="all")) == ["Mine", "Theirs"]


def test_a_manager_starts_with_the_team(client):
    manager = make_user("manager")
    make_account(make_user(team=make_team(manager)), name="Team's")
    make_account(make_user(), name="Other")
    client.force_login(manager)
    assert names(client.get(reverse("accounts:list"))) == ["Team's"]


def test_filters(listed, user):
    other, large = make_user(), make_tier(3)
    mine = make_account(user, name="A", tier=large, status="customer")
    make_account(other, name="B", status="former")
    make_account(None, name="C")
    make_book_entry(user, mine)
    assert names(listed(owner=other.pk)) == ["B"]
    assert names(listed(owner="nobody")) == ["C"]
    assert names(listed(owner="all", tier=large.pk)) == ["A"]
    assert names(listed(owner="all", status="former")) == ["B"]
    assert names(listed(owner="all", book="1")) == ["A"]
    assert names(listed(owner="all", q="b")) == ["B"]


@pytest.mark.parametrize("key", ["tier", "last_sale", "sales", "last_contact", "next_contact"])
def test_sorts_both_ways_with_the_unknown_last(listed, user, key):
    for name, rank, day in (("Small", 1, 5), ("Big", 2, 10)):
        account = make_account(user, name=name, tier=make_tier(rank))
        make_purchase(account, date(2026, 10, day), str(100 * day))
        make_interaction(account, user, happened_on=date(2026, 11, day))
        make_touchpoint(account, user, date(2026, 12, day))
    make_account(user, name="Unknown")
    assert names(listed(sort=key)) == ["Small", "Big", "Unknown"]
    assert names(listed(sort=f"-{key}")) == ["Big", "Small", "Unknown"]


def test_sorts_by_name_without_accents(listed, user):
    for name in ("Zebra", "Åre", "Ost", "ösel", "abel"):
        make_account(user, name=name)
    assert names(listed()) == ["abel", "Åre", "ösel", "Ost", "Zebra"]
    assert names(listed(sort="-name")) == ["Zebra", "Ost", "ösel", "Åre", "abel"]


def test_what_does_not_count_is_left_out(listed, user):
    account = make_account(user)
    make_purchase(account, date(2026, 10, 1), "-50")
    make_purchase(account, date(2026, 9, 1), "70", voided_at=None)
    make_purchase(account, date(2026, 8, 1), "10", voided_at="2026-09-01T00:00Z", void_reason="typo")
    make_interaction(account, user, happened_on=date(2026, 11, 1), reached=False, outcome="no_answer")
    make_touchpoint(account, None, date(2026, 11, 1), kind="survey")
    row = listed().context["page"].rows[0]
    assert row.last_sale_on == date(2026, 9, 1)
    assert [(one["currency"], one["total"]) for one in row.sales_12m] == [("EUR", 20)]
    assert row.last_contact is None
    assert row.next_contact is None


def test_pages_say_where_they_are_and_go_on(listed, user):
    for number in range(26):
        make_account(user, name=f"Account {number:03}")
    first = listed()
    assert "1–25" in first.content.decode()
    assert "of 26" in first.content.decode()
    second = listed(at=first.context["page"].next)
    assert names(second) == ["Account 025"]
    assert "26–26" in second.content.decode()
    assert names(listed(at=second.context["page"].previous)) == names(first)


@pytest.mark.parametrize(
    "params",
    [
        {"owner": "x"},
        {"tier": "'"},
        {"status": "rich"},
        {"sort": "password"},
        {"at": "-1"},
        {"at": "bm9uc2Vuc2U"},
        {"at": "9" * 9000},
        {"tag": "9" * 17, "country": "x'", "silent": "-4", "sold_before": "31.12.2026"},
        {"col": "password", "view": "9" * 17},
        {"q": "\x00"},
        {"owner": "9" * 17},
    ],
)
def test_nonsense_in_the_address_is_no_error(listed, user, params):
    make_account(user)
    assert listed(**params).status_code == 200


def test_empty_lists_say_what_to_do(listed, client):
    assert "You own no accounts yet" in listed().content.decode()
    assert "No account matches" in listed(q="zzz").content.decode()
    client.force_login(make_user("admin"))
    html = client.get(reverse("accounts:list")).content.decode()
    assert "Import the customer file" in html
    assert reverse("imports:list") in html


def test_twenty_rows_cost_what_two_cost(listed, user, django_assert_num_queries):
    def cost(count):
        for _ in range(count):
            full_account(user, tier=make_tier(1))
        with django_assert_num_queries(6):  # session, user, views, count, order, rows
            assert len(names(listed())) >= count

    cost(2)
    cost(18)


class TestQuickSearch:
    def test_finds_accounts_and_people(self, client, user):
        from tests.factories import make_contact

        make_contact(make_account(user, name="Åsgård"), first_name="Zoë", last_name="Vik")
        client.force_login(user)
        for text, found in (("asg", "<mark>Åsg</mark>ård"), ("zoe", "<mark>Zoë</mark> Vik")):
            assert found in client.get(reverse("accounts:quick"), {"q": text}).content.decode()

    def test_says_when_there_is_nothing(self, client, user):
        client.force_login(user)
        assert "Nothing found" in client.get(reverse("accounts:quick"), {"q": "zz"}).content.decode()
        assert client.get(reverse("accounts:quick"), {"q": "z"}).content.decode().strip() == ""
