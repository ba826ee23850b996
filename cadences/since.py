"""From when on the items of a plan's version owe anything: the one statement of that rule.

Activation writes these days into the items, a simulation passes them to the engine's query.
"""

from __future__ import annotations

from datetime import date, timedelta

from cadences.models import Plan, PlanItem


def carried_since(draft: Plan, running: Plan | None, on: date) -> dict[int, date]:
    """``since`` of every item of ``draft``, by its id, if it takes over from ``running`` on that day.

    A slot that ran without a break for the item's tier keeps its ``since`` from version to version; what
    is new, was off, or is counted in another way begins with ``on`` (decision table, "since of an item";
    docs/adr/0011). Where other purchases start the track than before, what would have lapsed by ``on`` is not
    owed.
    """
    before = list(running.items.select_related("tier")) if running is not None else []
    first = (running.effective_from if running is not None else None) or on
    days = {}
    for item in draft.items.select_related("tier"):
        served = effective(before, item.slot_id, rank_of(item))
        if served is None or not is_counted_alike(served, item):
            days[item.pk] = on
        elif is_started_alike(served, item):
            days[item.pk] = served.since or first
        else:
            days[item.pk] = max(served.since or first, on - timedelta(days=item.lapse_after or 0))
    return days


def is_counted_alike(old: PlanItem, new: PlanItem) -> bool:
    """Whether the keys of both are of one form: by purchase, by contact, or by the same calendar cycle."""
    return old.anchor == new.anchor and (old.anchor != PlanItem.Anchor.CALENDAR or old.cycle == new.cycle)


def is_started_alike(old: PlanItem, new: PlanItem) -> bool:
    """Whether both follow the same purchases; of items that follow none: always."""
    if new.anchor != PlanItem.Anchor.AFTER_EVENT:
        return True
    return (old.starts, old.min_amount, old.product) == (new.starts, new.min_amount, new.product)


def effective(items: list[PlanItem], slot_id: int, rank: int) -> PlanItem | None:
    """What an account of this rank gets in the slot: the item of the highest tier it reaches, unless off."""
    reached = [item for item in items if item.slot_id == slot_id and rank_of(item) <= rank]
    highest = max(reached, key=rank_of, default=None)
    return None if highest is None or highest.is_off else highest


def rank_of(item: PlanItem) -> int:
    """The base plan is rank 0."""
    return item.tier.rank if item.tier is not None else 0
