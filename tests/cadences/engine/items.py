"""What the plan says for one account: the effective item of every slot, and the tier that it stands on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from .facts import ROLLING, Account, Item, Override, World


def rank_of(world: World, account: Account) -> int:
    """*No rule met = lowest tier*"""
    return account.rank if account.rank is not None else min(world.ranks)


def override_of(account: Account, slot: str, as_of: date) -> Override | None:
    override = account.overrides.get(slot)
    if override is None or (override.until is not None and override.until < as_of):
        return None
    if override.since is not None and override.since > as_of:
        return None
    return override


def effective_items(world: World, account: Account, as_of: date, rank: int | None = None) -> dict[str, Item]:
    """*for every slot, the item of the highest tier that the account reaches; an account may override or
    switch off a slot*. ``rank``: as if the account stood on that tier."""
    standing = rank if rank is not None else rank_of(world, account)
    highest: dict[str, Item] = {}
    for item in sorted(world.plan.items, key=lambda item: item.rank):
        if item.rank <= rank_in_slot(account, item.slot, as_of, standing):
            highest[item.slot] = replace(item, since=item.since or world.plan.effective_from)
    items = (overridden(account, item, as_of) for item in highest.values())
    return {item.slot: item for item in items if not item.is_off}


def rank_in_slot(account: Account, slot: str, as_of: date, standing: int) -> int:
    """*served in this slot like an account of that tier*"""
    override = override_of(account, slot, as_of)
    return standing if override is None or override.as_rank is None else override.as_rank


def overridden(account: Account, item: Item, as_of: date) -> Item:
    """The item with the account's exception: off, lent from a day on, another interval of a rolling item."""
    override = override_of(account, item.slot, as_of)
    if override is None:
        return item
    if override.is_off:
        return replace(item, is_off=True)
    if override.as_rank is not None and override.since is not None:
        item = replace(item, since=max(item.since, override.since))
    if item.anchor != ROLLING or override.every is None:
        return item
    return replace(item, every=override.every, unit=override.unit)


def interval_is_overridden(account: Account, slot: str, as_of: date) -> bool:
    override = override_of(account, slot, as_of)
    return override is not None and not override.is_off
