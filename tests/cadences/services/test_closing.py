"""Closing what is owed: by whom, with what next, only once."""

from __future__ import annotations

from datetime import date, time
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cadences import services
from cadences.models import Touchpoint
from cadences.services import NextStep, TouchpointClosedError
from contacts.models import Ask, Commitment, Concern, Interaction
from contacts.services import AskDraft, CommitmentDraft, ConcernDraft, LogEntry
from tests import factories as make

TODAY = date(2026, 11, 24)
NEXT = NextStep.agreed(date(2026, 12, 22))


@pytest.fixture
def owed(people):
    account = make.make_account(people.owner, name="Acme Machining")
    return make.make_touchpoint(account, people.owner, date(2026, 11, 23))


def talked(**fields):
    return LogEntry("call", "talked", **{"summary": "All is well", "sentiment": 4} | fields)


def test_a_talk_closes_the_touchpoint_on_its_day_and_remembers_who_stood_on_our_side(people, owed):
    log = services.complete(people.owner, owed, talked(), NEXT)
    owed.refresh_from_db()
    assert (owed.state, owed.closed_on, owed.closed_by, owed.interaction) == (
        "done",
        TODAY,
        people.owner,
        log,
    )
    assert (log.reached, log.by_owner_side, log.happened_on) == (True, True, TODAY)


@pytest.mark.parametrize("who", ["owner", "deputy", "manager", "admin"])
def test_those_who_look_after_the_account_may_close(people, owed, who):
    services.complete(getattr(people, who), owed, talked(), NEXT)
    assert Touchpoint.objects.get(pk=owed.pk).state == "done"


@pytest.mark.parametrize("who", ["colleague", "desk", "gone"])
def test_others_may_not_and_nothing_is_written(people, owed, who):
    for verb in (
        lambda user: services.complete(user, owed, talked(), NEXT),
        lambda user: services.tried(user, owed, LogEntry("call", "no_answer")),
        lambda user: services.snooze(user, owed, date(2026, 11, 26)),
        lambda user: services.skip(user, owed, "no"),
        lambda user: services.call_back(user, owed, LogEntry("call", "call_back"), date(2026, 11, 26)),
    ):
        with pytest.raises(PermissionDenied):
            verb(getattr(people, who))
    assert Interaction.objects.count() == 0
    assert Touchpoint.objects.get().state == "open"


@pytest.mark.parametrize("who", ["colleague", "desk"])
def test_anybody_active_logs_on_any_account_but_not_as_its_owner(people, owed, who):
    log = services.log_contact(getattr(people, who), owed.account, talked())
    assert (log.reached, log.by_owner_side) == (True, False)
    assert Touchpoint.objects.get(pk=owed.pk).state == "open"


def test_somebody_deactivated_logs_nothing(people, owed):
    with pytest.raises(PermissionDenied):
        services.log_contact(people.gone, owed.account, talked())
    assert Interaction.objects.count() == 0


def test_the_same_form_twice_is_one_log_and_one_agreed_date(people, owed):
    entry = talked(token=uuid4())
    first = services.complete(people.owner, owed, entry, NEXT)
    second = services.complete(people.owner, owed, entry, NEXT)
    assert first == second
    assert Interaction.objects.count() == 1
    assert Touchpoint.objects.filter(slot__key="agreed").count() == 1


def test_a_form_of_another_account_is_refused(people, owed):
    token = uuid4()
    services.log_contact(people.owner, make.make_account(people.owner), talked(token=token))
    other = make.make_account(people.owner)
    from contacts.services import log_interaction

    with pytest.raises(ValidationError, match="another log"):
        log_interaction(people.owner, other, talked(token=token))


def test_who_comes_second_hears_who_was_first_and_when(people, owed):
    services.complete(people.deputy, owed, talked(), NEXT)
    with pytest.raises(TouchpointClosedError) as refused:
        services.complete(people.owner, owed, talked(), NEXT)
    assert "Dag Moe" in refused.value.messages[0]
    assert "24 Nov 09:00" in refused.value.messages[0]
    assert Interaction.objects.count() == 1


def test_another_date_becomes_an_agreed_touchpoint_of_the_owner(people, owed):
    contact = make.make_contact(owed.account)
    step = NextStep.agreed(date(2026, 12, 3), time(14, 0), "meeting", contact, "sees the new pump")
    log = services.complete(people.deputy, owed, talked(contact=contact), step)
    agreed = Touchpoint.objects.get(slot__key="agreed")
    assert (agreed.cycle, agreed.kind, agreed.assignee) == (f"I{log.pk}", "meeting", people.owner)
    assert agreed.ideal_on == agreed.planned_on == agreed.due_on == date(2026, 12, 3)
    assert agreed.due_at == make.at("2026-12-03 13:00")
    assert (agreed.contact, agreed.about, agreed.made_by) == (contact, "sees the new pump", log)


def test_the_plan_accepted_unchanged_creates_nothing(people, owed):
    later = make.make_touchpoint(
        owed.account, people.owner, date(2027, 1, 8), make.make_slot("meeting"), kind="meeting"
    )
    services.complete(people.owner, owed, talked(), NextStep.as_planned())
    assert set(Touchpoint.objects.values_list("pk", flat=True)) == {owed.pk, later.pk}


