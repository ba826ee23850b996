"""Versions take turns: from today, from a later day by the night, and back; what is owed follows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from celery.exceptions import Retry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from cadences import plans, tasks
from cadences.models import Plan, Schedule, Touchpoint
from cadences.nightly import run_night
from cadences.plans import versions
from cadences.reconcile import reconcile
from tests import factories as make
from tests.cadences.ladder.conftest import START, TODAY, customer, slot, tier, told

LATER = TODAY + timedelta(days=10)


def refusal(verb) -> str:
    with pytest.raises(ValidationError) as refused:
        verb()
    return " ".join(refused.value.messages)


@pytest.fixture
def changed(draft, admin) -> Plan:
    """The draft, with weekly calls for Large and no more summer greeting."""
    plans.set_cell(admin, draft, slot("relationship-call"), tier("Large"), {"every": 2, "unit": "week"})
    plans.clear_cell(admin, draft, slot("summer-greeting"), None)
    plans.set_cell(
        admin, draft, slot("meeting"), tier("Small"),
        {"kind": "meeting", "anchor": "after_contact", "every": 1, "unit": "year", "qualifying": ["meeting"]},
    )  # fmt: skip
    return draft


def open_call(account) -> Touchpoint:
    return Touchpoint.objects.get(account=account, slot__key="relationship-call", state="open")


def test_from_today_what_is_owed_follows_at_once(changed, plan, admin, people):
    large = customer(people.owner, "Large")
    make.make_interaction(large, people.owner, happened_on=date(2026, 11, 20))
    reconcile(None, TODAY)
    assert open_call(large).ideal_on == date(2026, 12, 20)
    plans.activate(admin, changed, TODAY)
    plan.refresh_from_db()
    changed.refresh_from_db()
    assert (changed.state, changed.effective_from, changed.activated_by) == ("running", TODAY, admin)
    assert plan.state == "retired"
    call = open_call(large)
    assert (call.ideal_on, call.plan_version) == (date(2026, 12, 4), 2)


def test_since_is_carried_where_the_slot_ran_and_begins_where_it_is_new(changed, admin):
    plans.activate(admin, changed, TODAY)
    since = {(item.slot.key, item.tier and item.tier.name): item.since for item in changed.items.with_words()}
    assert since["relationship-call", "Large"] == START
    assert since["meeting", "Small"] == TODAY
    assert set(changed.items.values_list("since", flat=True)) == {START, TODAY}


def test_a_later_day_is_started_by_its_night_and_not_before(changed, plan, admin, people):
    customer(people.owner, "Large")
    found = plans.activate(admin, changed, LATER)
    assert (found.state, found.effective_from) == ("scheduled", LATER)
    assert Plan.objects.running().get() == plan
    assert plans.start_scheduled(LATER - timedelta(days=1)) is None
    assert plans.start_scheduled(LATER) == found
    assert plans.start_scheduled(LATER) is None
    found.refresh_from_db()
    assert (found.state, found.items.get(slot__key="meeting", tier__name="Small").since) == ("running", LATER)
    assert Plan.objects.get(pk=plan.pk).state == "retired"


def test_the_night_switches_over(changed, plan, admin, people):
    account = customer(people.owner, "Large")
    reconcile(None, TODAY)
    plans.activate(admin, changed, TODAY + timedelta(days=1))
    run_night(TODAY, "test")
    assert open_call(account).plan_version == 1
    run_night(TODAY + timedelta(days=1), "test", rehearse=True)
    assert Plan.objects.running().get() == plan
    run_night(TODAY + timedelta(days=3), "test")  # two nights were missed
    assert Plan.objects.running().get() == changed
    assert open_call(account).plan_version == 2


def test_a_start_can_be_cancelled_and_only_one_version_can_wait(changed, admin):
    plans.activate(admin, changed, LATER)
    other = plans.draft_of(admin)
    plans.switch_off_cell(admin, other, slot("relationship-call"), tier("Large"))
    assert "Cancel that first" in refusal(lambda: plans.activate(admin, other, TODAY))
    plans.unschedule(admin, changed)
    changed.refresh_from_db()
    assert (changed.state, changed.effective_from, changed.activated_by) == ("draft", None, None)
    assert "is draft" in refusal(lambda: plans.unschedule(admin, changed))
    plans.activate(admin, other, TODAY)
    assert Plan.objects.running().get() == other


def test_what_cannot_be_activated(changed, plan, admin, people):
    same = plans.draft_of(admin)
    assert "nothing would change" in refusal(lambda: plans.activate(admin, same, TODAY))
    assert "Choose today (24 November 2026)" in refusal(
        lambda: plans.activate(admin, changed, TODAY - timedelta(days=1))
    )
    assert "Choose a day until" in refusal(lambda: plans.activate(admin, changed, date(2028, 2, 29)))
    for item in same.items.with_words():
        plans.clear_cell(admin, same, item.slot, item.tier)
    assert "owes nothing" in refusal(lambda: plans.activate(admin, same, TODAY))
    with pytest.raises(PermissionDenied):
        plans.activate(people.manager, changed, TODAY)
    plans.activate(admin, changed, TODAY)
    assert "is running" in refusal(lambda: plans.activate(admin, changed, TODAY))  # said twice
    assert Plan.objects.running().get() == changed


def test_rolling_back_brings_what_was_said_before_as_a_version_of_its_own(changed, plan, admin, people):
    large = customer(people.owner, "Large")
    make.make_interaction(large, people.owner, happened_on=date(2026, 11, 20))
    reconcile(None, TODAY)
    plans.activate(admin, changed, TODAY)
    assert plans.version_before() == plan
    back = plans.roll_back(admin, TODAY)
    assert (back.version, back.made_from, back.state, back.note) == (3, plan, "running", "Back to plan 1")
    assert told(plans.compare(plan, back)) == []
    assert open_call(large).ideal_on == date(2026, 12, 20)
    since = dict(back.items.values_list("slot__key", "since"))
    assert since["relationship-call"] == START  # ran without a break
    assert since["summer-greeting"] == TODAY  # was away, so it begins anew
    again = plans.roll_back(admin, TODAY)
    assert told(plans.compare(changed, again)) == []


def test_going_back_is_not_refused_for_many_drafts(changed, plan, admin, monkeypatch):
    plans.activate(admin, changed, TODAY)
    monkeypatch.setattr("cadences.plans.drafts.MOST_DRAFTS", 0)
    assert "drafts already" in refusal(lambda: plans.draft_of(admin))
    back = plans.roll_back(admin, TODAY)
    assert (back.made_from, back.state) == (plan, "running")


def test_there_is_nothing_to_roll_back_to_at_first(plan, admin):
    assert "nothing to go back to" in refusal(lambda: plans.roll_back(admin, TODAY))
    assert Plan.objects.count() == 1


def test_a_draft_never_influences_what_is_owed(changed, plan, people):
    accounts = [customer(people.owner, name) for name in ("Small", "Medium", "Large")]
    reconcile(None, TODAY)
    rows = list(Touchpoint.objects.filter(account__in=accounts).order_by("id").values())
    assert reconcile(None, TODAY).changed == 0
    assert {row["plan_version"] for row in rows} == {1}


def test_rows_that_people_have_touched_keep_what_they_said(changed, admin, people):
    large = customer(people.owner, "Large")
    make.make_interaction(large, people.owner, happened_on=date(2026, 11, 20))
    reconcile(None, TODAY)
    call = open_call(large)
    call.redate(date(2026, 12, 30), on=TODAY)
    call.save()
    plans.activate(admin, changed, TODAY)
    assert (open_call(large).due_on, open_call(large).plan_version) == (date(2026, 12, 30), 1)


def test_many_accounts_are_left_to_a_worker(
    changed, admin, people, monkeypatch, django_capture_on_commit_callbacks
):
    large = customer(people.owner, "Large")
    reconcile(None, TODAY)
    asked = []
    monkeypatch.setattr(versions, "AT_ONCE", 0)
    monkeypatch.setattr(
        versions.current_app, "send_task", lambda name, kwargs, **_: asked.append((name, kwargs))
    )
    with django_capture_on_commit_callbacks(execute=True):
        plans.activate(admin, changed, TODAY)
    assert asked == [("cadences.tasks.follow_plan", {"asked_by": "Ada Min"})]
    assert open_call(large).plan_version == 1


def test_the_worker_waits_for_a_night_that_is_at_work(changed, admin, people, monkeypatch):
    def busy(*_) -> None:
        raise tasks.nightly.NightRefusedError("running already")

    large = customer(people.owner, "Large")
    with monkeypatch.context() as patch:
        patch.setattr(tasks.nightly, "run_night", busy)
        with pytest.raises(Retry):
            tasks.follow_plan.apply(kwargs={"asked_by": "Ada Min"}, throw=True, retries=0).get()
    tasks.follow_plan(asked_by="Ada Min")
    assert open_call(large).plan_version == 1


def test_while_the_schedule_is_off_nothing_is_recomputed(
    changed, admin, people, monkeypatch, django_capture_on_commit_callbacks
):
    customer(people.owner, "Large")
    make.make_schedule(is_on=False)
    with django_capture_on_commit_callbacks() as callbacks:
        plans.activate(admin, changed, TODAY)
    assert (callbacks, Touchpoint.objects.count()) == ([], 0)


def test_switching_on_starts_the_seeded_plan_once_and_says_when_it_cannot_choose(people, admin):
    plans.seed()
    plans.switch_on(admin)
    assert Plan.objects.get().state == "running"
    since = Schedule.get().switched_on_at
    plans.switch_on(admin)
    assert Schedule.get().switched_on_at == since
    plans.switch_off(admin)
    Plan.objects.update(state="draft", effective_from=None)
    plans.draft_of(admin)
    assert "several drafts" in refusal(lambda: plans.switch_on(admin))
    plans.activate(admin, Plan.objects.first(), LATER)
    plans.switch_on(admin)  # the night of its day starts it
    assert not Plan.objects.running().exists()


@pytest.mark.django_db(transaction=True)
def test_what_two_admins_do_in_the_same_moment_happens_once(people, admin):
    plans.seed()
    plans.start_plan(START)

    def at_once(verb) -> list[object]:
        def run(_: int) -> object:
            try:
                return verb()
            except ValidationError as refused:
                return refused
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(run, range(4)))

    drafts = at_once(lambda: plans.draft_of(admin))
    assert sorted(draft.version for draft in drafts) == [2, 3, 4, 5]
    draft = drafts[0]
    plans.set_cell(admin, draft, slot("relationship-call"), tier("Large"), {"every": 3})
    found = at_once(lambda: plans.activate(admin, draft, TODAY))
    assert sum(isinstance(one, Plan) for one in found) == 1
    assert Plan.objects.running().get() == draft
    values = {"anchor": "after_contact", "kind": "call", "qualifying": ["call"], "every": 9}
    small = tier("Small")
    filled = at_once(lambda: plans.set_cell(admin, drafts[1], slot("meeting"), small, values, seen=""))
    assert sum(isinstance(one, plans.StaleError) for one in filled) == 3
    assert drafts[1].items.filter(slot__key="meeting", tier=small).count() == 1
