"""Expectations: what we led them to expect, and whether it was met."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from contacts import services
from contacts.models import Concern, Expectation, Interaction
from contacts.services import LogEntry
from tests import factories as make

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel("2026-11-24 08:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari(db):
    return make.make_user(display_name="Kari Holm")


@pytest.fixture
def account(kari):
    return make.make_account(kari, name="Acme")


@pytest.fixture
def expected(kari, account):
    return services.record_expectation(kari, account, "It runs quieter", contact=make.make_contact(account))


def text(answer):
    return answer.content.decode()


def test_it_is_noted_with_the_log_it_came_from(kari, account):
    eva = make.make_contact(account)
    entry = LogEntry(
        "meeting", "held", contact=eva, expectation=" Parts in two days ", happened_on=date(2026, 11, 20)
    )
    log = services.log_interaction(kari, account, entry)
    found = Expectation.objects.get()
    assert (found.what, found.led_by, found.contact, found.interaction) == (
        "Parts in two days",
        kari,
        eva,
        log,
    )
    assert found.led_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("fields", "field"), [({"what": " "}, "what"), ({"led_on": date(2026, 11, 25)}, "led_on")]
)
def test_a_senseless_one_names_its_field(kari, account, fields, field):
    with pytest.raises(ValidationError) as refused:
        services.record_expectation(kari, account, **({"what": "Quiet"} | fields))
    assert field in refused.value.message_dict
    assert not Expectation.objects.exists()


@pytest.mark.parametrize("state", ["partly", "not_met"])
def test_what_was_not_met_needs_words(kari, expected, state):
    with pytest.raises(ValidationError) as refused:
        services.judge_expectation(kari, expected, state)
    assert "words" in refused.value.message_dict
    judged = services.judge_expectation(kari, expected, state, "Louder, they say")
    assert (judged.state, judged.judged_by, judged.judged_on) == (state, kari, TODAY)


def test_it_is_judged_by_who_led_to_it_or_looks_after_the_account(kari, account):
    desk = make.make_user("reader")
    mine = services.record_expectation(desk, account, "A call back today")
    assert services.judge_expectation(desk, mine, "met").state == "met"
    assert services.reopen_expectation(kari, mine).judged_on is None
    for user in (make.make_user(), make.make_user(is_active=False)):
        with pytest.raises(PermissionDenied):
            services.judge_expectation(user, mine, "met")


def test_not_met_offers_to_raise_a_concern(client, kari, account, expected):
    client.force_login(kari)
    where = reverse("contacts:expectation_judge", args=[expected.pk])
    assert client.post(where, {"state": "not_met", "words": ""}).status_code == 422
    answer = client.post(where, {"state": "not_met", "words": "As loud as before"})
    assert answer["Location"].startswith(
        reverse("contacts:concern_add", args=[account.pk]) + f"?expectation={expected.pk}"
    )
    html = text(client.get(answer["Location"]))
    assert "Expected: It runs quieter. As loud as before" in html
    assert not Concern.objects.exists()
    htmx = {"HX-Request": "true"}
    services.reopen_expectation(kari, expected)
    answer = client.post(where, {"state": "not_met", "words": "As loud"}, headers=htmx)
    assert f"?expectation={expected.pk}" in answer["HX-Redirect"]


def test_the_panel_shows_what_is_not_known_first_and_then_some(client, kari, account, expected):
    for n in range(8):
        Expectation.objects.create(
            account=account, what=f"Old {n}", led_by=kari, led_on=TODAY, state="met", judged_on=TODAY
        )
    client.force_login(make.make_user("reader"))
    where = reverse("contacts:expectations", args=[account.pk])
    html = text(client.get(where))
    assert html.index("It runs quieter") < html.index("Old 7")
    assert "Old 0" not in html
    assert "Met?" not in html
    assert "Old 0" in text(client.get(where + "?all=1"))
    client.force_login(kari)
    assert "Met?" in text(client.get(where))


def test_the_panel_costs_the_same_for_two_and_twenty(client, kari, account, django_assert_num_queries):
    client.force_login(kari)
    where = reverse("contacts:expectations", args=[account.pk]) + "?all=1"
    for count in (2, 18):
        for _ in range(count):
            services.record_expectation(
                make.make_user(), account, "Quiet", contact=make.make_contact(account)
            )
        with django_assert_num_queries(4):  # session, user, account, rows
            client.get(where)


def test_an_empty_panel_says_what_belongs_there(client, kari, account):
    client.force_login(kari)
    assert "What you lead them to expect" in text(
        client.get(reverse("contacts:expectations", args=[account.pk]))
    )
    assert not Interaction.objects.exists()
