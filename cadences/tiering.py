"""Which tier an account is in: rules assign, people override (R28)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pgtrigger
from django.db import connection, transaction

from accounts.models import Account
from cadences import chain


@transaction.atomic
def retier(account_ids: Collection[int] | None, as_of: date) -> int:
    """Assign tiers by the rules as of that day; returns how many accounts changed.

    Writes ``tier``, ``tier_before``, ``tier_since`` and the reason in words. An account's first tier has
    no ``tier_before``: it is no promotion, and leaves no event in the history. Pinned ones are never touched.
    """
    first = 0
    if Account.objects.filter(tier__isnull=True, tier_pinned=False).exists():
        with pgtrigger.ignore("accounts.Account:update_update"):
            first = _assign(account_ids, as_of, first=True)
    return first + _assign(account_ids, as_of, first=False)


def _assign(account_ids: Collection[int] | None, as_of: date, *, first: bool) -> int:
    for_all = account_ids is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jit', 'off', true)")
        text = chain.expand(chain.SQL["tiering"], for_all)
        # filled in beforehand: ignoring a trigger adds a parameter of the other style
        filled = cursor.mogrify(text, {"as_of": as_of, "ids": list(account_ids or ()), "first": first})
        cursor.execute(filled.decode())
        changed: int = cursor.rowcount
    return changed