def test_no_contact_ends_without_a_next_date_or_a_reason(people, owed):
    with pytest.raises(ValidationError) as refused:
        services.complete(people.owner, owed, talked(), NextStep.as_planned())
    assert "next_on" in refused.value.message_dict
    assert Interaction.objects.count() == 0
    log = services.complete(people.owner, owed, talked(), NextStep.none("moves abroad"))
    assert log.no_next_reason == "moves abroad"


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (NextStep.agreed(date(2026, 11, 23)), "next_on"),
        (NextStep.agreed(date(2062, 11, 23)), "next_on"),
        (NextStep.agreed(date(2026, 12, 1), channel="letter"), "contact"),
        (NextStep.agreed(date(2026, 12, 1), channel="pigeon"), "next_kind"),
        (NextStep.agreed(date(2026, 12, 1), channel="survey"), "next_kind"),
        (NextStep.agreed(date(2026, 12, 1), channel="todo"), "next_kind"),
        (NextStep(at=time(9, 0)), "next_on"),
    ],
)
def test_an_impossible_next_date_names_its_field_and_writes_nothing(people, owed, step, field):
    with pytest.raises(ValidationError) as refused:
        services.complete(people.owner, owed, talked(), step)
    assert field in refused.value.message_dict
    assert Interaction.objects.count() == 0


def test_a_refused_channel_needs_a_reason(people, owed):
    contact = make.make_contact(owed.account, refused_channels=["call"])
    entry = talked(contact=contact, refused_reason="the line stood still")
    step = NextStep.agreed(date(2026, 12, 1), contact=contact)
    with pytest.raises(ValidationError, match="does not want"):
        services.complete(people.owner, owed, entry, step)
    step = NextStep.agreed(date(2026, 12, 1), contact=contact, about="asked for it this time")
    services.complete(people.owner, owed, entry, step)


def test_what_came_up_in_the_talk_is_kept_with_it(people, owed):
    entry = talked(
        concern=ConcernDraft("Seal leaks", 3, due_on=date(2026, 11, 26)),
        commitment=CommitmentDraft("Send the quote", date(2026, 11, 25)),
        asks=[AskDraft("referral", "yes", "Borg & Co")],
        covered=["solved"],
    )
    log = services.complete(people.owner, owed, entry, NEXT)
    concern, promise, ask = Concern.objects.get(), Commitment.objects.get(), Ask.objects.get()
    assert {concern.interaction, promise.interaction, ask.interaction} == {log}
    assert (concern.owner, concern.raised_by, concern.severity) == (people.owner, people.owner, 3)
    assert (promise.what, promise.by_us, promise.state) == ("Send the quote", True, "open")
    assert (ask.answer, ask.referred_company, log.covered) == ("yes", "Borg & Co", ["solved"])


def test_a_try_in_vain_is_logged_and_the_touchpoint_stays_open_for_the_next_try(people, owed):
    log = services.tried(people.owner, owed, LogEntry("call", "no_answer"), date(2026, 11, 25))
    owed.refresh_from_db()
    assert (log.reached, owed.state, owed.interaction) == (False, "open", None)
    assert (owed.due_on, owed.planned_on, owed.snoozed_on) == (date(2026, 11, 25), date(2026, 11, 23), TODAY)


def test_a_try_without_a_day_leaves_it_where_it_is(people, owed):
    services.tried(people.owner, owed, LogEntry("call", "voicemail"))
    owed.refresh_from_db()
    assert (owed.due_on, owed.is_touched) == (date(2026, 11, 23), False)


def test_nobody_reached_closes_nothing(people, owed):
    with pytest.raises(ValidationError, match="stays owed"):
        services.complete(people.owner, owed, LogEntry("call", "no_answer"), NEXT)


def test_skipping_needs_a_reason_and_can_be_taken_back(people, owed):
    with pytest.raises(ValidationError):
        services.skip(people.owner, owed, "  ")
    services.skip(people.owner, owed, "on parental leave")
    owed.refresh_from_db()
    assert (owed.state, owed.reason, owed.closed_on) == ("skipped", "on parental leave", TODAY)
    services.reopen(people.owner, owed)
    owed.refresh_from_db()
    assert (owed.state, owed.reason, owed.closed_on) == ("open", "", None)


def test_an_earlier_day_dates_the_log_and_the_closing(people, owed):
    log = services.complete(people.owner, owed, talked(happened_on=date(2026, 11, 20)), NEXT)
    owed.refresh_from_db()
    assert (log.happened_on, log.happened_at, owed.closed_on) == (
        date(2026, 11, 20),
        None,
        date(2026, 11, 20),
    )


def test_a_log_elsewhere_counts_as_the_touchpoints_that_were_ticked(people, owed):
    track = make.make_touchpoint(
        owed.account, people.owner, TODAY, make.make_slot("one-week"), anchor="after_event", cycle="first"
    )
    services.log_contact(people.owner, owed.account, talked(), NEXT, counts_as=[track])
    track.refresh_from_db()
    owed.refresh_from_db()
    assert (track.state, owed.state) == ("done", "open")


def test_a_stranger_may_log_but_not_tick_what_is_not_theirs(people, owed):
    with pytest.raises(PermissionDenied):
        services.log_contact(people.desk, owed.account, talked(), NEXT, counts_as=[owed])
    assert Interaction.objects.count() == 0
