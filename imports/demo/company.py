"""Builds the whole demo company, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import transaction

from accounts.models import Account
from imports.demo import history, load, world
from imports.demo.aim import Rhythm
from users.models import User

SEED = 25

Say = Callable[[str], None]


class NotEmpty(Exception):  # noqa: N818 - says what is the matter
    """The database already has accounts: they are never mixed with invented ones."""


@transaction.atomic
def make(today: date, say: Say, seed: int = SEED) -> dict[str, User]:
    """Load the demo around ``today``. Returns the users by their key. Raises NotEmpty, writes nothing."""
    if Account.objects.exists() or User.objects.exclude(email=None).exists():
        raise NotEmpty
    draft = world.build(seed, today)
    users = load.load_staff(draft)
    accounts = load.load_accounts(draft, users)
    contacts = load.load_contacts(draft, accounts)
    load.load_purchases(draft, accounts, users)
    load.load_books(draft, accounts, users)
    say(f"{len(accounts)} accounts, {len(draft.contacts)} contacts, {len(draft.sales)} purchases")
    rhythms = {number: Rhythm(6, "month", 7) for number in accounts}
    customers = history.Customers(accounts, contacts, rhythms, set(accounts))
    talks = history.tell(draft, customers, history.aim_days(draft, customers))
    history.write(draft, customers, users, talks)
    say(f"{len(talks)} interactions")
    return users
