"""An independent reading of the engine's decision table: which rows must exist after a run.

Slow and plain on purpose. It shares no code, no table and no idea of implementation with the app;
sentences *in italics* are the table's own (docs/engine.md, "Reading of the decision table").
One run of one account: :func:`settle`; of a whole world: :func:`run`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .contacts import close_by_contacts, rolling_date
from .days import Days, cycle_key, cycle_start, hash_of, is_key_of, next_cycle, plus
from .facts import (
    AGREED,
    CALENDAR,
    CANCELLED,
    COMPANY_CURRENCY,
    DONE,
    EVENT,
    LAPSED,
    OPEN,
    ROLLING,
    SKIPPED,
    Account,
    Item,
    Row,
    Rows,
    World,
)
from .items import effective_items, override_of
from .occasions import (
    campaign_is_gone,
    is_asked_otherwise,
    is_served,
    items_of,
    latest_thanks,
    live_campaigns,
    owner_is_gone,
    rows_of_occasions,
    thanks_are_gone,
)

AGREED_SLOT, TODO_SLOT = "agreed", "todo"
NOT_IN_TIME, PAUSED = "not done in time", "paused"
DAYS_BACK = 400


def run(world: World, as_of: date) -> None:
    """One night over the whole world: every account's rows become what they must be."""
    days = Days(world)
    for account in world.accounts:
        account.rows = settle(world, account, as_of, days)


def settle(world: World, account: Account, as_of: date, days: Days | None = None) -> Rows:
    """The account's rows after a run; the account itself stays as it is."""
    return Night(world, account, as_of, days or Days(world)).rows_after()


@dataclass(frozen=True)
class Event:
    """A purchase day that starts items: its key, the day, and the next purchase day if there is one."""

    key: str
    day: date
    next_day: date | None


