"""The verbs and the running engine together: what is owed is right as soon as the verb returns."""

from __future__ import annotations

from datetime import date, time

import pytest

from cadences import services
from cadences.engine import reconcile
from cadences.models import Touchpoint
from cadences.services import NextStep
from contacts.services import LogEntry, withdraw_interaction
from tests import factories as make

TODAY = date(2026, 11, 24)
TALK = LogEntry("call", "talked", sentiment=4)
PLAN = NextStep.as_planned()


@pytest.fixture
def account(people):
    """A customer with a monthly call, last spoken to on 23 October: owed on Monday 23 November."""
    make.make_schedule(switched_on_at=make.at("2026-11-01 08:00"))
    plan = make.make_plan(state="running", effective_from=date(2026, 1, 1))
    make.make_item(make.make_slot("call"), plan=plan, since=plan.effective_from, qualifying=["call"])
    account = make.make_account(
        people.owner, status="customer", became_customer_on=date(2026, 1, 1), owner_since=date(2026, 1, 1),
        facts_from=date(2026, 1, 1),
    )  # fmt: skip
    make.make_purchase(account, date(2026, 1, 1))
    make.make_interaction(account, people.owner, happened_on=date(2026, 10, 23))
    reconcile(None, TODAY)
    return account


def rows(account):
    found = Touchpoint.objects.filter(account=account).order_by("slot__key", "cycle")
    return [(row.slot.key, row.cycle, row.state, row.due_on) for row in found]


@pytest.fixture
def call(account):
    return Touchpoint.objects.open().get(account=account)


def test_it_is_owed_a_month_after_the_last_contact(account):
    assert rows(account) == [("call", "n1", "open", date(2026, 11, 23))]


def test_a_talk_brings_the_next_turn_at_once(people, account, call):
    services.complete(people.owner, call, TALK, PLAN)
    assert rows(account) == [
        ("call", "n1", "done", date(2026, 11, 23)),
        ("call", "n2", "open", date(2026, 12, 24)),
    ]


def test_the_form_is_prefilled_with_the_day_that_then_comes(people, account, call):
    from cadences.next_date import suggest

    foreseen = suggest(call, TODAY)
    services.complete(people.owner, call, TALK, PLAN)
    assert foreseen is not None
    assert foreseen.on == Touchpoint.objects.open().get(account=account).due_on


def test_an_agreed_call_takes_the_place_of_the_rolling_one(people, account, call):
    services.complete(people.owner, call, TALK, NextStep.agreed(date(2026, 12, 3), time(14, 0)))
    states = {(slot, state) for slot, _cycle, state, _due in rows(account)}
    assert ("agreed", "open") in states
    assert ("call", "open") not in states


def test_a_call_back_is_owed_once_and_counts_as_the_rolling_call_when_done(people, account, call):
    services.call_back(people.owner, call, LogEntry("call", "call_back"), date(2026, 11, 26))
    assert [row[:1] + row[2:] for row in rows(account) if row[2] == "open"] == [
        ("agreed", "open", date(2026, 11, 26))
    ]
    agreed = Touchpoint.objects.open().get(account=account)
    services.complete(people.owner, agreed, TALK, PLAN)
    assert [row[0:1] + row[2:] for row in rows(account) if row[2] == "open"] == [
        ("call", "open", date(2026, 12, 24))
    ]


def test_a_skip_counts_on_from_the_day_it_was_skipped(people, account, call):
    services.skip(people.owner, call, "on leave")
    assert [row for row in rows(account) if row[2] == "open"] == [("call", "n2", "open", date(2026, 12, 24))]
    services.reopen(people.owner, call)
    assert [row for row in rows(account) if row[2] == "open"] == [("call", "n1", "open", date(2026, 11, 23))]


def test_a_try_in_vain_and_a_desk_talk_move_nothing(people, account, call):
    before = rows(account)
    services.tried(people.owner, call, LogEntry("call", "no_answer"))
    services.log_contact(people.desk, account, TALK)
    assert rows(account) == before


def test_a_talk_logged_on_the_account_closes_the_rolling_call(people, account, call):
    services.log_contact(people.owner, account, TALK)
    call.refresh_from_db()
    assert (call.state, call.closed_on) == ("done", TODAY)


def test_a_withdrawn_log_owes_exactly_what_was_owed_before(people, account, call):
    before = rows(account)
    log = services.complete(people.owner, call, TALK, PLAN)
    withdraw_interaction(people.owner, log, "wrong account")
    assert [row for row in rows(account) if row[2] == "open"] == before


@pytest.mark.parametrize(
    ("who", "entry"),
    [("owner", LogEntry("email", "talked")), ("admin", TALK), ("owner", LogEntry("text", "sent"))],
)
def test_a_call_closed_in_another_way_is_not_owed_again_at_once(people, account, call, who, entry):
    services.complete(getattr(people, who), call, entry, PLAN)
    after = Touchpoint.objects.open().get(account=account)
    assert (after.cycle, after.due_on) == ("n2", date(2026, 12, 24))


def test_the_engine_leaves_what_moved_to_a_successor_with_them(people, account, call):
    eva, per = (make.make_contact(account, last_name=name) for name in ("Lind", "Vik"))
    Touchpoint.objects.filter(pk=call.pk).update(contact=eva)
    services.has_left(people.owner, eva, services.Departure(date(2026, 11, 20), successor=per))
    reconcile(None, TODAY)
    assert Touchpoint.objects.open().get(account=account).contact == per
