"""A survey that is switched off stops its mails; switched on again in time, they leave once and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from correspondence.models import Message, State
from correspondence.services import send_due
from surveys import keys
from surveys.models import Asked, Invitation, Programme, Wave
from surveys.services import follow_up, invite, waves
from tests import factories as make
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY


@pytest.fixture(autouse=True)
def set_up(settings: Any) -> None:
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results@/nowhere/ballots"


@pytest.fixture
def manager(db: None) -> Any:
    return make.make_user("manager")


@pytest.fixture
def stopped(wave: Wave) -> Invitation:
    """Invited today; the survey was switched off before the mail left."""
    keys.make_wave(wave.pk)
    invite([survey.make_ask(survey.make_customer())], TODAY)
    Programme.objects.update(is_on=False)
    send_due()
    assert Message.objects.get().state == State.CANCELLED
    assert mail.outbox == []
    return Invitation.objects.get()


def switch(manager: Any, programme: Programme, to: str) -> str:
    client = Client()
    client.force_login(manager)
    page = client.post(reverse("surveys:switch", args=[programme.pk]), {"to": to}, follow=True)
    return page.content.decode()


def move(clock: time_machine.Traveller, days: int) -> None:
    clock.move_to(f"{TODAY + timedelta(days=days)} 09:30:00+00:00")


def test_what_was_stopped_leaves_once_when_it_is_on_again(stopped, programme, manager, clock) -> None:
    move(clock, 3)
    assert "1 mail that was stopped" in switch(manager, programme, "on")
    for _ in range(2):
        send_due()
        switch(manager, programme, "off")
        assert "that was stopped" not in switch(manager, programme, "on")
    assert [message.to for message in mail.outbox] == [[stopped.address]]
    stopped.refresh_from_db()
    assert stopped.state == Invitation.State.HANDED_OVER


def test_its_follow_up_comes_a_week_after_it_left_and_it_counts_as_asked_then(
    stopped, programme, manager, clock
) -> None:
    move(clock, 10)
    follow_up.destroy_tag_keys(TODAY + timedelta(days=10))
    switch(manager, programme, "on")
    send_due()
    assert len(mail.outbox) == 1
    assert Asked.objects.get().sent_on == TODAY + timedelta(days=10)
    assert follow_up.enqueue_due(TODAY + timedelta(days=16)) == 0
    assert follow_up.enqueue_due(TODAY + timedelta(days=17)) == 1


@pytest.mark.parametrize(("days", "comes"), [(13, True), (14, False)])
def test_it_stays_away_after_two_weeks(stopped, programme, manager, clock, days: int, comes: bool) -> None:
    move(clock, days)
    switch(manager, programme, "on")
    assert (Message.objects.get().state == State.PENDING) is comes


def test_what_was_cancelled_for_another_reason_stays_cancelled(stopped, programme, manager) -> None:
    Message.objects.update(reason="excluded by a manager")
    assert "that was stopped" not in switch(manager, programme, "on")
    assert Message.objects.get().state == State.CANCELLED


def test_a_follow_up_that_was_stopped_comes_back_while_its_link_can_be_made(
    stopped, programme, manager, clock
) -> None:
    switch(manager, programme, "on")
    send_due()
    move(clock, 7)
    follow_up.enqueue_due(TODAY + timedelta(days=7))
    switch(manager, programme, "off")
    send_due()
    move(clock, 9)
    follow_up.destroy_tag_keys(TODAY + timedelta(days=9))
    assert "1 mail that was stopped" in switch(manager, programme, "on")
    send_due()
    assert len(mail.outbox) == 2


def test_what_a_dispatcher_stopped_after_the_switch_comes_back_in_the_night(
    ballots, rung, stopped, programme, clock
) -> None:
    Programme.objects.update(is_on=True)  # switched while a dispatcher had read that it was off
    move(clock, 1)
    for _ in range(2):
        waves.keep(TODAY + timedelta(days=1), {})
        send_due()
    assert [message.to for message in mail.outbox] == [[stopped.address]]


def test_in_the_night_what_is_off_stays_stopped(ballots, rung, stopped, clock) -> None:
    move(clock, 1)
    waves.keep(TODAY + timedelta(days=1), {})
    assert Message.objects.get().state == State.CANCELLED


def test_a_folder_of_keys_that_cannot_be_used_is_said_and_nothing_is_switched(
    stopped, programme, manager, clock, settings, tmp_path
) -> None:
    move(clock, 3)
    settings.SURVEY_KEYS = str(tmp_path / "a file")
    (tmp_path / "a file").write_text("")
    assert "the folder of keys cannot be used" in switch(manager, programme, "on")
    programme.refresh_from_db()
    assert not programme.is_on
    assert Message.objects.get().state == State.CANCELLED


def test_a_one_off_survey_has_a_switch_once_it_was_started(manager) -> None:
    programme = survey.make_programme("one_off", is_on=False)
    client = Client()
    client.force_login(manager)
    address = reverse("surveys:programme", args=[programme.pk])
    assert "Switch it on" not in client.get(address).content.decode()
    assert "Start this survey" in switch(manager, programme, "on")
    survey.make_wave(programme)
    page = switch(manager, programme, "on")
    assert "Switch it off" in page
    assert "It is on." in page
    assert "Switch it on" in switch(manager, programme, "off")