class Night:
    """One run for one account."""

    def __init__(self, world: World, account: Account, as_of: date, days: Days) -> None:
        self.world, self.account, self.as_of, self.days = world, account, as_of, days
        self.items = self.items_owed()
        self.rows: Rows = dict(account.rows)
        self.spans = self.track_spans()
        self.held: dict[tuple[str, str], str] = {}  # what the plan has and a fact holds back, and why

    # -- the course of a run -------------------------------------------------------------------

    def rows_after(self) -> Rows:
        track = self.track_rows()
        self.rows = close_by_contacts(self, {span[0] for span in self.spans})
        owed = [*self.event_rows(), *rows_of_occasions(self), *self.calendar_rows()]
        self.rows = self.merged(owed)
        return self.finished(owed, list(self.rolling_rows(track)))

    def merged(self, owed: list[Row]) -> Rows:
        """The rows with the owed ones of events and calendar laid over them."""
        rows = dict(self.rows)
        for row in owed:
            rows[row.key] = self.meet(rows.get(row.key), row)
        return rows

    def finished(self, owed: list[Row], rolling: list[Row]) -> Rows:
        rows = self.merged(rolling)
        keys = {row.key for row in [*owed, *rolling]}
        for key, row in rows.items():
            if key not in keys and row.state == OPEN:
                rows[key] = self.leave(row)
        return rows

    # -- facts ---------------------------------------------------------------------------------

    @property
    def is_customer(self) -> bool:
        """*prospect: no plan item is owed; account former: open rows cancelled*"""
        became = self.account.became_customer
        return self.account.status == "customer" and became is not None and became <= self.as_of

    def items_owed(self) -> dict[str, Item]:
        """*prospect: no plan item is owed except a campaign's* and that of a thank-you; so it is with former
        customers, who are thanked for nothing."""
        if not (self.is_customer or live_campaigns(self.account, self.as_of) or latest_thanks(self)):
            return {}
        items = effective_items(self.world, self.account, self.as_of)
        return {
            slot: item
            for slot, item in items.items()
            if self.is_customer or item.event in {"campaign", "owner", "letter"}
        }

    def purchase_days(self) -> list[tuple[date, int]]:
        """*Same day = one event, amounts summed; a credit note starts nothing; void: counts for nothing.*
        The day with its lowest purchase id, void ones too."""
        by_day: dict[date, list] = {}
        for purchase in self.account.purchases:
            if purchase.day <= self.as_of:
                by_day.setdefault(purchase.day, []).append(purchase)
        return sorted(
            (day, min(p.id for p in purchases))
            for day, purchases in by_day.items()
            if any(not p.void for p in purchases) and sum(p.amount for p in purchases if not p.void) > 0
        )

    def is_in_pause(self, day: date) -> bool:
        account = self.account
        return account.paused_from is not None and account.paused_from <= day <= account.paused_until

    # -- events --------------------------------------------------------------------------------

    def events(self, item: Item) -> Iterator[Event]:
        """*The first; by plan also a later one if the previous purchase day is more than the track's last
        offset before it; restart: always. Keys `first` or `P<lowest purchase id of the day>`*"""
        bought = self.purchase_days()
        found = [(day, lowest) for day, lowest in bought if self.qualifies(item, day)]
        for n, (day, lowest) in enumerate(found):
            later = found[n + 1][0] if n + 1 < len(found) else None
            key = "first" if day == bought[0][0] else f"P{lowest}"
            is_new = item.starts == "new" and self.track_over(found[n - 1][0]) < day
            if n == 0 or item.starts == "restart" or is_new:
                yield Event(key, day, later)

    def qualifies(self, item: Item, day: date) -> bool:
        """*the day's non-void purchases in the company's currency reach `min_amount`; a line of that day
        names the product, case-blind. A day that does not qualify is no event for that item*"""
        bought = [p for p in self.account.purchases if p.day == day and not p.void]
        names = [name.lower() for purchase in bought for name in purchase.products]
        total = sum(p.amount for p in bought if p.currency == COMPANY_CURRENCY)
        is_enough = item.min_amount is None or total >= item.min_amount
        return is_enough and (not item.product or any(item.product.lower() in name for name in names))

    def track_over(self, purchase_day: date) -> date:
        """The last date of a track that starts on this day."""
        track = [item for item in self.items.values() if item.anchor == EVENT and item.is_track]
        return max([plus(purchase_day, *item.interval) for item in track], default=purchase_day)

    def rows_of_events(self, item: Item) -> Iterator[Row]:
        """*Event items with ideal_on before `since` are not owed. `restart` cancels what is still open of
        the track before: owed only if its lapses_on is before the next purchase day*"""
        for event in self.events(item):
            ideal = plus(event.day, *item.interval)
            if ideal < item.since:
                continue
            row = self.owed_row(item, event.key, "purchase", event.day, ideal)
            restarted = item.starts == "restart" and event.next_day is not None
            if not restarted or (row.lapses_on is not None and row.lapses_on < event.next_day):
                yield row
            elif ideal >= self.oldest:
                self.held[row.key] = "restarted by a later purchase"

    def event_items(self) -> list[Item]:
        return list(items_of(self.items, "purchase"))

    def event_rows(self) -> list[Row]:
        """*others within the horizon*"""
        rows = [row for item in self.event_items() for row in self.rows_of_events(item)]
        return [row for row in rows if self.oldest <= row.ideal_on <= self.horizon]

    @property
    def horizon(self) -> date:
        return self.as_of + timedelta(days=self.world.horizon)

    @property
    def oldest(self) -> date:
        """What is ideal before this day is neither owed nor touched any more."""
        return self.as_of - timedelta(days=DAYS_BACK)

    # -- the track -----------------------------------------------------------------------------

    def track_rows(self) -> list[Row]:
        """Every owed row of the track, also beyond the horizon."""
        return [row for item in self.event_items() if item.is_track for row in self.rows_of_events(item)]

    def track_runs(self, track: list[Row]) -> bool:
        """*while a track runs (until all its items are closed in any way) no rolling item is owed*"""
        return any(not self.is_closed(row) for row in track if row.ideal_on >= self.oldest)

    def is_closed(self, owed: Row) -> bool:
        """Closed in any way, or sure to lapse because its day lies in a pause."""
        if self.is_in_pause(owed.ideal_on) and owed.ideal_on > self.horizon:
            return True
        row = self.rows.get(owed.key)
        if row is None or (row.reason == PAUSED and not self.is_in_pause(owed.ideal_on)):
            return False  # lapsed for a pause that it is no longer in: it will be owed again
        return row.state in {DONE, SKIPPED, LAPSED}

    def track_spans(self) -> list[tuple[date, date]]:
        """From a purchase day to the last date of its track, whether or not a later purchase restarts it."""
        last: dict[date, date] = {}
        for item in self.event_items():
            for event in self.events(item) if item.is_track else ():
                ideal = plus(event.day, *item.interval)
                if ideal >= item.since:
                    last[event.day] = max(ideal, last.get(event.day, ideal))
        return sorted(last.items())

    def falls_into_track(self, ideal: date) -> bool:
        """*A cycle with ideal_on from the purchase to the last track ideal_on is not owed at all*"""
        return any(first <= ideal <= last for first, last in self.spans)

    # -- calendar ------------------------------------------------------------------------------

    def calendar_rows(self) -> Iterator[Row]:
        for item in self.items.values():
            for row in self.cycles_of(item) if item.anchor == CALENDAR else ():
                if item.avoids_track and self.falls_into_track(row.ideal_on):
                    self.held[row.key] = "falls into a track"
                else:
                    yield row

    def cycles_of(self, item: Item) -> Iterator[Row]:
        """*Calendar items have a window, spread in it; ideal_on before the floor is not owed*"""
        floor = max(self.calendar_floor(item), self.oldest)
        start = cycle_start(item.cycle, self.oldest - timedelta(days=800))
        while start <= self.horizon:
            first = start + timedelta(days=item.window_from)
            ideal = first + timedelta(days=hash_of(self.account.id) % item.window_days)
            key = cycle_key(item.cycle, start)
            if floor <= ideal <= self.horizon and not self.is_stood_for(item, key):
                window = (first, first + timedelta(days=item.window_days - 1))
                yield self.owed_row(item, key, "window", first, ideal, window)
            start = next_cycle(item.cycle, start)

    def calendar_floor(self, item: Item) -> date:
        """*Calendar items reached by a tier change: floor includes tier_since*"""
        account = self.account
        facts = [item.since, account.became_customer, account.facts_from]
        if account.rank_before is not None and account.tier_since and account.tier_since <= self.as_of:
            before = effective_items(self.world, account, self.as_of, account.rank_before).get(item.slot)
            if before is None or before.anchor != CALENDAR or before.cycle != item.cycle:
                facts.append(account.tier_since)
        return max(fact for fact in facts if fact is not None)

    def is_stood_for(self, item: Item, key: str) -> bool:
        """*Other key: a touched row stands for the cycle its due_on falls in*"""
        return any(
            row.slot == item.slot
            and not (row.anchor == CALENDAR and is_key_of(item.cycle, row.cycle))
            and self.stands(row)
            and cycle_key(item.cycle, cycle_start(item.cycle, row.due_on)) == key
            for row in self.rows.values()
        )

    @staticmethod
    def stands(row: Row) -> bool:
        """Done and skipped is touched as well."""
        is_dated = row.touched and row.state in {OPEN, LAPSED} and row.reason != PAUSED
        return is_dated or row.state in {DONE, SKIPPED}

    # -- rolling -------------------------------------------------------------------------------

    def rolling_rows(self, track: list[Row]) -> Iterator[Row]:
        """*rolling always; at most one open row per slot, none while suppressed*"""
        last = max((last for _, last in self.spans), default=None)
        for item in self.items.values():
            if item.anchor != ROLLING or self.is_replaced(item):
                continue
            ideal, basis, base_on = rolling_date(self, item, last)
            row = self.owed_row(item, f"n{self.next_number(item.slot)}", basis, base_on, ideal)
            if self.track_runs(track):
                self.held[row.key] = "track started"
            elif item.kind == "call" and self.agreed_call_is_open():
                self.held[row.key] = "agreed call open"
            else:
                yield row

    def is_replaced(self, item: Item) -> bool:
        """A touched open row of another anchor stands for the rolling one, unless it lapses tonight."""
        return any(
            row.slot == item.slot
            and row.anchor != ROLLING
            and row.touched
            and row.state == OPEN
            and self.lapsed_in_time(row).state == OPEN
            for row in self.rows.values()
        )

    def agreed_call_is_open(self) -> bool:
        return any(
            row.slot == AGREED_SLOT and row.kind == "call" and row.state == OPEN for row in self.rows.values()
        )

    def next_number(self, slot: str) -> int:
        """*rolling `n<k+1>`, k = highest done or skipped number*"""
        return 1 + max(
            (
                int(row.cycle[1:])
                for row in self.rows.values()
                if row.slot == slot and row.anchor == ROLLING and row.state in {DONE, SKIPPED}
            ),
            default=0,
        )

    # -- one row -------------------------------------------------------------------------------

    def owed_row(
        self,
        item: Item,
        key: str,
        basis: str,
        base_on: date,
        ideal: date,
        window: tuple[date, date] | None = None,
    ) -> Row:
        """A row as the plan owes it: shifted, with its lapse, already lapsed where it is too late."""
        due, assignee = self.days.shift(self.account, item.kind, item.who, ideal, window)
        row = Row(
            slot=item.slot,
            cycle=key,
            kind=item.kind,
            anchor=item.anchor,
            basis=basis,
            base_on=base_on,
            ideal_on=ideal,
            planned_on=due,
            due_on=due,
            tolerance=item.tolerance,
            lapses_on=self.lapse(item, due, window),
            assignee=assignee,
            who=item.who,
            lapse_after=item.lapse_after,
        )
        return self.lapsed_if_due(row, ideal)

    @staticmethod
    def lapse(item: Item, due: date, window: tuple[date, date] | None) -> date | None:
        """*`lapse_after` days from due_on; calendar items window end + tolerance; rolling never*"""
        if item.lapse_after is None or item.anchor == ROLLING:
            return None
        start = max(due, window[1]) if window else due
        return start + timedelta(days=item.lapse_after)

    def lapsed_if_due(self, row: Row, ideal: date) -> Row:
        """*a row whose ideal_on lies in a pause lapses (`paused`); a row not done in time lapses*"""
        if row.anchor in {EVENT, CALENDAR} and self.is_in_pause(ideal):
            return row.but(state=LAPSED, reason=PAUSED, closed_on=ideal)
        return self.lapsed_in_time(row)

    def lapsed_in_time(self, row: Row) -> Row:
        if row.lapses_on is not None and row.lapses_on < self.as_of:
            return row.but(state=LAPSED, reason=NOT_IN_TIME, closed_on=row.lapses_on + timedelta(days=1))
        return row

    def meet(self, stored: Row | None, owed: Row) -> Row:
        """*insert the missing, move the moved; rows a person has touched are safe; a cancelled row is
        reopened when owed again (snooze and hand date cleared)*"""
        if stored is None or stored.state == CANCELLED:
            return owed
        if stored.state in {DONE, SKIPPED}:
            return stored
        if stored.state == LAPSED:
            again = stored.reason == PAUSED and not self.is_in_pause(owed.ideal_on)
            return owed if again else stored
        if not stored.touched or self.is_based_anew(stored, owed):
            return owed
        return self.kept(stored, owed.ideal_on)

    @staticmethod
    def is_based_anew(stored: Row, owed: Row) -> bool:
        """Whether a fact (a contact, another purchase) moved the row, which ends a snooze."""
        return stored.base_on != owed.base_on and owed.basis not in {"floor", "window"}

    def kept(self, stored: Row, ideal: date) -> Row:
        """A touched row keeps its dates; its assignee and its lapse are kept up to date."""
        row = self.lapsed_if_due(stored.but(assignee=self.assignee_on_due(stored)), ideal)
        return row.but(closed_on=stored.ideal_on) if row.reason == PAUSED else row

    def assignee_on_due(self, row: Row) -> int | None:
        """*first of owner, deputy, team manager present on `due_on`, else the owner; without an active
        owner touched plan rows have nobody and agreed rows keep theirs*"""
        if row.who == "nobody":
            return None
        owner = self.days.serving(self.account, row.who)
        if owner is None:
            return row.assignee if row.anchor == AGREED else None
        return self.days.who(owner, row.due_on)

    # -- rows that are not owed ----------------------------------------------------------------

    def leave(self, row: Row) -> Row:
        """*cancel (with reason) those no longer owed; touched ones are safe from plan, tier and calendar
        changes, not from facts that end the obligation*"""
        if row.anchor == AGREED:
            return row if row.slot == TODO_SLOT else row.but(assignee=self.assignee_on_due(row))
        if row.anchor in {EVENT, CALENDAR} and row.ideal_on < self.oldest:
            return row
        reason = self.ended_because(row) or ("" if row.touched else "no longer in the plan")
        if reason:
            return row.but(state=CANCELLED, closed_on=self.as_of, reason=reason)
        return self.lapsed_in_time(row.but(assignee=self.assignee_on_due(row)))

    def ended_because(self, row: Row) -> str:
        """Which fact ended the obligation; empty when none did."""
        if row.key in self.held:
            return self.held[row.key]
        if campaign_is_gone(self, row):
            return "campaign ended"
        if thanks_are_gone(self, row):
            return "another thank-you"
        if is_asked_otherwise(self, row):
            return "a campaign asks about it"
        if not is_served(self, row):
            return "former customer" if self.account.status == "former" else "no customer"
        override = override_of(self.account, row.slot, self.as_of)
        if override is not None and override.is_off:
            return "switched off for this account"
        if row.anchor == ROLLING and int(row.cycle[1:]) != self.next_number(row.slot):
            return "log withdrawn"
        if owner_is_gone(self, row):
            return "another new owner"
        if row.basis == "purchase" and row.cycle not in self.purchase_keys():
            return "purchase gone"
        return ""

    def purchase_keys(self) -> set[str]:
        """The keys that the purchase days have, whatever the plan makes of them."""
        found = self.purchase_days()
        return {f"P{lowest}" for _, lowest in found[1:]} | ({"first"} if found else set())
