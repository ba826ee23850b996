"""``{{next_contact}}``: the next talk that the plan holds, in the language of the words."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from cadences.writing.next_contact import values
from correspondence.placeholders import Subject
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-26 12:00+00:00", tick=False):
        yield


def said(account, language="en"):
    [found] = values([Subject(account.pk, 0, None, language)])
    return found.get("next_contact", "")


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        ("call", "en", "Call on 8 January 2027"),
        ("call", "de-AT", "Anruf am 8. Jänner 2027"),
        ("meeting", "no", "Møte 8. januar 2027"),
        ("video", "xx", "Video call on 8 January 2027"),
    ],
)
def test_in_words(kind, language, words):
    account = make.make_account()
    make.make_touchpoint(account, None, date(2027, 1, 8), kind=kind)
    assert said(account, language) == words


def test_an_agreed_time_is_that_of_the_customer():
    account = make.make_account(time_zone="Europe/Helsinki")
    make.make_touchpoint(account, None, date(2027, 1, 8), due_at=make.at("2027-01-08 12:00"))
    assert said(account, "de") == "Anruf am 8. Januar 2027 um 14:00 Uhr"


def test_neither_what_is_over_nor_gifts_nor_surveys_are_announced():
    account = make.make_account()
    make.make_touchpoint(account, None, date(2026, 11, 25))
    make.make_touchpoint(account, None, date(2026, 12, 1), kind="survey")
    make.make_touchpoint(account, None, date(2026, 12, 2), kind="gift")
    make.make_touchpoint(account, None, date(2026, 12, 3), state="cancelled", closed_on=date(2026, 11, 26))
    assert said(account) == ""
    make.make_touchpoint(account, None, date(2026, 12, 24))
    assert said(account) == "Call on 24 December 2026"


def test_two_and_twenty_cost_the_same(django_assert_num_queries):
    make.make_company()
    for count in (2, 20):
        accounts = [make.make_account() for _n in range(count)]
        for account in accounts:
            make.make_touchpoint(account, None, date(2027, 1, 8))
        with django_assert_num_queries(2):
            assert all(values([Subject(account.pk, 0, None) for account in accounts]))
