"""A meeting that was agreed stands, whatever becomes of the touchpoint that it was agreed for."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from accounts import restoring
from accounts.models import Account
from accounts.services import mark_former
from cadences import plans
from cadences import services as owed
from cadences.campaigns.services import end_campaign, start_campaign
from cadences.day import my_day
from cadences.ledger import check
from cadences.meetings import services
from cadences.models import Appointment, PlanItem, Touchpoint
from cadences.nightly import run_night
from cadences.reassigning.services import reassign_accounts, take_back
from cadences.reconcile import reconcile
from cadences.services import NextStep, Submission
from contacts.services import LogEntry, withdraw_interaction
from core import facts
from correspondence.models import Message
from tests import factories as make

from .test_invitations import calendar_of, deliver

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _transport(settings: Any) -> None:
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"


def quarterly(customer: SimpleNamespace) -> Touchpoint:
    return make.make_touchpoint(
        customer.account, customer.owner, date(2026, 12, 10), slot=make.make_slot("meeting"), kind="meeting",
        anchor=PlanItem.Anchor.CALENDAR, basis="window", cycle="2026-Q4",
    )  # fmt: skip


@pytest.fixture
def quarter(customer: SimpleNamespace, terms: Any) -> SimpleNamespace:
    """What the plan owes, with a meeting agreed for it, to which Eva is invited; no plan runs."""
    make.make_schedule(is_on=False)
    row = quarterly(customer)
    made = services.agree(customer.owner, customer.account, terms(row=row, invites=True))
    deliver()
    row.refresh_from_db()
    return SimpleNamespace(row=row, meeting=made, account=customer.account, owner=customer.owner)


def ends(row: Touchpoint, state: str, reason: str = "campaign ended") -> None:
    """As the engine ends it."""
    Touchpoint.objects.filter(pk=row.pk).update(state=state, closed_on=TODAY, reason=reason)
    facts.changed(account_ids=[row.account_id])


def goes_on(meeting: Appointment, row: Touchpoint) -> Touchpoint:
    """It is planned as before, on an open row of its own, and nobody was told anything."""
    meeting.refresh_from_db()
    mine: Any = meeting.touchpoint
    assert meeting.state == "planned"
    assert (mine.anchor, mine.state, mine.due_at) == ("agreed", "open", meeting.starts_at)
    assert mine.pk != row.pk
    assert deliver() == []
    return mine


@pytest.mark.parametrize(
    ("state", "reason"), [("cancelled", "purchase gone"), ("lapsed", "paused"), ("skipped", "No time")]
)
def test_a_meeting_to_come_outlives_its_row(quarter, state, reason):
    ends(quarter.row, state, reason)

    mine = goes_on(quarter.meeting, quarter.row)
    assert mine.due_on == date(2026, 12, 1)


def test_a_campaign_that_has_won_keeps_the_meeting_that_it_won(customer, terms):
    plans.seed()
    plans.start_plan(date(2026, 1, 1))
    account = customer.account
    Account.objects.filter(pk=account.pk).update(status="prospect", owner_since=date(2026, 1, 1))
    account.refresh_from_db()
    campaign = start_campaign(customer.owner, account, reason="They asked for it.")
    row = Touchpoint.objects.open().get(account=account, slot__key="campaign-meeting")
    made = services.agree(customer.owner, account, terms(row=row, invites=True))
    deliver()

    end_campaign(customer.owner, campaign, result="appointment")

    row.refresh_from_db()
    assert (row.state, row.reason) == ("cancelled", "campaign ended")
    goes_on(made, row)
    assert [one for one in check(TODAY) if one["account"] == account.pk] == []


def test_an_early_contact_does_not_hold_the_meeting(quarter):
    talk = LogEntry("call", "talked", summary="Asked about the pump")

    log = owed.record(quarter.owner, quarter.row, Submission(talk, NextStep.none("We meet next week")))

    mine = goes_on(quarter.meeting, quarter.row)
    owed.undo_log(quarter.owner, log)
    quarter.meeting.refresh_from_db()
    mine.refresh_from_db()
    assert (quarter.meeting.touchpoint, quarter.meeting.state) == (quarter.row, "planned")
    assert mine.state == "cancelled"


def test_a_row_of_its_own_that_is_closed_early_is_followed_by_another(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())
    first = made.touchpoint
    talk = LogEntry("call", "talked", summary="They look forward to it")

    owed.record(customer.owner, first, Submission(talk, NextStep.none("We meet next week")))

    assert goes_on(made, first).cycle == f"A{made.pk}-2"


def test_leaving_out_the_meeting_itself_calls_it_off_until_that_is_taken_back(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    deliver()

    owed.skip(customer.owner, made.touchpoint, "No time")
    made.refresh_from_db()
    assert (made.state, made.reason) == ("cancelled", "No time")
    (off,) = deliver()
    assert calendar_of(off).method.value == "CANCEL"

    owed.reopen(customer.owner, made.touchpoint)
    made.refresh_from_db()
    (again,) = deliver()
    assert made.state == "planned"
    assert calendar_of(again).method.value == "REQUEST"
    assert int(calendar_of(again).vevent.sequence.value) > int(calendar_of(off).vevent.sequence.value)


def test_a_former_customer_is_told_that_it_is_off(quarter):
    mark_former(quarter.owner, quarter.account, former=True)
    ends(quarter.row, "cancelled")

    quarter.meeting.refresh_from_db()
    assert quarter.meeting.state == "cancelled"
    (off,) = deliver()
    assert calendar_of(off).method.value == "CANCEL"


def test_what_is_over_when_its_row_ends_still_waits_for_its_outcome(quarter, tuesday):
    tuesday.move_to("2026-12-01 15:00+00:00")

    ends(quarter.row, "cancelled")

    goes_on(quarter.meeting, quarter.row)


def test_a_row_that_is_counted_anew_stays_on_the_day_of_the_meeting(quarter, tuesday):
    """As the engine writes it: where the fact that it is counted from is another one."""
    Touchpoint.objects.filter(pk=quarter.row.pk).update(
        due_at=None, due_on=date(2026, 12, 15), planned_on=date(2026, 12, 15), is_touched=False
    )

    facts.changed(account_ids=[quarter.account.pk])

    quarter.row.refresh_from_db()
    assert (quarter.row.due_on, quarter.row.due_at) == (date(2026, 12, 1), quarter.meeting.starts_at)
    assert quarter.row.planned_on == date(2026, 12, 15)
    tuesday.move_to("2026-12-01 07:00+00:00")
    day = my_day(quarter.owner, date(2026, 12, 1))
    assert [line.touchpoint.pk for line in day.due] == [quarter.row.pk]


def test_meetings_follow_in_the_night(customer, terms):
    plans.seed()
    plans.start_plan(date(2026, 1, 1))
    reconcile(None, TODAY)
    row = quarterly(customer)
    made = services.agree(customer.owner, customer.account, terms(row=row))
    own = services.agree(customer.owner, customer.account, terms(on=date(2026, 12, 2)))
    Touchpoint.objects.filter(pk=row.pk).update(state="cancelled", closed_on=TODAY, reason="purchase gone")

    run_night(TODAY, asked_by="command")

    made.refresh_from_db()
    own.refresh_from_db()
    assert (made.state, made.touchpoint.state) == ("planned", "open")
    assert own.touchpoint.cycle == f"A{own.pk}"


def test_one_that_has_begun_is_not_cancelled(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    deliver()
    tuesday.move_to("2026-12-01 13:05+00:00")

    with pytest.raises(ValidationError, match="did not take place"):
        services.cancel(customer.owner, made, "They are ill")
    assert deliver() == []


@pytest.mark.parametrize("how", ["undone", "withdrawn"])
def test_a_vain_log_that_is_taken_back_plans_it_again(quarter, tuesday, how):
    tuesday.move_to("2026-12-01 14:30+00:00")
    vain = Submission(LogEntry("meeting", "no_answer"), NextStep.none("Later"))
    log = services.hold(quarter.owner, quarter.meeting, vain)
    quarter.row.refresh_from_db()
    assert quarter.row.due_at is None

    if how == "undone":
        owed.undo_log(quarter.owner, log)
    else:
        withdraw_interaction(quarter.owner, log, "It was another one")

    quarter.meeting.refresh_from_db()
    quarter.row.refresh_from_db()
    assert (quarter.meeting.state, quarter.meeting.interaction) == ("planned", None)
    assert quarter.row.due_at == quarter.meeting.starts_at


def test_another_host_ends_the_event_of_the_one_before_and_invites_anew(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True, colleagues=[customer.deputy]))
    first = calendar_of(deliver()[0]).vevent

    services.change(customer.owner, made, terms(host=customer.deputy, colleagues=[customer.deputy]))

    read = {calendar_of(one).method.value: calendar_of(one).vevent for one in deliver()}
    assert set(read) == {"CANCEL", "REQUEST"}
    assert read["CANCEL"].uid.value == first.uid.value
    assert read["CANCEL"].organizer.value == first.organizer.value == "mailto:kari@tend.example"
    assert int(read["CANCEL"].sequence.value) > int(first.sequence.value)
    assert read["REQUEST"].uid.value != first.uid.value
    services.change(customer.owner, made, terms(host=customer.deputy, place="Kirkegata 2"))
    (changed,) = deliver()
    assert calendar_of(changed).vevent.uid.value == read["REQUEST"].uid.value
    assert changed["Subject"].startswith("Changed")


def test_guests_who_have_not_heard_of_the_first_host_hear_of_the_second_alone(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    services.change(customer.owner, made, terms(host=customer.deputy))

    (sent,) = deliver()

    assert calendar_of(sent).method.value == "REQUEST"


def test_who_is_left_out_with_the_change_of_host_hears_the_end_once(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    first = calendar_of(deliver()[0]).vevent

    services.change(customer.owner, made, terms(host=customer.deputy, contacts=[customer.per]))

    (off,) = deliver()
    assert (off["To"], calendar_of(off).vevent.uid.value) == ("eva@borg.example", first.uid.value)


def test_a_hand_over_tells_the_guests_who_hosts_now(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True, colleagues=[customer.deputy]))
    uid = calendar_of(deliver()[0]).vevent.uid.value

    done = reassign_accounts(customer.manager, [customer.account.pk], customer.deputy, leaver=customer.owner)

    made.refresh_from_db()
    assert (made.host, made.sequence, list(made.colleagues.all())) == (customer.deputy, 1, [])
    sent = deliver()
    assert sorted(calendar_of(one).method.value for one in sent) == ["CANCEL", "REQUEST"]
    assert {calendar_of(one).vevent.uid.value for one in sent} == {uid, str(made.uid)}
    (held,) = done.given.held
    after = Account.objects.get(pk=customer.account.pk)
    before = held.as_values() | {"along": [list(one) for one in done.along]}
    taken = take_back(customer.manager, {after.pk: (before, restoring.owner_of(after))})
    assert taken[after.pk].is_back
    made.refresh_from_db()
    assert (made.host, made.sequence) == (customer.owner, 2)
    assert len(deliver()) == 2
    assert Message.objects.filter(state="pending").count() == 0


def test_a_form_that_says_something_else_by_now_is_not_swallowed(customer, terms):
    token = uuid4()
    services.agree(customer.owner, customer.account, terms(token=token))

    with pytest.raises(ValidationError, match="says something else"):
        services.agree(customer.owner, customer.account, terms(token=token, on=date(2026, 12, 2)))
    assert Appointment.objects.count() == 1
