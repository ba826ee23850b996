"""The engine against the oracle: thousands of generated accounts, each through a sequence of runs.

A case is one account with all its runs: facts change and people act in between, days and weeks pass. A
failure prints the account's facts, what was expected and what came; play it again alone with
``play(seed, [number], RUNS)``. Where the two disagree, the decision table decides (docs/engine.md).
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cadences import chain
from cadences.models import Touchpoint
from cadences.preview import Owed, preview
from cadences.reconcile import reconcile

from . import loading, oracle
from .comparing import play
from .facts import OPEN, Account, Rows, World
from .happenings import pass_time
from .plans import add_slot, change_anchor, change_cycle, change_rhythm, change_rules, drop_slot, edited
from .test_examples import CALL
from .worlds import add_purchase, add_talk, make_world

pytestmark = pytest.mark.django_db

SHARDS = 4
WORLDS = 10
ACCOUNTS = 255
RUNS = 6


# -- engine and oracle -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_engine_agrees_with_the_oracle(shard, monkeypatch):
    """All shards together are more than 10,000 cases; every fourth world is worked as a large one."""
    cases = runs = 0
    for seed in range(1000 + shard * WORLDS, 1000 + (shard + 1) * WORLDS):
        work_as_if_large(monkeypatch, seed % 4 == 1)
        for world, _ in play(seed, range(ACCOUNTS), RUNS):
            runs += len(world.accounts)
        cases += len(world.accounts)
    print(f"shard {shard}: {cases} cases, {runs} runs of an account")  # noqa: T201 the count is part of the proof
    assert cases * SHARDS >= 10_000
    assert runs == cases * RUNS


@pytest.mark.parametrize("is_large", [False, True])
def test_engine_agrees_on_a_few_worlds(is_large, monkeypatch):
    """A quick look before the long one."""
    work_as_if_large(monkeypatch, is_large)
    for seed in range(3):
        for _ in play(seed, range(30), RUNS):
            pass


def work_as_if_large(monkeypatch, is_large: bool) -> None:
    """From some number of accounts on, the engine looks working days up in a table of its own making."""
    monkeypatch.setattr(chain, "LARGE", 0 if is_large else 1_000_000)


@pytest.mark.parametrize("size", [1, 9])
def test_accounts_in_any_order_and_slices_give_the_same_rows(size, monkeypatch):
    """A verb reconciles one account, an import many, the night all: all answer as the oracle does."""
    monkeypatch.setattr(chain, "FEW", 5)
    for seed in (11, 12, 13):
        ids = [account.id for account in make_world(seed, range(25))[0].accounts]
        Random(seed).shuffle(ids)

        def in_slices(today: date, ids: list[int] = ids) -> None:
            for start in range(0, len(ids), size):
                loading.run_engine(today, ids[start : start + size])

        for _ in play(seed, range(25), 4, in_slices):
            pass


# -- laws of a run ---------------------------------------------------------------------------------


def test_second_run_of_a_night_changes_nothing():
    for seed in (21, 22, 23, 24):
        for _, today in play(seed, range(60), RUNS):
            before = set(Touchpoint.objects.values_list())
            counts = reconcile(None, today)
            assert set(Touchpoint.objects.values_list()) == before
            assert (counts.created, counts.moved, counts.cancelled, counts.lapsed) == (0, 0, 0, 0)


def after(world: World, today: date, *nights: int) -> dict[int, Rows]:
    """The rows of a copy of the world, told to the database, after runs these many days from today."""
    with transaction.atomic():
        loading.load(world)
        loading.load_rows([(account, row) for account in world.accounts for row in account.rows.values()])
        for days in nights:
            loading.run_engine(today + timedelta(days=days))
        rows = loading.stored()
        transaction.set_rollback(True)
    return rows


def lived_in(seed: int, accounts: int) -> tuple[World, date]:
    """A world to which something has happened already."""
    world, today = make_world(seed, range(accounts))
    for step in range(2):
        oracle.run(world, today)
        today, _ = pass_time(world, seed, step, today)
    oracle.run(world, today)
    return world, today


@time_machine.travel("2035-07-04 12:00", tick=False)
def test_one_run_after_three_weeks_gives_the_rows_of_every_night():
    """Where no fact changed: all rows. (Dates of cancelling apart: nothing is cancelled then.)"""
    for seed in (31, 32):
        world, today = lived_in(seed, 50)
        assert after(world, today, 21) == after(world, today, *range(1, 22))


@time_machine.travel("2035-07-04 12:00", tick=False)
def test_one_run_after_three_weeks_of_talks_owes_the_same_dates():
    """Contacts in between may close more rows night by night, yet what is owed next is the same."""
    for seed in (41, 42, 43):
        rng = Random(seed)
        world, today = lived_in(seed, 50)
        for account in world.accounts:
            for _ in range(rng.choice([0, 1, 2])):
                add_talk(rng, account, today + timedelta(days=rng.randrange(1, 22)))
        once, daily = after(world, today, 21), after(world, today, *range(1, 22))
        for account in world.accounts:
            assert owed_dates(once.get(account.id, {})) == owed_dates(daily.get(account.id, {})), account


def owed_dates(rows: Rows) -> set[tuple]:
    return {
        (row.slot, row.ideal_on, row.planned_on, row.due_on, row.assignee)
        for row in rows.values()
        if row.state == OPEN
    }


def test_facts_of_later_days_are_ignored():
    """A run as of a past day sees no purchase and no talk of the days after it."""
    rng = Random(5)
    world, today = make_world(5, range(40))
    knowing = deepcopy(world)
    for account in knowing.accounts:
        add_talk(
            rng, account, today + timedelta(days=1), kind="call", reached=True, ours=True, withdrawn=False
        )
        add_purchase(rng, account, today + timedelta(days=2))
    with time_machine.travel("2035-07-04 12:00", tick=False):
        assert after(knowing, today, 0) == after(world, today, 0)


@time_machine.travel("2025-10-29 12:00", tick=False)
def test_a_colleague_whose_clock_is_ahead_counts_today():
    """*when `as_of` is the company's today, one day more counts*"""
    account = Account(id=1, became_customer=date(2020, 1, 1), rank=1)
    world, _ = make_world(5, [])
    world.plan.items = (CALL,)
    world.accounts = [account]
    add_talk(Random(1), account, date(2025, 10, 30), kind="call", reached=True, ours=True, withdrawn=False)
    rows = after(world, date(2025, 10, 29), 0)
    assert rows[1]["call", "n1"].base_on == date(2025, 10, 30)
    assert after(world, date(2025, 10, 28), 0)[1]["call", "n1"].basis == "floor"


