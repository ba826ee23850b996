"""Somebody moves to another time zone: dates stay, moments stay, today is theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cadences.models import Touchpoint
from tests import factories as make
from users import services
from users.clock import today_for


@pytest.fixture
def agreed(people) -> Any:
    """ "Ring me on the 25th at eight": eight in Oslo is seven UTC."""
    account = make.make_account(people.owner, status="customer")
    slot = make.make_slot("agreed")
    return make.make_touchpoint(
        account, people.owner, date(2026, 11, 25), slot, anchor="agreed", basis="agreed",
        due_at=make.at("2026-11-25 07:00"), is_touched=True,
    )  # fmt: skip


def move(people, zone: str) -> None:
    services.edit_profile(people.owner, time_zone=zone)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Los_Angeles", date(2026, 11, 24)),  # eleven in the evening before
        ("Asia/Tokyo", date(2026, 11, 25)),
        ("Pacific/Kiritimati", date(2026, 11, 25)),  # nine in the evening
        ("Europe/Oslo", date(2026, 11, 25)),
    ],
)
def test_a_promised_moment_stands_on_the_day_on_which_it_falls(people, agreed, zone, day):
    move(people, zone)
    agreed.refresh_from_db()
    assert (agreed.due_on, agreed.planned_on, agreed.due_at) == (day, day, make.at("2026-11-25 07:00"))


def test_there_and_back_again(people, agreed):
    before = Touchpoint.objects.values().get(pk=agreed.pk)
    move(people, "America/Los_Angeles")
    move(people, "Europe/Oslo")
    after = Touchpoint.objects.values().get(pk=agreed.pk)
    assert {**after, "updated_at": 0} == {**before, "updated_at": 0}


def test_an_admin_who_moves_them_does_the_same(people, agreed):
    services.edit_user(people.admin, people.owner, time_zone="America/Los_Angeles")
    agreed.refresh_from_db()
    assert agreed.due_on == date(2026, 11, 24)


def test_dates_without_a_time_are_civil_dates(people, agreed):
    Touchpoint.objects.update(due_at=None)
    move(people, "America/Los_Angeles")
    agreed.refresh_from_db()
    assert agreed.due_on == date(2026, 11, 25)


def test_what_was_put_off_keeps_its_day(people, agreed):
    Touchpoint.objects.update(due_on=date(2026, 12, 1), snoozed_on=date(2026, 11, 24))
    move(people, "America/Los_Angeles")
    agreed.refresh_from_db()
    assert (agreed.due_on, agreed.planned_on) == (date(2026, 12, 1), date(2026, 11, 25))


def test_somebody_elses_stays(people, agreed):
    services.edit_profile(people.deputy, time_zone="America/Los_Angeles")
    agreed.refresh_from_db()
    assert agreed.due_on == date(2026, 11, 25)


def test_today_is_that_of_the_place(people, tuesday):
    tuesday.move_to("2026-11-24 23:30+00:00")
    for zone, day in (("Europe/Oslo", 25), ("America/Los_Angeles", 24), ("Pacific/Kiritimati", 25)):
        move(people, zone)
        assert today_for(people.owner) == date(2026, 11, day)
