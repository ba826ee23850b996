"""Which tier an account is in: rules assign, people override (R28)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection, transaction

from cadences import chain


@transaction.atomic
def retier(account_ids: Collection[int] | None, as_of: date) -> int:
    """Assign tiers by the rules as of that day; returns how many accounts changed.

    Writes ``tier``, ``tier_before``, ``tier_since`` and the reason in words. An account's first tier has no
    ``tier_before``: it is no promotion. Pinned accounts are never touched.
    """
    for_all = account_ids is None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(
            chain.expand(chain.SQL["tiering"], for_all), {"as_of": as_of, "ids": list(account_ids or ())}
        )
        changed: int = cursor.rowcount
    return changed