def test_preview_of_one_account_equals_the_night():
    """Before the first night, and after nights in which everything happened."""
    for seed in (51, 52):
        world, today = make_world(seed, range(30))
        with time_machine.travel("2035-07-04 12:00", tick=False), transaction.atomic():
            loading.load(world)
            told = {account.id: preview([account.id], today) for account in world.accounts}
            oracle.run(world, today)
            check_previews(world, told)
            transaction.set_rollback(True)
        for world, today in play(seed, range(30), 4):
            check_previews(world, {account.id: preview([account.id], today) for account in world.accounts})


def check_previews(world: World, told: dict[int, list[Owed]]) -> None:
    slots = loading.slot_keys()
    for account in world.accounts:
        dates = {
            (slots[owed.slot_id], owed.cycle): (owed.ideal_on, owed.planned_on, owed.due_on, owed.assignee_id)
            for owed in told[account.id]
            if not owed.is_projected
        }
        touched = {key for key, row in account.rows.items() if row.touched}
        expected = {
            key: (row.ideal_on, row.planned_on, row.due_on, row.assignee)
            for key, row in account.rows.items()
            if row.state == OPEN and row.anchor != "agreed" and not row.touched
        }
        assert {key: date for key, date in dates.items() if key not in touched} == expected


# -- laws of rows ----------------------------------------------------------------------------------


def test_a_key_exists_once():
    """The database decides, whoever writes."""
    world, today = make_world(61, range(3))
    loading.load(world)
    loading.run_engine(today)
    row = Touchpoint.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError, match="touchpoint_once"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    "edits",
    [(change_rhythm, change_cycle, drop_slot), (change_rules, change_anchor, change_rules, add_slot)],
    ids=["rhythm, cycle, slot gone", "conditions, persons, anchor, slots"],
)
def test_plan_edits_leave_touched_rows_alone(edits):
    """Snoozed rows keep every date when only the plan changes."""
    for seed in (71, 72, 73):
        world, today = lived_in(seed, 60)
        before = open_touched(world.accounts, {account.id: account.rows for account in world.accounts})
        world.plan = edited(Random(seed), world.plan, today, edits)
        with time_machine.travel("2035-07-04 12:00", tick=False):
            assert before
            assert open_touched(world.accounts, after(world, today, 0)) == before


def open_touched(accounts: list[Account], rows: dict[int, Rows]) -> dict[tuple, tuple]:
    return {
        (account.id, *key): (row.ideal_on, row.planned_on, row.due_on, row.lapses_on, row.tolerance)
        for account in accounts
        for key, row in rows.get(account.id, {}).items()
        if row.touched and row.state == OPEN
    }
