"""Accounts whose next year is shown side by side: from every tier, those that change most."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.db.models import F, Window
from django.db.models.fields import CharField
from django.db.models.functions import MD5, Cast, RowNumber

from accounts.models import Account
from cadences.models import Plan
from cadences.preview import Owed, preview

SHOWN = 20
DRAWN = 160
"""So many are looked at, alike from every tier, to find those that change most."""

DAYS = 365
Contact = tuple[str, int, str]  # day, slot, kind


def samples(running: Plan | None, draft: Plan, as_of: date) -> list[dict[str, Any]]:
    """``account``, ``old`` and ``new``: lists of (day, slot, kind), by day."""
    tiers = drawn()
    ids = [account for accounts in tiers.values() for account in accounts]
    old = _contacts(preview(ids, as_of, DAYS, plan=running)) if running is not None else {}
    new = _contacts(preview(ids, as_of, DAYS, plan=draft))
    weights = {one: change(old.get(one, []), new.get(one, [])) for one in ids}
    return [
        {"account": one, "old": old.get(one, []), "new": new.get(one, [])}
        for one in dealt(tiers, weights, SHOWN)
    ]


def drawn() -> dict[int, list[int]]:
    """Customers of each tier, the same ones every time, however the tiers are filled."""
    tiers = Account.objects.filter(status=Account.Status.CUSTOMER).values("tier_id").distinct().count()
    by_chance = MD5(Cast("pk", CharField()))
    place = Window(RowNumber(), partition_by="tier_id", order_by=by_chance)
    rows = (
        Account.objects.filter(status=Account.Status.CUSTOMER)
        .annotate(place=place)
        .filter(place__lte=max(DRAWN // max(tiers, 1), 1))
        .order_by(F("tier__rank").desc(nulls_last=True), "place")
    )
    found: dict[int, list[int]] = defaultdict(list)
    for tier, account in rows.values_list("tier_id", "pk"):
        found[tier or 0].append(account)
    return dict(found)


def change(old: list[Contact], new: list[Contact]) -> tuple[int, int]:
    """How many contacts more or fewer, slot by slot; then how many on another day."""
    slots = Counter(slot for _, slot, _ in new)
    slots.subtract(Counter(slot for _, slot, _ in old))
    return sum(map(abs, slots.values())), len(set(old) ^ set(new))


def dealt(tiers: dict[int, list[int]], weights: dict[int, tuple[int, int]], most: int = SHOWN) -> list[int]:
    """A few of every tier, so that each is seen, then whoever changes most; the greatest change first."""
    ranked = {tier: sorted(ids, key=weights.__getitem__, reverse=True) for tier, ids in tiers.items()}
    each = max(most // (2 * max(len(tiers), 1)), 1)
    chosen = [one for ids in ranked.values() for one in ids[:each]][:most]
    rest = [one for ids in ranked.values() for one in ids[each:]]
    chosen += sorted(rest, key=weights.__getitem__, reverse=True)[: most - len(chosen)]
    return sorted(chosen, key=weights.__getitem__, reverse=True)


def _contacts(rows: list[Owed]) -> dict[int, list[Contact]]:
    found: dict[int, list[Contact]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.due_on, one.slot_id)):
        found[row.account_id].append((row.due_on.isoformat(), row.slot_id, row.kind))
    return found
