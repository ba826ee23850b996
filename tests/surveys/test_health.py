"""Answers in danger make the Engine page red: a key that the tally misses, a wave that nobody settles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from ballotbox.keyfiles import private_key
from surveys.models import Programme, Wave
from surveys.services import waves
from tests import factories as make
from tests.ballots import Ballots
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY
from users.models import User


@pytest.fixture
def admin() -> User:
    return make.make_user("admin")


def said(admin: User) -> str:
    client = Client()  # signed in today, whatever day it has become
    client.force_login(admin)
    return client.get("/engine/").content.decode()


def night(clock, on: date) -> None:
    clock.move_to(f"{on} 08:00:00+00:00")
    assert waves.keep(on, {}) == []


@pytest.mark.parametrize("is_on", [True, False])
def test_a_key_that_the_tally_does_not_find_is_red_until_it_is_back(
    admin, ballots: Ballots, rung, clock, is_on
) -> None:
    """Also where the programme was switched off: what was answered is still there."""
    programme = survey.make_programme()
    night(clock, TODAY)
    night(clock, TODAY + timedelta(days=1))
    Programme.objects.update(is_on=is_on)
    assert "private key" not in said(admin)
    key = ballots.tally_keys / private_key(programme.waves.first().pk)
    away = key.rename(ballots.folder / "elsewhere")
    for day in (2, 3):  # the tally looks, then we hear of it
        night(clock, TODAY + timedelta(days=day))
    assert "does not find its private key" in said(admin)
    assert 'role="alert"' in said(admin)
    away.rename(key)
    for day in (4, 5):
        night(clock, TODAY + timedelta(days=day))
    assert "private key" not in said(admin)


def test_another_key_in_its_place_is_missing_too(admin, ballots: Ballots, rung, clock) -> None:
    programme = survey.make_programme()
    night(clock, TODAY)
    (ballots.tally_keys / private_key(programme.waves.first().pk)).write_bytes(bytes(32))
    for day in (1, 2):
        night(clock, TODAY + timedelta(days=day))
    assert "does not find its private key" in said(admin)


@pytest.mark.parametrize(("days", "state", "is_red"), [
    (2, "ready", False), (3, "ready", True), (3, "held", False), (3, "released", False),
])  # fmt: skip
def test_a_wave_that_is_not_settled_two_days_after_its_close_is_red(
    admin, programme, clock, days: int, state: str, is_red: bool
) -> None:
    closes = TODAY - timedelta(days=days)
    settled = {"settled_on": TODAY} if state == "released" else {}
    survey.make_wave(
        programme, label="2026 Q3", opens_on=date(2026, 7, 1), last_send_on=date(2026, 9, 30),
        closes_on=closes, state=state, **settled,
    )  # fmt: skip
    Programme.objects.update(is_on=False)
    assert ("not settled. Is the tally running?" in said(admin)) is is_red


def test_alarms_cost_the_same_for_two_waves_and_for_twenty(
    admin, programme, django_assert_max_num_queries
) -> None:
    from surveys.health import alarms

    for number in (2, 20):
        for _ in range(number):
            survey.make_wave(programme, closes_on=date(2026, 11, 1), last_send_on=date(2026, 10, 2))
        with django_assert_max_num_queries(3):
            assert len([words for words in alarms(TODAY) if "not settled" in words]) == Wave.objects.count()
