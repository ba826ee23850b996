"""What would change: asked before saving, exact, and without a trace."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from accounts.models import Account
from cadences.models import Override, PlanItem, Slot, Touchpoint
from cadences.reconcile import accounts_served_by, reconcile
from cadences.rehearsal import Change, difference, what_would_change
from core import facts
from tests.cadences.engine.seeded import customer, rows, seed
from tests.factories import (
    make_absence,
    make_interaction,
    make_schedule,
    make_team,
    make_touchpoint,
    make_user,
)
from users.models import Absence, User

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)


@pytest.fixture
def owner() -> User:
    person = seed()
    person.deputy = make_user(display_name="Dag Moe")
    person.save()
    return person


@pytest.fixture
def account(owner: User) -> Account:
    found = customer(owner, date(2026, 3, 9))
    reconcile(None, DAY)
    return found


def shown(changes: list[Change]) -> list[tuple[str, str, str]]:
    slots = {slot.pk: slot.key for slot in Slot.objects.all()}
    return [(change.act, slots[change.slot_id], change.state) for change in changes]


def test_a_difference_is_what_a_reconcile_then_writes(owner: User) -> None:
    customer(owner, date(2026, 3, 9))
    told = difference(None, DAY)
    assert not Touchpoint.objects.exists()
    reconcile(None, DAY)
    written = {(row.account_id, row.slot_id, row.cycle): row for row in Touchpoint.objects.all()}
    assert {change.key: change.outcome for change in told} == {
        key: (row.state, row.due_on, row.assignee_id) for key, row in written.items()
    }
    assert {change.act for change in told} == {"created"}
    assert difference(None, DAY) == []


def test_an_absence_moves_to_the_deputy_and_leaves_no_trace(account: Account, owner: User) -> None:
    make_touchpoint(
        account, owner, date(2026, 3, 17), Slot.objects.get(key="agreed"), anchor="agreed", basis="agreed"
    )
    before = rows()

    def go_away() -> None:
        make_absence(owner, date(2026, 3, 16), date(2026, 3, 20))
        facts.changed(user_ids=[owner.pk])

    changes = what_would_change(go_away, as_of=DAY)
    assert rows() == before
    assert not Absence.objects.exists()
    assert [change.act for change in changes] == ["moved", "moved"]
    assert {change.assignee_id for change in changes} == {owner.deputy_id}
    assert {change.old_assignee_id for change in changes} == {owner.pk}
    go_away()
    reconcile(None, DAY)
    for change in changes:
        row = Touchpoint.objects.get(pk=change.touchpoint_id)
        assert (row.state, row.due_on, row.assignee_id) == change.outcome


@time_machine.travel("2026-03-10 12:00", tick=False)
def test_a_verb_is_only_heard_while_it_is_rehearsed(account: Account) -> None:
    make_schedule(is_on=True)
    before, during = rows(), []

    def switch_off() -> None:
        Override.objects.create(
            account=account, slot=Slot.objects.get(key="one-week-call"), is_off=True, reason="asked for it"
        )
        facts.changed(account_ids=[account.pk])
        during.append(rows())

    assert shown(what_would_change(switch_off)) == [("cancelled", "one-week-call", "cancelled")]
    assert [before] == during
    assert rows() == before
    switch_off()
    assert Touchpoint.objects.get(slot__key="one-week-call").state == "cancelled"


def test_what_happens_anyway_is_no_part_of_the_answer(account: Account, owner: User) -> None:
    """Twenty days later rows would lapse; an absence in summer has nothing to do with that."""
    later = date(2026, 4, 20)
    assert {change.act for change in difference(None, later)} >= {"lapsed"}
    in_summer = what_would_change(
        lambda: make_absence(owner, date(2026, 7, 1), date(2026, 7, 5)), [account.pk], later
    )
    assert in_summer == []


def test_what_would_have_been_created_and_is_not(owner: User) -> None:
    found = customer(owner, date(2026, 3, 9))
    changes = what_would_change(
        lambda: Account.objects.filter(pk=found.pk).update(status="former"), [found.pk], DAY
    )
    assert changes
    assert {(change.act, change.old_state) for change in changes} == {("cancelled", "open")}


def test_a_contact_that_closes_a_row_is_seen(account: Account, owner: User) -> None:
    Touchpoint.objects.filter(slot__is_track=True).update(state="done", closed_on=DAY)
    reconcile(None, DAY)
    call = Touchpoint.objects.get(slot__key="relationship-call")
    changes = what_would_change(
        lambda: make_interaction(account, owner, happened_on=call.ideal_on), [account.pk], call.ideal_on
    )
    assert ("created", "relationship-call", "open") in shown(changes)


def test_whoever_stands_in_for_a_manager_touches_the_accounts_she_serves(
    account: Account, owner: User
) -> None:
    """The plan gives it to the team's manager; her deputy's absence moves it all the same."""
    manager = make_user(display_name="Mia Lund", deputy=make_user())
    User.objects.filter(pk=owner.pk).update(team=make_team(manager))
    deputy = manager.deputy
    assert deputy is not None
    assert accounts_served_by([deputy.pk]) == frozenset()
    PlanItem.objects.filter(slot__key="one-week-call").update(assignee="manager")
    assert accounts_served_by([deputy.pk]) == {account.pk}


def test_nobody_asked_about_nothing_changes() -> None:
    assert difference([], DAY) == []
