"""The rhythm of contacts: what counts as contact, when the next is owed, which log closes a row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from .days import plus, spread
from .facts import DONE, OPEN, ROLLING, SKIPPED, Item, Row, Rows, Talk
from .items import effective_items, interval_is_overridden, rank_of

if TYPE_CHECKING:
    from .oracle import Night


def qualifying(night: Night, item: Item) -> list[Talk]:
    """*its kind is in the item's list; the contact was actually reached, either direction; by_owner_side*"""
    return [
        talk
        for talk in night.account.talks
        if talk.kind in item.qualifying
        and talk.reached
        and talk.ours
        and not talk.withdrawn
        and talk.day <= night.as_of
    ]


# -- the next date ---------------------------------------------------------------------------------


def rolling_floor(night: Night, item: Item) -> date:
    """*latest of the item's `since`, became customer, import date, pause end*"""
    account = night.account
    facts = [item.since, account.became_customer, account.facts_from]
    if account.paused_from is not None and account.paused_from <= night.as_of:
        facts.append(pause_end(night))
    return max(fact for fact in facts if fact is not None)


def pause_end(night: Night) -> date:
    return night.account.paused_until + timedelta(days=1)


def base_of(night: Night, item: Item, track_end: date | None) -> tuple[date | None, str]:
    """*last qualifying contact; skip date; base = max(last qualifying contact, last track item's ideal_on);
    an agreed call that is done counts as that call*. The latest, and which fact it was."""
    contacts = [talk.day for talk in qualifying(night, item)]
    rows = night.rows.values()
    contacts += [row.closed_on for row in rows if row.slot == item.slot and row.state == DONE]
    if item.kind == "call":
        agreed = [row for row in rows if row.slot == "agreed" and row.kind == "call" and row.state == DONE]
        contacts += [row.closed_on for row in agreed]
    skips = [row.closed_on for row in rows if row.slot == item.slot and row.state == SKIPPED]
    latest = [
        (max(dates), basis)
        for basis, dates in (
            ("contact", contacts),
            ("skip", skips),
            ("track", [track_end] if track_end else []),
        )
        if dates
    ]
    return max(latest, key=lambda found: found[0], default=(None, ""))


def rule_date(night: Night, item: Item, base: date | None) -> date:
    """*last qualifying contact + interval; without one, or if that is before the floor: floor + spread*"""
    floor = rolling_floor(night, item)
    if base is not None and plus(base, *item.interval) >= floor:
        return plus(base, *item.interval)
    return spread(night.account, floor, item.interval)


def rolling_date(night: Night, item: Item, track_end: date | None) -> tuple[date, str, date]:
    """The ideal date of the slot's open row, the fact that it was counted from, and that fact's day."""
    base, basis = base_of(night, item, track_end)
    floor = rolling_floor(night, item)
    plain = rule_date(night, item, base)
    if base is None or plus(base, *item.interval) < floor:
        basis, base_on = "floor", floor
    else:
        base_on = base
    ideal = after_promotion(night, item, base, plain)
    if ideal != plain:
        basis, base_on = "promoted", base or floor
    if night.is_in_pause(ideal):
        ideal = spread(night.account, pause_end(night), item.interval)
    return ideal, basis, base_on


def after_promotion(night: Night, item: Item, base: date | None, plain: date) -> date:
    """*Promoted: least(base + old interval, greatest(base + new interval, tier_since + spread)); demoted:
    base + new interval*"""
    account = night.account
    if account.rank_before is None or account.tier_since is None or account.tier_since > night.as_of:
        return plain
    if interval_is_overridden(account, item.slot, night.as_of):
        return plain
    if (base or rolling_floor(night, item)) >= account.tier_since:
        return plain
    if rank_of(night.world, account) <= account.rank_before:
        return plain
    later = max(plain, spread(account, account.tier_since, item.interval))
    old = effective_items(night.world, account, night.as_of, account.rank_before).get(item.slot)
    if old is None or old.anchor != ROLLING:
        return later
    return min(rule_date(night, old, base), later)


# -- logging outside a touchpoint ------------------------------------------------------------------


def close_by_contacts(night: Night, track_days: set[date]) -> Rows:
    """*the reconciler closes the open rolling row with the first qualifying interaction dated >= ideal_on -
    tolerance (late if late); an earlier one moves it*"""
    rows = dict(night.rows)
    for item in night.items.values():
        if item.anchor == ROLLING:
            row = rows.get((item.slot, f"n{night.next_number(item.slot)}"))
            if row is not None and row.state == OPEN and row.anchor == ROLLING:
                rows |= {closed.key: closed for closed in closed_rows(night, item, row, track_days)}
    return rows


def closed_rows(night: Night, item: Item, row: Row, track_days: set[date]) -> list[Row]:
    """The open row and its successors, as far as contacts closed them."""
    talks = candidates(night, item)
    closed: list[Row] = []
    after = row.base_on
    while True:
        later = [talk for talk in talks if talk.day > after or (not closed and is_near(row, talk))]
        talk = closing_talk(night, item, row, later, track_days)
        if talk is None:
            return closed
        closed.append(row.but(state=DONE, closed_on=talk.day, interaction=talk.id, reason=""))
        after = talk.day
        is_counted = plus(talk.day, *item.interval) >= rolling_floor(night, item)
        row = night.owed_row(
            item,
            f"n{int(row.cycle[1:]) + 1}",
            "contact" if is_counted else "floor",
            talk.day if is_counted else rolling_floor(night, item),
            rule_date(night, item, talk.day),
        )


def candidates(night: Night, item: Item) -> list[Talk]:
    """Qualifying contacts in order, one a day, without those that already closed such a row."""
    used = {row.interaction for row in night.rows.values() if is_same_contact(row, item)}
    first_of_day: dict[date, Talk] = {}
    for talk in sorted(qualifying(night, item), key=lambda talk: (talk.day, talk.id)):
        if talk.id not in used:
            first_of_day.setdefault(talk.day, talk)
    return list(first_of_day.values())


def is_near(row: Row, talk: Talk) -> bool:
    """A row that was counted from the floor is closed by a contact before the floor as well."""
    return row.basis == "floor" and talk.day >= row.ideal_on - timedelta(days=row.tolerance)


def is_same_contact(row: Row, item: Item) -> bool:
    """Whether a row is of the item's slot, or an agreed call that stands in for the rolling call."""
    return row.slot == item.slot or (row.slot == "agreed" and row.kind == item.kind == "call")


def closing_talk(night: Night, item: Item, row: Row, talks: list[Talk], track_days: set[date]) -> Talk | None:
    """The first contact that comes near enough to the date owed at that moment."""
    owed_on = row.ideal_on
    for talk in talks:
        suppressed = any(row.base_on < day <= talk.day for day in track_days)
        if talk.day >= owed_on - timedelta(days=row.tolerance) and not suppressed:
            return talk
        owed_on = rule_date(night, item, talk.day)
    return None
