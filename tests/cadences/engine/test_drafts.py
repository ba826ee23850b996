"""A draft beside the running plan: it owes nothing, its cost is known before, and comes true to the row."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction

from cadences import chain
from cadences.cost import effect, load
from cadences.models import Plan, PlanItem, Slot, Touchpoint
from cadences.preview import preview
from cadences.reconcile import reconcile
from cadences.rehearsal import difference
from cadences.since import carried_since

from . import loading
from .comparing import play
from .plans import add_slot, change_anchor, change_cycle, change_rhythm, change_rules, drop_slot, edited

pytestmark = pytest.mark.django_db

EDITS = (change_rhythm, change_cycle, change_rules, drop_slot, add_slot, change_anchor)


def draft_beside(world, seed: int, today: date) -> Plan:
    """A draft with several edits, in the database; the world goes on with the running one."""
    running = Plan.objects.get(state="running")
    new = edited(Random(f"draft {seed}"), world.plan, today, EDITS[seed % 3 :])
    draft = Plan.objects.create(version=running.version + 100, state="draft", made_from=running)
    slots = {item.slot: loading.slot_of(item) for item in new.items}
    PlanItem.objects.bulk_create(loading.plan_item(draft, slots[item.slot], item) for item in new.items)
    draft.items.update(since=None)
    return draft


def activate(draft: Plan, on: date) -> None:
    """What the verb stores."""
    running = Plan.objects.get(state="running")
    for pk, since in carried_since(draft, running, on).items():
        PlanItem.objects.filter(pk=pk).update(since=since)
    Plan.objects.filter(pk=running.pk).update(state="retired")
    Plan.objects.filter(pk=draft.pk).update(state="running", effective_from=on)


def stored(*, touched: bool) -> set[tuple]:
    rows = Touchpoint.objects.filter(state="open").exclude(anchor="agreed")
    if not touched:
        rows = rows.filter(is_touched=False)
    return set(
        rows.values_list(
            "account_id", "slot_id", "cycle", "item_id", "kind", "basis", "base_on", "ideal_on", "due_on",
            "assignee_id",
        )
    )  # fmt: skip


def simulated(draft: Plan, on: date) -> set[tuple]:
    """The rows of a preview that a night stores: no later rolling contacts, nothing that people hold."""
    held = set(Touchpoint.objects.filter(is_touched=True).values_list("account_id", "slot_id", "cycle"))
    found = set()
    for owed in preview(None, on, plan=draft):
        key = (owed.account_id, owed.slot_id, owed.cycle)
        if not owed.is_projected and key not in held:
            found.add(
                (*key, owed.item_id, owed.kind, owed.basis, owed.base_on, owed.ideal_on, owed.due_on,
                 owed.assignee_id)
            )  # fmt: skip
    return found


@pytest.mark.parametrize("is_large", [False, True])
def test_a_plan_activated_gives_exactly_the_simulated_rows(is_large, monkeypatch):
    """Stored rows, the effect counted beforehand, and the list of changes: all three come true."""
    monkeypatch.setattr(chain, "LARGE", 0 if is_large else 1_000_000)
    for seed in (81, 82, 83):
        for step, (world, today) in enumerate(play(seed, range(40), 3)):
            if step != 2:
                continue
            with transaction.atomic():
                on = today + timedelta(days=(0, 9, 40)[seed % 3])
                draft = draft_beside(world, seed, on)
                untouched = {account.id: dict(account.rows) for account in world.accounts}
                told, counts = preview(None, on, plan=draft), effect(draft, on)
                activate(draft, on)
                foreseen = difference(None, on)
                closed = reconcile(None, on).closed
                after = stored(touched=False)
                assert told
                assert untouched == {account.id: account.rows for account in world.accounts}
                draft.refresh_from_db()
                assert after == simulated(draft, on)
                if not closed:
                    acts = Counter(change.act for change in foreseen if change.slot_id in plan_slots())
                    assert counts == {word: acts[word] for word in counts}
                transaction.set_rollback(True)


def plan_slots() -> set[int]:
    return set(Slot.objects.exclude(key__in=["agreed", "todo"]).values_list("pk", flat=True))


def test_a_draft_owes_nothing():
    """Whatever a draft says, a night as of the same day writes nothing more."""
    for seed in (84, 85):
        for world, today in play(seed, range(30), 3):
            with transaction.atomic():
                draft_beside(world, seed, today)
                before = set(Touchpoint.objects.values_list())
                reconcile(None, today)
                assert set(Touchpoint.objects.values_list()) == before
                transaction.set_rollback(True)


def test_the_load_is_the_preview_summed_up():
    for world, today in play(86, range(30), 2):
        draft = draft_beside(world, 86, today)
        PlanItem.objects.filter(plan=draft, kind="call").update(minutes=20)
        rows = preview(None, today, 26 * 7, plan=draft)
        minutes = dict(draft.items.values_list("id", "minutes"))
        expected: Counter = Counter()
        for row in rows:
            day = max(row.due_on, today)
            if row.due_on <= today + timedelta(days=26 * 7):
                monday = day - timedelta(days=day.weekday())
                expected[monday, row.kind, row.assignee_id] += 1
                expected[monday, row.kind, row.assignee_id, "minutes"] += minutes[row.item_id]
        got: Counter = Counter()
        for week in load(draft, today):
            got[week.week_on, week.kind, week.assignee_id] = week.touchpoints
            got[week.week_on, week.kind, week.assignee_id, "minutes"] = week.minutes
        assert got == expected
        draft.delete()


def test_since_is_carried_while_the_slot_runs():
    """*effective_from of the first version from which its slot ran without a break, copied forward*

    A cycle of another form is a break: twelve months of the past are not owed because a yearly item
    becomes a monthly one.
    """
    from tests.factories import make_item, make_plan, make_slot, make_tier

    base, off, new, mail = make_slot("base"), make_slot("off"), make_slot("new"), make_slot("mail")
    tier = make_tier(2)
    running = make_plan(state="running", effective_from=date(2026, 1, 1))
    make_item(base, plan=running, since=date(2025, 1, 1))
    make_item(off, plan=running, tier=tier, is_off=True)
    make_item(off, plan=running)
    yearly = {"anchor": "calendar", "kind": "email", "cycle": "year", "window_days": 20, "every": 0}
    make_item(mail, plan=running, since=date(2025, 1, 1), **yearly)
    draft = make_plan()
    items = {
        "kept": make_item(base, plan=draft, every=3),
        "higher": make_item(base, plan=draft, tier=tier),
        "was off": make_item(off, plan=draft, tier=tier),
        "was on below": make_item(off, plan=draft),
        "new": make_item(new, plan=draft),
        "other window": make_item(mail, plan=draft, **yearly | {"window_days": 90}),
        "monthly": make_item(mail, plan=draft, tier=tier, **yearly | {"cycle": "month"}),
        "by contact": make_item(mail, plan=draft, tier=make_tier(3)),
    }
    on = date(2026, 6, 1)
    days = carried_since(draft, running, on)
    assert {name: days[item.pk] for name, item in items.items()} == {
        "kept": date(2025, 1, 1),
        "higher": date(2025, 1, 1),
        "was off": on,
        "was on below": date(2026, 1, 1),
        "new": on,
        "other window": date(2025, 1, 1),
        "monthly": on,
        "by contact": on,
    }
    assert set(carried_since(draft, None, on).values()) == {on}


@time_machine.travel("2026-03-10 12:00", tick=False)
@pytest.mark.parametrize("change", [{"starts": "new"}, {"starts": "restart"}])
def test_another_start_of_the_track_owes_nothing_that_has_lapsed(change):
    """Purchases of the past year start no tracks that nobody could have kept; running ones go on."""
    from tests.cadences.engine.seeded import customer, seed
    from tests.factories import make_purchase

    owner = seed(date(2025, 1, 1))
    bought = customer(owner, date(2025, 2, 3), "Small")
    for day in (date(2025, 6, 2), date(2025, 9, 1), date(2026, 3, 2)):
        make_purchase(bought, day)
    late = customer(owner, date(2026, 2, 6), "Small")  # its one-month call was due on 6 March
    day = date(2026, 3, 10)
    reconcile(None, day)
    draft = draft_beside_running(**change)
    activate(draft, day)
    of_tracks = Touchpoint.objects.filter(slot__is_track=True)
    lapsed = set(of_tracks.filter(state="lapsed").values_list("pk", flat=True))
    rows = of_tracks.count()
    reconcile(None, day)
    assert set(of_tracks.filter(state="lapsed").values_list("pk", flat=True)) == lapsed
    tracks = of_tracks.filter(state="open")
    assert {row.base_on for row in tracks.filter(account=bought)} == {date(2026, 3, 2)}
    assert tracks.filter(account=late, slot__key="one-month-call").exists()
    assert of_tracks.count() <= rows + 3


def draft_beside_running(**track: object) -> Plan:
    """The running plan again, with other conditions of its track."""
    running = Plan.objects.get(state="running")
    draft = Plan.objects.create(version=running.version + 1, state="draft", made_from=running)
    for item in running.items.select_related("slot"):
        item.pk, item.plan, item.since = None, draft, None
        for name, value in track.items() if item.slot.is_track else ():
            setattr(item, name, value)
        item.save()
    return draft


@time_machine.travel("2026-03-10 12:00", tick=False)
def test_what_is_late_is_late_once():
    """A call that is late by half a year is shown once, and then in its rhythm from today on."""
    from tests.cadences.engine.seeded import customer, seed
    from tests.factories import make_interaction

    account = customer(seed(date(2025, 1, 1)), date(2025, 1, 9), "Large")
    make_interaction(account, happened_on=date(2025, 8, 5))
    day = date(2026, 3, 10)
    calls = [owed.ideal_on for owed in preview([account.pk], day, 70) if owed.anchor == "after_contact"]
    assert calls == [date(2025, 9, 5), date(2026, 4, 5), date(2026, 5, 5)]


@time_machine.travel("2026-03-10 12:00", tick=False)
def test_a_preview_goes_on_behind_a_track_and_an_agreed_call():
    """What is held back today is shown as it will be, if what holds it back is kept; no night stores it."""
    from tests.cadences.engine.seeded import customer, seed
    from tests.factories import make_touchpoint

    owner = seed()
    bought = customer(owner, date(2026, 3, 9), "Large")
    agreed = customer(owner, date(2025, 3, 9), "Large")
    day = date(2026, 3, 10)
    reconcile(None, day)
    make_touchpoint(
        agreed, owner, date(2026, 3, 25), Slot.objects.get(key="agreed"), anchor="agreed", basis="agreed"
    )
    for account, dates in (
        (bought, [date(2026, 5, 9), date(2026, 6, 9)]),  # a month after the one-month call of 9 April
        (agreed, [date(2026, 4, 25), date(2026, 5, 25)]),
    ):
        calls = [owed for owed in preview([account.pk], day, 100) if owed.anchor == "after_contact"]
        assert [(owed.ideal_on, owed.is_projected) for owed in calls[:2]] == [(on, True) for on in dates]
        reconcile([account.pk], day)
        assert not Touchpoint.objects.open().filter(account=account, anchor="after_contact").exists()


@time_machine.travel("2035-07-04 12:00", tick=False)
def test_a_preview_of_a_draft_spreads_first_dates_from_its_first_day():
    from tests.cadences.engine.seeded import customer, seed
    from tests.factories import make_item, make_plan, make_slot

    account = customer(seed(), date(2025, 3, 9))
    draft = make_plan(version=2)
    make_item(make_slot("visit"), plan=draft, kind="meeting", every=1, unit="month", qualifying=["visit"])
    rows = preview([account.pk], date(2026, 3, 1), plan=draft, effective_from=date(2026, 4, 1))
    first = rows[0]
    assert first.basis == "floor"
    assert date(2026, 4, 1) <= first.ideal_on < date(2026, 5, 1)
