"""Generated: whatever people enter about when they work, no contact is lost by it.

Absences, closures, holidays, working weeks and countries shift what is owed; pauses let it lapse, with a
reason, and it stays counted. The same seed gives the same case on every machine.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from cadences.models import Slot, Touchpoint
from cadences.reconcile import reconcile
from tests import factories as make
from tests.cadences.calendars.conftest import TODAY
from tests.cadences.engine.seeded import customer
from users.models import Absence, Calendar, Closure, Company, PublicHoliday, User

SEEDS = range(40)
TIERS = ["Small", "Medium", "Large"]


@pytest.fixture
def accounts(running) -> list[Any]:
    """Customers old and new, of several owners and countries, spoken to at various times."""
    owners = [running.owner, running.colleague, running.deputy, None]
    found = []
    for number in range(10):
        bought = TODAY - timedelta(days=(3, 12, 40, 200, 700)[number % 5])
        account = customer(
            owners[number % 4], bought, tier=TIERS[number % 3], country=("NO", "DE", "")[number % 3]
        )
        if number % 2:
            make.make_interaction(account, account.owner, happened_on=TODAY - timedelta(days=5 * number))
        found.append(account)
    return found


def owed() -> dict[tuple[int, int, str], Touchpoint]:
    """All rows, in any state, by what they are owed for."""
    reconcile(None, TODAY)
    return {(row.account_id, row.slot_id, row.cycle): row for row in Touchpoint.objects.all()}


def some_day(rng: Random) -> date:
    return TODAY + timedelta(days=rng.randrange(-20, 70))


def disturb(rng: Random, people: Any) -> None:
    """A few things that an admin, a manager or an official may decide."""
    users = [people.owner, people.deputy, people.manager, people.colleague]
    company = Calendar.objects.get(name="Company")
    week = sorted(rng.sample(range(1, 8), rng.choice([1, 3, 5, 5, 6])))
    own = Calendar.objects.create(name="Own", country=rng.choice(["", "NO", "DE"]), weekdays=week)
    User.objects.filter(pk__in=[user.pk for user in rng.sample(users, 2)]).update(calendar=own)
    if rng.random() < 0.3:
        Company.objects.update(calendar=own)
    for user in users:
        for _ in range(rng.randrange(3)):
            first = some_day(rng)
            waits = rng.random() < 0.3
            other = None if waits else rng.choice([None, *(each for each in users if each != user)])
            last = first + timedelta(days=rng.choice([0, 1, 6, 20, 60]))
            Absence.objects.create(user=user, starts_on=first, ends_on=last, waits=waits, deputy=other)
    for calendar in (company, own):
        first, name = some_day(rng), rng.choice(["Inventory", "Party"])
        days = {first + timedelta(days=number) for number in range(rng.choice([1, 3, 14]))}
        Closure.objects.bulk_create(Closure(calendar=calendar, day=day, name=name) for day in days)
    holidays = {(rng.choice(["NO", "DE"]), some_day(rng)) for _ in range(8)}
    PublicHoliday.objects.bulk_create(
        [PublicHoliday(country=land, day=day, name="Feast") for land, day in sorted(holidays)],
        ignore_conflicts=True,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_calendars_shift_and_never_lose_a_contact(running, accounts, seed):
    calm = {key: row.ideal_on for key, row in owed().items()}
    disturb(Random(seed), running)
    disturbed = owed()
    assert {key: row.ideal_on for key, row in disturbed.items()} == calm
    away = list(Absence.objects.all())
    for row in disturbed.values():
        assert row.state in {"open", "lapsed"}
        if row.state == "open" and row.assignee_id:
            assert not [
                a for a in away if a.user_id == row.assignee_id and a.starts_on <= row.due_on <= a.ends_on
            ]


@pytest.mark.parametrize("seed", SEEDS[:15])
def test_entered_before_or_after_is_the_same(running, accounts, seed):
    """Rows that were there already move to where they would have been made."""

    def told() -> dict[tuple[int, int, str], tuple[date, int | None]]:
        """Open rows: what has lapsed is history and stays on its day."""
        return {key: (row.due_on, row.assignee_id) for key, row in owed().items() if row.state == "open"}

    with transaction.atomic():
        disturb(Random(seed), running)
        before = told()
        transaction.set_rollback(True)
    owed()
    disturb(Random(seed), running)
    after = told()
    both = set(before) & set(after)
    assert both
    assert {key: after[key] for key in both} == {key: before[key] for key in both}


@pytest.mark.parametrize("seed", SEEDS[:15])
def test_what_is_taken_back_leaves_no_trace(running, accounts, seed):
    calm = {key: (row.due_on, row.assignee_id, row.state) for key, row in owed().items()}
    with transaction.atomic():
        disturb(Random(seed), running)
        owed()
        Absence.objects.all().delete()
        Closure.objects.all().delete()
        PublicHoliday.objects.filter(name="Feast").delete()
        User.objects.update(calendar=None)
        Company.objects.update(calendar=Calendar.objects.get(name="Company"))
        again = {key: (row.due_on, row.assignee_id, row.state) for key, row in owed().items()}
    assert again == calm


@pytest.mark.parametrize("seed", SEEDS[:15])
def test_pauses_lapse_with_a_reason_and_stay_counted(running, accounts, seed):
    rng = Random(seed)
    calm = owed()
    account = rng.choice(accounts)
    first = TODAY + timedelta(days=rng.randrange(-10, 20))
    last = first + timedelta(days=rng.randrange(40))
    type(account).objects.filter(pk=account.pk).update(paused_from=first, paused_until=last, pause_reason="x")
    paused = owed()
    assert set(paused) >= set(calm)
    rolling = {slot.pk for slot in Slot.objects.filter(key="relationship-call")}
    for key, row in paused.items():
        before = calm.get(key)
        if key[0] != account.pk:
            assert before is not None
            assert (row.state, row.due_on) == (before.state, before.due_on)
        elif row.anchor == "after_contact" or key[1] in rolling:
            assert row.state != "open" or not first <= row.ideal_on <= last
        elif first <= row.ideal_on <= last and before is not None and before.state == "open":
            assert (row.state, row.reason) == ("lapsed", "paused")
