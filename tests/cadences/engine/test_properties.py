"""Laws of a plan, over generated plans and accounts: what must hold whatever an admin designs."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection, transaction

from accounts.models import Account
from cadences.ledger import LAWS
from cadences.models import Slot, Touchpoint
from cadences.preview import preview
from cadences.reconcile import reconcile
from users.models import Absence, Closure, User

from . import loading
from .comparing import play
from .facts import CALENDAR, EVENT, ROLLING, Item, Plan, World
from .plans import QUALIFYING
from .worlds import make_world

pytestmark = pytest.mark.django_db

RHYTHMS = [(2, "year"), (1, "year"), (6, "month"), (3, "month"), (1, "month"), (2, "week"), (1, "week")]
CYCLES = ["year", "half", "quarter", "month"]
SLOTS = {"call": "call", "visit": "meeting", "mail": "email", "greeting": "letter", "check": "email"}


# -- plans whose tiers only add --------------------------------------------------------------------


def rising_plan(rng: Random, start: date) -> Plan:
    """Slots on random tiers; whatever a tier says anew, it says at least twice as often as the tier below.

    The track is the same for all: a longer one puts every rhythm off while it runs, as it says.
    """
    items: list[Item] = []
    for slot, kind in SLOTS.items():
        ranks = sorted(rng.sample([0, 1, 2, 3], rng.choice([1, 2, 3])))
        make = rolling_at if slot in QUALIFYING else windowed_at
        steps = sorted(rng.sample(range(len(RHYTHMS) if make is rolling_at else len(CYCLES)), len(ranks)))
        items += [make(slot, kind, rank, step) for rank, step in zip(ranks, steps, strict=True)]
    items.append(Item("week", 0, "call", EVENT, 7, "day", is_track=True, lapse_after=20))
    items.append(Item("month", 0, "call", EVENT, 1, "month", is_track=True, lapse_after=20))
    return Plan(1, start - timedelta(days=rng.choice([0, 90, 400])), tuple(items))


def rolling_at(slot: str, kind: str, rank: int, step: int) -> Item:
    return Item(slot, rank, kind, ROLLING, *RHYTHMS[step], qualifying=QUALIFYING[slot])


def windowed_at(slot: str, kind: str, rank: int, step: int) -> Item:
    length = {"year": 300, "half": 150, "quarter": 80, "month": 27}[CYCLES[step]]
    return Item(slot, rank, kind, CALENDAR, cycle=CYCLES[step], window_days=length, lapse_after=10)


def on_the_lowest_tier(seed: int, accounts: int) -> tuple[World, date]:
    """A rising plan and accounts without exceptions that have always been in the lowest tier."""
    world, today = make_world(seed, range(accounts))
    world.plan = rising_plan(Random(f"rising {seed}"), today)
    for account in world.accounts:
        account.overrides.clear()
        account.rank, account.rank_before, account.tier_since = 1, None, None
    loading.load(world)
    return world, today


def move(before: int, rank: int, on: date) -> None:
    Account.objects.update(tier_id=rank, tier_before_id=before, tier_since=on)


def contacts_of_a_year(today: date) -> Counter:
    """How many contacts each account gets in each slot, the later rolling ones too."""
    return Counter((owed.account_id, owed.slot_id) for owed in preview(None, today, 365))


@pytest.mark.parametrize("seed", range(90, 96))
@time_machine.travel("2035-07-04 12:00", tick=False)
def test_a_higher_tier_never_gets_fewer_contacts_in_any_slot(seed):
    """Reached by promotion or always stood on: every slot has at least as many as on the tier below."""
    _, today = on_the_lowest_tier(seed, 40)
    lower = contacts_of_a_year(today)
    assert lower
    for rank in (2, 3):
        move(rank - 1, rank, today)
        promoted = contacts_of_a_year(today)
        Account.objects.update(tier_before=None, tier_since=None)
        settled = contacts_of_a_year(today)
        for key, number in lower.items():
            assert promoted[key] >= number, (rank, key)
            assert settled[key] >= number, (rank, key)
        lower = settled


@pytest.mark.parametrize("seed", range(96, 102))
@time_machine.travel("2035-07-04 12:00", tick=False)
def test_up_and_down_again_ends_where_it_began(seed):
    """Cycles that lay before the way down are not owed again, where the tier above had others."""
    world, today = on_the_lowest_tier(seed, 40)
    reconcile(None, today)
    began = open_rows(world, today)
    move(1, 3, today)
    reconcile(None, today)
    above = open_rows(world, today)
    move(3, 1, today)
    reconcile(None, today)
    assert open_rows(world, today) == began != above


def open_rows(world: World, today: date) -> set[tuple]:
    """Open rows; of calendar slots that the tiers work otherwise, only those still ahead."""
    forms: dict[str, set[str]] = {}
    for item in world.plan.items:
        forms.setdefault(item.slot, set()).add(item.cycle if item.rank <= 3 else "")
    differing = [slot for slot, cycles in forms.items() if len(cycles) > 1]
    differing += [item.slot for item in world.plan.items if item.anchor == CALENDAR and item.rank > 1]
    rows = Touchpoint.objects.filter(state="open").exclude(
        slot__key__in=differing, anchor=CALENDAR, ideal_on__lt=today
    )
    return set(
        rows.values_list("account", "slot", "cycle", "ideal_on", "due_on", "assignee", "item", "basis")
    )


# -- calendars and pauses --------------------------------------------------------------------------


def keys(**wanted: object) -> set[tuple]:
    rows = Touchpoint.objects.filter(**wanted).exclude(slot__key__in=["agreed", "todo"])
    return set(rows.values_list("account", "slot", "cycle"))


def test_days_off_and_absences_lose_no_contact():
    """They move what is open, by a day or by weeks, and every contact keeps its key and ideal day."""
    for seed in (102, 103, 104):
        for _, today in play(seed, range(40), 3):
            with transaction.atomic():
                before = open_ideals()
                some = list(User.objects.order_by("?")[:3])
                for person in some:
                    Absence.objects.create(
                        user=person,
                        starts_on=today,
                        ends_on=today + timedelta(days=40),
                        waits=person.pk % 2 == 0,
                    )
                for calendar in set(User.objects.values_list("calendar", flat=True)) - {None}:
                    days = [today + timedelta(days=ahead) for ahead in range(0, 60, 2)]
                    Closure.objects.bulk_create(
                        [Closure(calendar_id=calendar, day=day, name="off") for day in days],
                        ignore_conflicts=True,
                    )
                counts = reconcile(None, today)
                assert open_ideals() == before
                assert (counts.created, counts.cancelled, counts.lapsed) == (0, 0, 0)
                transaction.set_rollback(True)


def open_ideals() -> set[tuple]:
    rows = Touchpoint.objects.filter(state="open")
    return set(rows.values_list("account", "slot", "cycle", "ideal_on"))


def test_a_pause_loses_no_contact_and_counts_what_falls_into_it():
    """Open rows lapse with the reason or move behind the pause; ended, what had lapsed is owed again."""
    for seed in (105, 106, 107):
        for world, today in play(seed, range(40), 3):
            with transaction.atomic():
                Account.objects.update(paused_from=None, paused_until=None)
                reconcile(None, today)
                before = keys(state="open")
                last = today + timedelta(days=45)
                Account.objects.update(paused_from=today, paused_until=last)
                reconcile(None, today)
                assert before <= keys(state="open") | keys(state="lapsed", reason="paused")
                inside = Touchpoint.objects.filter(
                    state="open", is_touched=False, ideal_on__range=(today, last)
                )
                assert not inside.exclude(slot__key__in=["agreed", "todo"]).exists()
                Account.objects.update(paused_from=None, paused_until=None)
                reconcile(None, today)
                assert before <= keys(state="open")
                assert world.accounts
                transaction.set_rollback(True)


# -- the ledger ------------------------------------------------------------------------------------


def test_no_law_of_the_ledger_is_ever_broken():
    """No slot twice, nothing open with people who left, no log that closed two rows of a slot."""
    for seed in (108, 109):
        for _, _today in play(seed, range(60), 5):
            for law, query in LAWS.items():
                with connection.cursor() as cursor:
                    cursor.execute(query)
                    slots = dict(Slot.objects.values_list("id", "key"))
                    found = [(row[0], slots[row[1]], row[2]) for row in cursor.fetchall()]
                assert not found, law
