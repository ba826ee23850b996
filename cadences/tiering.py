"""Which tier an account is in: rules assign, people override (R28)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pgtrigger
from django.db import connection, transaction
from django.db.models import Max, Min

from accounts.models import Account
from cadences import chain

SLICE = 10_000  # accounts per statement: some 60 MB


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
    """Slice by slice: one statement over a million accounts would hold all their old rows in memory."""
    for_all = account_ids is None
    text = chain.expand(chain.SQL["tiering"], for_all)
    changed = 0
    reach = Account.objects.aggregate(low=Min("pk"), high=Max("pk"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jit', 'off', true)")
        for low in range(reach["low"] or 0, (reach["high"] or -1) + 1, SLICE):
            values = {
                "as_of": as_of,
                "ids": list(account_ids or ()),
                "first": first,
                "low": low,
                "high": low + SLICE - 1,
            }
            # filled in beforehand: ignoring a trigger adds a parameter of the other style
            cursor.execute(cursor.mogrify(text, values).decode())
            changed += cursor.rowcount
    return changed
