"""Builds the whole demo company, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction

from accounts.models import Account
from cadences import plans, tiering
from cadences.models import PlanItem, Schedule
from imports.demo import acts, campaigns, check, feedback, history, load, nights, world, writing
from imports.demo.aim import Rhythm
from users.clock import company_today
from users.models import User

SEED = 25
TRIES = 4
SETTLED = (30, 60, 90, 120, 150, 180, 210)  # days back at which a settled account had today's tier

Say = Callable[[str], None]


class NotEmpty(Exception):  # noqa: N818 - says what is the matter
    """The database already has accounts or users: they are never mixed with invented ones."""


class Broken(Exception):  # noqa: N818 - says what is the matter
    """A demo in which somebody has nothing to do; its text says who lacks what."""


def make(today: date, say: Say, seed: int = SEED) -> dict[str, User]:
    """Load the demo around ``today``; all or nothing. Returns the users by their key.

    Raises NotEmpty, and Broken if no seed in a row of four gives everybody enough to do.
    """
    if Account.objects.exists() or User.objects.exclude(email=None).exists():
        raise NotEmpty
    for attempt in range(TRIES):
        try:
            return _make(today, say, seed + attempt)
        except Broken as broken:
            say(f"Trying another company: {broken}.")
            problem = broken
    raise problem


@transaction.atomic
def _make(today: date, say: Say, seed: int) -> dict[str, User]:
    plans.seed()
    plans.start_plan(nights.past_nights(today)[0])
    draft = world.build(seed, today)
    users = load.load_staff(draft)
    accounts = load.load_accounts(draft, users)
    contacts = load.load_contacts(draft, accounts)
    load.load_purchases(draft, accounts, users, contacts)
    load.load_books(draft, accounts, users)
    special = load.load_exceptions(draft, accounts)
    say(f"{len(accounts)} accounts, {len(draft.contacts)} contacts, {len(draft.sales)} purchases")
    rhythms, settled = _rhythms(accounts, today)
    customers = history.Customers(accounts, contacts, rhythms, settled - special)
    last = history.aim_days(draft, customers)
    stories = history.tell(draft, customers, last)
    talks = history.in_order(stories)
    history.write(draft, customers, users, talks)
    say(f"{len(talks)} interactions")
    Schedule.objects.filter(id=1).update(is_on=True)
    year = nights.Year(draft.rng, customers, stories, users, last)
    nights.run(year, today)
    acts.of_everybody(draft, year)
    campaigns.of_some_prospects(users, today)
    if missing := check.shortfalls(users, today):
        raise Broken("; ".join(missing))
    if today == company_today():  # what is on a desk is of the day on which somebody looks
        writing.on_the_desks(users, today)
    feedback.switch_on(next(user for user in users.values() if user.is_manager))
    return users


def _rhythms(accounts: dict[int, Account], today: date) -> tuple[dict[int, Rhythm], set[int]]:
    """The call rhythm of each company today, and the companies whose tier has long been the same."""
    by_rank = {
        item.tier.rank if item.tier else 0: Rhythm(item.every, item.unit, item.tolerance_days)
        for item in PlanItem.objects.filter(
            plan__state="running", anchor="after_contact", kind="call", tier__isnull=False
        ).select_related("tier")
    }
    ranks = _ranks(today)
    past = [_ranks(today - timedelta(days=days)) for days in SETTLED]
    settled = {key for key, rank in ranks.items() if all(then.get(key) == rank for then in past)}
    lowest = min(by_rank)
    return (
        {number: by_rank[ranks.get(row.pk) or lowest] for number, row in accounts.items()},
        {number for number, row in accounts.items() if row.pk in settled},
    )


def _ranks(on: date) -> dict[int, int]:
    """The rank of every account as the rules give it on a day; the database stays as it was."""
    with transaction.atomic():
        tiering.retier(None, on)
        found = dict(Account.objects.filter(tier__isnull=False).values_list("pk", "tier__rank"))
        transaction.set_rollback(True)
    return found
