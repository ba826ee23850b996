"""Random plans, and random edits of them: few slots, many ways to be awkward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from .facts import CALENDAR, EVENT, ROLLING, Item, Plan

Edit = Callable[[Random, list[Item]], list[Item]]
INTERVALS = [(1, "month"), (2, "month"), (6, "month"), (1, "year"), (2, "week"), (10, "day"), (31, "day")]
CYCLE_DAYS = {"year": 365, "half": 181, "quarter": 90, "month": 28}
WHO = [*["owner"] * 6, "manager", "deputy"]
#: Which purchases count: all; days that reach a sum; those with a product.
CONDITIONS = [
    *[{}] * 5,
    {"min_amount": 100},
    {"min_amount": 150},
    {"min_amount": 51, "product": "PUMP"},
    {"product": "pump"},
    {"product": "50%"},
]
QUALIFYING = {
    "call": ("call", "meeting", "visit"),
    "visit": ("meeting", "visit"),
    "mail": ("email",),
}


def make_plan(rng: Random, start: date) -> Plan:
    """A base plan, a track and up to three tiers; in force for a while, or from a few days on."""
    effective = start - timedelta(days=rng.choice([0, 0, 20, 90, 300, 600, -3, -20]))
    since = rng.choice([None, effective, effective - timedelta(days=rng.randrange(400))])
    items = [*calls(rng), *visits(rng), *calendar_items(rng), *track(rng), *extra(rng), *occasional(rng)]
    items += thanks(Random(f"thanks {start} {len(items)}"))
    return Plan(1, effective, tuple(replace(item, since=since) for item in items))


def rolling(rng: Random, slot: str, rank: int, kind: str) -> Item:
    every, unit = rng.choice(INTERVALS)
    qualifying = QUALIFYING[slot]
    tolerance = rng.choice([0, 1, 3, 7])
    who = rng.choice(WHO)
    return Item(slot, rank, kind, ROLLING, every, unit, tolerance=tolerance, qualifying=qualifying, who=who)


def windowed(rng: Random, slot: str, rank: int, kind: str, cycle: str = "", **more: object) -> Item:
    cycle = cycle or rng.choice(["year", "half", "quarter", "quarter", "month", "month"])
    length = rng.choice([1, 2, 5, 10, 28, CYCLE_DAYS[cycle]])
    more.setdefault("qualifying", ("call", "email", "letter", "gift", "meeting"))
    more.setdefault("who", rng.choice(WHO))
    return Item(
        slot, rank, kind, CALENDAR, cycle=cycle, window_from=rng.randrange(CYCLE_DAYS[cycle] - length + 1),
        window_days=length, tolerance=rng.choice([0, 5]), lapse_after=rng.choice([0, 3, 14, 40, None]),
        **more,
    )  # fmt: skip


def calls(rng: Random) -> list[Item]:
    """Rolling calls on some tiers, sometimes on the base, sometimes switched off on the highest."""
    items = [rolling(rng, "call", rank, "call") for rank in (0, 1, 2, 3) if rng.random() < 0.7]
    if items and items[-1].rank == 3 and rng.random() < 0.15:
        items[-1] = replace(items[-1], is_off=True)
    return items


def visits(rng: Random) -> list[Item]:
    """A slot that some tiers work by the calendar and others by the last contact."""
    makers = [
        lambda rank: rolling(rng, "visit", rank, "meeting"),
        lambda rank: windowed(rng, "visit", rank, rng.choice(["meeting", "video"])),
    ]
    items = [rng.choice(makers)(rank) for rank in (1, 2, 3) if rng.random() < 0.6]
    return [replace(item, avoids_track=rng.random() < 0.5) for item in items]


def calendar_items(rng: Random) -> list[Item]:
    return [
        windowed(rng, "survey", 0, "survey", avoids_track=True, who="nobody"),
        windowed(rng, "check", 0, "email", avoids_track=rng.random() < 0.8),
        windowed(rng, "greeting", rng.choice([0, 2, 3]), rng.choice(["gift", "letter"])),
        *([rolling(rng, "mail", 1, "email")] if rng.random() < 0.3 else []),
    ]


def track(rng: Random) -> list[Item]:
    """The 1-2-1 track, by and large; offsets at month ends, at times beyond the horizon."""
    starts = rng.choice(["first", "first", "new", "new", "restart"])
    condition = rng.choice(CONDITIONS)

    def item(slot: str, kind: str, offset: tuple[int, str], lapse: int | None, **more: object) -> Item:
        chosen = rng.choice(["first", "new", "restart"]) if rng.random() < 0.08 else starts
        more = {"who": rng.choice(WHO)} | (rng.choice(CONDITIONS) if rng.random() < 0.1 else condition) | more
        return Item(
            slot,
            0,
            kind,
            EVENT,
            *offset,
            starts=chosen,
            is_track=True,
            lapse_after=lapse,
            tolerance=2,
            **more,
        )

    items = [
        item("week", "call", rng.choice([(7, "day"), (1, "week"), (0, "day")]), rng.choice([23, 5, None])),
        item("fortnight", "survey", (14, "day"), rng.choice([14, 0]), who="nobody"),
        item("month", "call", rng.choice([(1, "month"), (1, "month"), (2, "month")]), rng.choice([33, 10])),
    ]
    if rng.random() < 0.2:
        items.append(replace(items[0], rank=3, every=3, unit="day"))
    if rng.random() < 0.1:
        items.append(replace(items[2], rank=2, is_off=True))
    return [found for found in items if rng.random() < 0.9]


def extra(rng: Random) -> list[Item]:
    """Something after a purchase that is no part of the track."""
    if rng.random() < 0.6:
        return []
    starts = rng.choice(["first", "new", "restart"])
    offset = rng.choice([(3, "day"), (1, "year"), (6, "month")])
    lapse = rng.choice([10, None])
    return [
        Item(
            "welcome", 0, "letter", EVENT, *offset, starts=starts, lapse_after=lapse, **rng.choice(CONDITIONS)
        )
    ]


def occasional(rng: Random) -> list[Item]:
    """What a campaign and a new owner owe; some of it for some tiers only."""

    def item(slot: str, event: str, kind: str, offset: int, **more: object) -> Item:
        more = {"rank": 0, "lapse_after": rng.choice([2, 10, None]), "who": rng.choice(WHO)} | more
        return Item(slot, kind=kind, anchor=EVENT, every=offset, event=event, tolerance=1, **more)

    items = [
        item("campaign call 1", "campaign", "call", 0),
        item("campaign call 1", "campaign", "meeting", 2, rank=rng.choice([2, 3])),
        item("campaign call 2", "campaign", "call", rng.choice([3, 4]), rank=rng.choice([0, 0, 2])),
        item("campaign letter", "campaign", rng.choice(["letter", "email"]), 9, who="nobody"),
        replace(item("campaign meeting", "campaign", "meeting", 1, lapse_after=14), unit="month"),
        item("hello", "owner", "call", rng.choice([0, 1, 1, 40]), rank=rng.choice([0, 0, 1, 3])),
    ]
    if rng.random() < 0.2:
        items[1] = replace(items[1], is_off=True)
    return [found for found in items if rng.random() < 0.85]


def thanks(rng: Random) -> list[Item]:
    """The check of a letter, for some tiers another one; drawn apart, as in ``happenings``."""

    def item(rank: int, **more: object) -> Item:
        return Item(
            "letter check", rank, rng.choice(["call", "call", "email"]), EVENT, rng.choice([4, 4, 0, 9, 40]),
            event="letter", tolerance=3, lapse_after=rng.choice([10, 3, None]), who=rng.choice(WHO), **more,
        )  # fmt: skip

    items = [item(0)] if rng.random() < 0.9 else []
    if rng.random() < 0.4:
        items.append(item(rng.choice([2, 3]), is_off=rng.random() < 0.3))
    return items


# -- edits -----------------------------------------------------------------------------------------


def edited(rng: Random, plan: Plan, on: date, edits: Sequence[Edit] = ()) -> Plan:
    """The next version: a few items otherwise, or all these edits. Slots that stay keep their ``since``."""
    items = [replace(item, since=item.since or plan.effective_from) for item in plan.items]
    for edit in edits or [rng.choice(EDITS) for _ in range(rng.choice([1, 1, 2, 3]))]:
        items = edit(rng, items)
    known = {item.slot: item.since for item in items if item.since}
    effective = on + timedelta(days=rng.choice([0, 0, 0, -5, 10]))
    items = [replace(item, since=item.since or known.get(item.slot)) for item in items]
    return Plan(plan.version + 1, effective, tuple(items))


def one_of(rng: Random, items: list[Item], anchor: str) -> int | None:
    return rng.choice([n for n, item in enumerate(items) if item.anchor == anchor] or [None])


def change_rhythm(rng: Random, items: list[Item]) -> list[Item]:
    n = one_of(rng, items, ROLLING)
    if n is not None:
        every, unit = rng.choice(INTERVALS)
        items[n] = replace(items[n], every=every, unit=unit, tolerance=rng.choice([0, 4]))
    return items


def change_cycle(rng: Random, items: list[Item]) -> list[Item]:
    """Another window, mostly with another cycle: yearly becomes quarterly."""
    n = one_of(rng, items, CALENDAR)
    if n is not None:
        old = items[n]
        new = windowed(rng, old.slot, old.rank, old.kind, rng.choice(["", "", old.cycle]))
        items[n] = replace(new, avoids_track=old.avoids_track, who=old.who, since=old.since)
    return items


def change_anchor(rng: Random, items: list[Item]) -> list[Item]:
    for n, item in enumerate(items):
        if item.slot == "visit" and not item.is_off:
            make = windowed if item.anchor == ROLLING else rolling
            items[n] = replace(make(rng, "visit", item.rank, "meeting"), since=item.since)
    return items


def drop_slot(rng: Random, items: list[Item]) -> list[Item]:
    gone = rng.choice([item.slot for item in items] or [""])
    return [item for item in items if item.slot != gone]


def add_slot(rng: Random, items: list[Item]) -> list[Item]:
    present = {item.slot for item in items}
    fresh = [*calls(rng), *visits(rng), *calendar_items(rng), *track(rng), *extra(rng), *occasional(rng)]
    return items + [item for item in fresh if item.slot not in present]


def change_rules(rng: Random, items: list[Item]) -> list[Item]:
    """Lapse, track avoidance, what starts it, who does it."""
    n = rng.randrange(len(items)) if items else None
    change = rng.choice(
        [
            {"lapse_after": rng.choice([0, 20, None])},
            {"avoids_track": True},
            {"starts": rng.choice(["new", "first"])},
            {"min_amount": None, "product": ""} | rng.choice(CONDITIONS),
            {"who": rng.choice(["owner", "manager", "deputy", "nobody"])},
        ]
    )
    if n is not None:
        items[n] = replace(items[n], **change)
    return items


EDITS = [change_rhythm, change_cycle, change_anchor, drop_slot, add_slot, change_rules]
