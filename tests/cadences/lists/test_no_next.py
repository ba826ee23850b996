"""Customers without a next date: who is on the list, why, and that it can read 0."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.factories import make_account, make_interaction, make_touchpoint, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
PAGE = reverse("accounts:no_next")


def customer(owner, **fields):
    return make_account(owner, status="customer", became_customer_on="2026-01-01", **fields)


def shown(response):
    return {line.account.name: line.why for line in response.context["lines"]}


def test_says_who_is_forgotten_and_why(browse, people):
    gone = make_user(display_name="Gone", is_active=False, team=people.kari.team)
    customer(people.kari, name="Forgotten")
    customer(None, name="Nobody's")
    customer(gone, name="Left behind")
    make_touchpoint(customer(people.kari, name="Unassigned"), None, TODAY)
    make_touchpoint(customer(people.kari, name="Only a survey"), None, TODAY, kind="survey")
    make_touchpoint(customer(people.kari, name="Has a date"), people.kari, TODAY + timedelta(90))
    customer(
        people.kari, name="Paused", paused_from=TODAY, paused_until=TODAY + timedelta(3), pause_reason="x"
    )
    customer(
        people.kari, name="Pause over", paused_from="2026-01-01", paused_until="2026-02-01", pause_reason="x"
    )
    make_account(people.kari, name="Prospect")
    make_account(people.kari, name="Former", status="former")
    found = shown(browse(people.admin, PAGE))
    assert found == {
        "Forgotten": "The plan owes nothing now and no date is agreed.",
        "Left behind": "Gone, who owns it, has been deactivated.",
        "Nobody's": "Nobody owns it.",
        "Only a survey": "The plan owes nothing now and no date is agreed.",
        "Pause over": "The plan owes nothing now and no date is agreed.",
        "Unassigned": "A contact is owed, but nobody is there to make it.",
    }


def test_each_looks_after_their_own_first(browse, people):
    customer(people.kari, name="Kari's")
    customer(people.stranger, name="Stein's")
    assert list(shown(browse(people.kari, PAGE))) == ["Kari's"]
    assert list(shown(browse(people.manager, PAGE))) == ["Kari's"]
    assert list(shown(browse(people.kari, PAGE, {"owner": "all"}))) == ["Kari's", "Stein's"]
    number = browse(people.kari, reverse("accounts:no_next_number")).content.decode()
    assert ">1<" in number


def test_reads_zero_when_everybody_has_a_date(browse, people):
    make_touchpoint(customer(people.kari), people.kari, TODAY)
    html = browse(people.kari, PAGE).content.decode()
    assert "Every customer has a next date" in html
    assert "tone-kept" in browse(people.kari, reverse("accounts:no_next_number")).content.decode()


def test_the_cure_stands_beside_each(browse, people):
    account = customer(None)
    cures = browse(people.manager, PAGE, {"owner": "all"}).content.decode()
    assert reverse("accounts:owner", args=[account.pk]) in cures
    assert reverse("cadences:log", args=[account.pk]) in cures
    assert f"{reverse('cadences:todo')}?account={account.pk}" in cures
    assert (
        reverse("accounts:owner", args=[account.pk])
        not in browse(people.kari, PAGE, {"owner": "all"}).content.decode()
    )


def test_twenty_rows_cost_what_two_cost(client, people, django_assert_num_queries):
    client.force_login(people.manager)
    for count in (2, 18):
        for _ in range(count):
            make_interaction(customer(people.kari), people.kari, happened_on=TODAY)
        with django_assert_num_queries(7):  # session, user, count, order, rows, whose side, owners
            assert len(shown(client.get(PAGE, {"owner": "all"}))) >= 1
