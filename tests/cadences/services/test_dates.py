"""Dates that people set, and what falls when a log is withdrawn."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cadences import services
from cadences.models import Touchpoint
from cadences.services import HandDate, NextStep
from contacts.models import Interaction
from contacts.services import LogEntry, correct_interaction, withdraw_interaction
from tests import factories as make

TODAY = date(2026, 11, 24)
THURSDAY = date(2026, 11, 26)
TALK = LogEntry("call", "talked", sentiment=4)


@pytest.fixture
def account(people):
    return make.make_account(people.owner)


@pytest.fixture
def rolling(people, account):
    return make.make_touchpoint(account, people.owner, TODAY, cycle="n3")


@pytest.fixture
def track(people, account):
    return make.make_touchpoint(
        account,
        people.owner,
        TODAY,
        make.make_slot("one-week"),
        anchor="after_event",
        basis="purchase",
        cycle="first",
        lapses_on=TODAY + timedelta(days=23),
    )


def test_putting_off_moves_the_due_day_alone(people, track):
    services.snooze(people.owner, track, THURSDAY, "asked for quiet until then")
    track.refresh_from_db()
    assert (track.due_on, track.planned_on, track.ideal_on) == (THURSDAY, TODAY, TODAY)
    assert track.lapses_on == THURSDAY + timedelta(days=23)
    assert (track.is_touched, track.snoozed_on) == (True, TODAY)
    services.unsnooze(people.owner, track)
    track.refresh_from_db()
    assert (track.due_on, track.is_touched, track.snoozed_on) == (TODAY, False, None)


def test_taking_back_a_second_putting_off_leaves_the_first_one(people, track):
    services.snooze(people.owner, track, date(2026, 11, 25), "in the fair")
    track.refresh_from_db()
    before = HandDate.of(track)
    services.snooze(people.deputy, track, THURSDAY, "still there")
    services.unsnooze(people.deputy, track, HandDate.from_json(before.as_json()))
    track.refresh_from_db()
    assert HandDate.of(track) == before
    assert (track.due_on, track.reason, track.is_touched) == (date(2026, 11, 25), "in the fair", True)


def test_an_agreed_date_put_off_and_back_is_still_a_persons(people, account):
    services.log_contact(people.owner, account, TALK, NextStep.agreed(TODAY))
    agreed = Touchpoint.objects.get(slot__key="agreed")
    services.snooze(people.owner, agreed, THURSDAY)
    services.unsnooze(people.owner, agreed)
    agreed.refresh_from_db()
    assert (agreed.due_on, agreed.is_touched, agreed.snoozed_on) == (TODAY, True, None)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2036, 1, 1)])
@pytest.mark.parametrize("verb", ["tried", "call_back"])
def test_the_next_try_has_a_day_that_can_be_meant(people, track, verb, day):
    outcome, field = {"tried": ("no_answer", "try_on"), "call_back": ("call_back", "back_on")}[verb]
    with pytest.raises(ValidationError) as refused:
        getattr(services, verb)(people.owner, track, LogEntry("call", outcome), day)
    assert field in refused.value.message_dict
    assert Interaction.objects.count() == 0


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2036, 1, 1)])
def test_a_day_that_cannot_be_meant_is_refused(people, track, day):
    with pytest.raises(ValidationError) as refused:
        services.snooze(people.owner, track, day)
    assert "until" in refused.value.message_dict


def test_call_me_thursday_at_two_on_a_rolling_call_is_an_agreed_call(people, rolling):
    entry = LogEntry("call", "call_back", summary="ring Thursday at two")
    log = services.call_back(people.owner, rolling, entry, THURSDAY, time(14, 0))
    agreed = Touchpoint.objects.get(slot__key="agreed")
    assert log.reached is False
    assert (agreed.due_on, agreed.due_at) == (THURSDAY, make.at("2026-11-26 13:00"))
    assert (agreed.kind, agreed.about, agreed.made_by) == ("call", "ring Thursday at two", log)


def test_call_me_thursday_on_a_tracks_call_dates_that_call_and_owes_no_second_one(people, track):
    services.call_back(people.owner, track, LogEntry("call", "call_back"), THURSDAY, time(14, 0))
    track.refresh_from_db()
    assert Touchpoint.objects.count() == 1
    assert (track.state, track.due_on, track.planned_on) == ("open", THURSDAY, TODAY)
    assert track.due_at == make.at("2026-11-26 13:00")


def test_a_todo_is_a_dated_note_of_whoever_wrote_it(people, account):
    todo = services.add_todo(people.desk, account, "Look up the serial number", THURSDAY)
    assert (todo.kind, todo.assignee, todo.due_on) == ("todo", people.desk, THURSDAY)
    assert (todo.made_by.kind, todo.made_by.reached) == ("note", False)
    log = services.close_todo(people.desk, todo, LogEntry("note", "noted"))
    todo.refresh_from_db()
    assert (todo.state, log.summary) == ("done", "Done: Look up the serial number")


def test_a_todo_without_words_or_by_nobody_is_refused(people, account):
    with pytest.raises(ValidationError):
        services.add_todo(people.owner, account, " ", THURSDAY)
    with pytest.raises(PermissionDenied):
        services.add_todo(people.gone, account, "x", THURSDAY)
    assert Interaction.objects.count() == 0


# -- Withdrawn and corrected logs ---------------------------------------------------------------------


def close(user, touchpoint, step=None):
    return services.complete(user, touchpoint, TALK, step or NextStep.none("test"))


def test_withdrawing_the_last_log_owes_its_row_again_and_cancels_the_one_after(people, account, rolling):
    log = close(people.owner, rolling)
    after = make.make_touchpoint(account, people.owner, date(2026, 12, 24), cycle="n4")
    withdraw_interaction(people.owner, log, "wrong account")
    rolling.refresh_from_db()
    after.refresh_from_db()
    assert (rolling.state, rolling.closed_on, rolling.interaction) == ("open", None, None)
    assert (after.state, after.reason) == ("cancelled", "log withdrawn")


def test_withdrawing_an_earlier_log_leaves_its_row_skipped(people, account, rolling):
    log = close(people.owner, rolling)
    close(people.owner, make.make_touchpoint(account, people.owner, TODAY, cycle="n4"))
    withdraw_interaction(people.owner, log, "wrong account")
    rolling.refresh_from_db()
    assert (rolling.state, rolling.reason, rolling.closed_on) == ("skipped", "log withdrawn", TODAY)


def test_the_promise_of_a_withdrawn_log_falls_with_it(people, rolling):
    log = close(people.owner, rolling, NextStep.agreed(THURSDAY))
    services.undo_log(people.owner, log)
    agreed = Touchpoint.objects.get(slot__key="agreed")
    assert (agreed.state, agreed.reason) == ("cancelled", "log withdrawn")


def test_a_call_back_undone_returns_the_tracks_call_to_its_day(people, track):
    log = services.call_back(people.owner, track, LogEntry("call", "call_back"), THURSDAY, time(14, 0))
    services.undo_log(people.owner, log)
    track.refresh_from_db()
    assert (track.state, track.due_on, track.due_at, track.is_touched) == ("open", TODAY, None, False)


def test_a_log_corrected_into_a_try_in_vain_no_longer_closes(people, rolling):
    log = close(people.owner, rolling)
    correct_interaction(people.owner, log, outcome="no_answer")
    rolling.refresh_from_db()
    assert rolling.state == "open"


def test_a_log_moved_to_another_day_moves_the_closing(people, rolling):
    log = close(people.owner, rolling)
    correct_interaction(people.owner, log, happened_on=date(2026, 11, 20))
    rolling.refresh_from_db()
    assert (rolling.state, rolling.closed_on) == ("done", date(2026, 11, 20))


def test_only_its_author_undoes_a_log(people, rolling):
    log = close(people.owner, rolling)
    with pytest.raises(PermissionDenied):
        services.undo_log(people.manager, log)
