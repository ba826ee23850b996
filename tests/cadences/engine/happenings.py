"""What happens between two runs: people's acts on touchpoints, and facts that change.

Acts write the columns that docs/engine.md gives to the verbs, and nothing else. Everything is noted
in a :class:`Change`, so that the database can be told the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from .days import Days
from .facts import (
    AGREED,
    CALENDAR,
    CANCELLED,
    DONE,
    OPEN,
    ROLLING,
    SKIPPED,
    Account,
    Campaign,
    Piece,
    Purchase,
    Row,
    Talk,
    World,
)
from .plans import edited
from .worlds import (
    add_absence,
    add_campaign,
    add_day_off,
    add_purchase,
    add_talk,
    change_deputy,
    come_true,
    first_net_purchase,
    rng_of,
    set_override,
    set_pause,
    write_thanks,
)

GAPS = [1, 1, 1, 1, 2, 3, 5, 7, 7, 21, 40, 75]
CHANNEL = {"email": "email", "letter": "letter", "gift": "gift", "meeting": "meeting", "video": "video"}


@dataclass
class Change:
    """What the database has not been told yet."""

    people: bool = False
    plan: bool = False
    accounts: dict[int, Account] = field(default_factory=dict)
    overrides: dict[int, Account] = field(default_factory=dict)
    purchases: dict[int, tuple[Account, Purchase]] = field(default_factory=dict)
    talks: dict[int, tuple[Account, Talk]] = field(default_factory=dict)
    campaigns: dict[int, tuple[Account, Campaign]] = field(default_factory=dict)
    pieces: dict[int, tuple[Account, Piece]] = field(default_factory=dict)
    rows: list[tuple[Account, Row]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def of_row(self, account: Account, row: Row) -> None:
        """The row is now like this."""
        account.rows[row.key] = row
        self.rows.append((account, row))


class Between:
    """The time after one run and before the next, for one account. ``today`` is the next run's day."""

    def __init__(self, rng: Random, world: World, account: Account, today: date, gap: int, change: Change):
        self.rng, self.world, self.account, self.change = rng, world, account, change
        self.today, self.gap = today, gap

    def day(self) -> date:
        """Some day since the last run."""
        return self.today - timedelta(days=self.rng.randrange(self.gap))

    def open_row(self, *anchors: str) -> Row | None:
        """An open row that somebody works on, mostly one that is due about now."""
        soon = self.today + timedelta(days=10)
        rows = [
            row
            for row in self.account.rows.values()
            if row.state == OPEN and row.who != "nobody" and (not anchors or row.anchor in anchors)
        ]
        near = [row for row in rows if row.due_on <= soon]
        return self.rng.choice(near or rows) if rows else None

    def happen(self) -> None:
        for _ in range(self.rng.choice([0, 0, 1, 1, 1, 2, 3])):
            act = self.rng.choice(ACTS)
            act(self)
            self.change.told.append(f"{self.account.id} by {self.today}: {act.__name__}")

    def correspond(self, rng: Random) -> None:
        """Thanks are written, what waited leaves or is taken back, a day of posting is corrected.

        Drawn apart from all else, so that worlds without letters live as they did before there were any.
        """
        if rng.random() < 0.35:
            for piece in write_thanks(
                rng, self.account, self.today - timedelta(days=rng.randrange(self.gap + 4))
            ):
                self.change.pieces[piece.id] = (self.account, piece)
        for piece in self.account.pieces:
            waits = piece.left is None and not piece.cancelled
            if waits and rng.random() < 0.5:
                come_true(rng, piece, self.today)
            elif piece.left is not None and rng.random() < 0.05:
                piece.left -= timedelta(days=2)
            else:
                continue
            self.change.pieces[piece.id] = (self.account, piece)

    # -- verbs on touchpoints ------------------------------------------------------------------

    def complete(self) -> None:
        if row := self.open_row():
            day = self.day()
            talk = self.talk(day, kind=CHANNEL.get(row.kind, "call"), reached=True)
            self.change.of_row(
                self.account, row.but(state=DONE, closed_on=day, interaction=talk.id, reason="")
            )
            if self.rng.random() < 0.3:
                self.promise(talk)

    def skip(self) -> None:
        if row := self.open_row():
            closed = row.but(state=SKIPPED, closed_on=self.day(), reason="holidays there")
            self.change.of_row(self.account, closed)

    def snooze(self) -> None:
        """Snoozed or dated by hand; the lapse counts from the new date, for calendar items not earlier."""
        if row := self.open_row():
            on = self.day()
            until = on + timedelta(days=self.rng.choice([1, 3, 10, 30, 60]))
            lapses = row.lapses_on
            if lapses is not None and row.anchor != AGREED:
                moved = until + timedelta(days=row.lapse_after)
                lapses = max(moved, lapses) if row.anchor == CALENDAR else moved
            later = row.but(
                due_on=until, snoozed_on=on, touched=True, lapses_on=lapses, reason="asked for later"
            )
            self.change.of_row(self.account, later)

    def agree(self) -> None:
        """A talk outside any touchpoint that ended with a date."""
        self.promise(self.talk(self.day(), kind=self.rng.choice(["call", "call", "email"]), reached=True))

    def promise(self, talk: Talk) -> None:
        kind = self.rng.choice(["call", "call", "meeting", "todo"])
        on = talk.day + timedelta(days=self.rng.choice([1, 7, 30, 50]))
        slot, basis = ("todo", "todo") if kind == "todo" else ("agreed", "agreed")
        row = Row(
            slot, f"I{talk.id}", kind, AGREED, basis, talk.day, on, on, on,
            assignee=Days(self.world).active_owner(self.account) or next(iter(self.world.people)),
            touched=True, made_by=talk.id,
        )  # fmt: skip
        self.change.of_row(self.account, row)

    def settle_agreed(self) -> None:
        """The agreed date is kept, dropped or called off."""
        if row := self.open_row(AGREED):
            state = self.rng.choice([DONE, DONE, SKIPPED, CANCELLED])
            day = self.day()
            talk = self.talk(day, kind="call", reached=True).id if state == DONE else None
            self.change.of_row(
                self.account, row.but(state=state, closed_on=day, interaction=talk, reason="settled")
            )

    # -- logs ----------------------------------------------------------------------------------

    def talk(self, day: date, **known: object) -> Talk:
        return self.noted(add_talk(self.rng, self.account, day, withdrawn=False, **known))

    def noted(self, talk: Talk) -> Talk:
        self.change.talks[talk.id] = (self.account, talk)
        return talk

    def log(self) -> None:
        self.talk(self.day(), kind=self.rng.choice(["call", "meeting", "visit", "email"]))

    def log_late(self) -> None:
        """Something that happened before the last run comes to the records now."""
        self.talk(self.day() - timedelta(days=self.rng.randrange(60)), kind="call", reached=True)

    def withdraw(self) -> None:
        """*reopens only row k; an earlier row becomes skipped "log withdrawn"*"""
        talks = [talk for talk in self.account.talks if not talk.withdrawn]
        if not talks:
            return
        talk = self.rng.choice(talks[-3:])
        self.noted(talk).withdrawn = True
        for row in list(self.account.rows.values()):
            if row.interaction == talk.id and row.state == DONE:
                self.change.of_row(self.account, self.undone(row))
            if row.made_by == talk.id and row.state == OPEN:
                gone = row.but(state=CANCELLED, closed_on=self.today, reason="log withdrawn")
                self.change.of_row(self.account, gone)

    def undone(self, row: Row) -> Row:
        if row.anchor == ROLLING and int(row.cycle[1:]) < self.highest(row.slot):
            return row.but(state=SKIPPED, reason="log withdrawn")
        return row.but(state=OPEN, closed_on=None, interaction=None, reason="")

    def highest(self, slot: str) -> int:
        rows = [row for row in self.account.rows.values() if row.slot == slot and row.anchor == ROLLING]
        return max(int(row.cycle[1:]) for row in rows if row.state in {DONE, SKIPPED})

    def correct_log(self) -> None:
        """Another date for a log, and for what it closed."""
        if not self.account.talks:
            return
        talk = self.rng.choice(self.account.talks)
        self.noted(talk).day -= timedelta(days=self.rng.choice([1, 5, 30]))
        for row in list(self.account.rows.values()):
            if row.interaction == talk.id and row.state == DONE:
                self.change.of_row(self.account, row.but(closed_on=talk.day))

    # -- facts ---------------------------------------------------------------------------------

    def touch(self) -> None:
        self.change.accounts[self.account.id] = self.account

    def buy(self) -> None:
        self.sold(add_purchase(self.rng, self.account, self.day()))

    def import_older(self) -> None:
        day = self.day() - timedelta(days=self.rng.randrange(400))
        self.sold(add_purchase(self.rng, self.account, day))

    def void(self) -> None:
        """A purchase is voided (often the first), brought back, or gets another date."""
        if not self.account.purchases:
            return
        purchases = sorted(self.account.purchases, key=lambda purchase: purchase.day)
        purchase = self.rng.choice([purchases[0], *purchases])
        if self.rng.random() < 0.3:
            purchase.day = self.today - timedelta(days=self.rng.randrange(60))
        else:
            purchase.void = not purchase.void
        self.sold(purchase)

    def sold(self, purchase: Purchase) -> None:
        """Sales writes the purchase, the status and the day of the first purchase."""
        self.change.purchases[purchase.id] = (self.account, purchase)
        first = first_net_purchase(self.account)
        if self.account.status != "former":
            self.account.status = "customer" if first else "prospect"
        self.account.became_customer = first or self.account.became_customer
        self.touch()

    def retier(self) -> None:
        account = self.account
        rank = self.rng.choice([rank for rank in self.world.ranks if rank != account.rank])
        account.rank_before, account.rank, account.tier_since = account.rank, rank, self.day()
        self.touch()

    def pause(self) -> None:
        if self.account.paused_from is not None and self.rng.random() < 0.5:
            self.account.paused_from = self.account.paused_until = None
        else:
            set_pause(self.rng, self.account, self.today)
        self.touch()

    def override(self) -> None:
        if self.account.overrides and self.rng.random() < 0.5:
            self.account.overrides.clear()
        else:
            set_override(self.rng, self.account, self.today)
        self.change.overrides[self.account.id] = self.account

    def hand_over(self) -> None:
        """*owner_before is whoever had it before the first change of a day*; nobody in between leaves it."""
        account, day = self.account, self.day()
        before, account.owner = account.owner, self.rng.choice([*self.world.people, None])
        if before is not None and not (account.owner_since == day and account.owner_before is not None):
            account.owner_before = before
        account.owner_since = day if account.owner is not None else None
        self.touch()

    def campaign(self) -> None:
        """A campaign begins; or the one that runs is ended with a result, or that result is taken back."""
        account = self.account
        last = account.campaigns[-1] if account.campaigns else None
        if last is None or last.ended is not None or last.last < self.today:
            begun = add_campaign(self.rng, account, self.day())
            if last is not None:  # its record says now that its weeks ran out
                self.change.campaigns[last.id] = (account, last)
            self.change.campaigns[begun.id] = (account, begun)
            return
        last.ended = max(self.day(), last.first)
        self.change.campaigns[last.id] = (account, last)

    def change_result(self) -> None:
        """One that was ended runs again, or one that ran out gets its result."""
        if self.account.campaigns:
            last = self.account.campaigns[-1]
            last.ended = None if last.ended is not None else max(self.day(), last.first)
            self.change.campaigns[last.id] = (self.account, last)

    def move_away(self) -> None:
        self.account.country = self.rng.choice(["", "NO", "SE", "DE"])
        self.touch()

    def leave_or_return(self) -> None:
        account = self.account
        if account.became_customer is not None:
            account.status = "customer" if account.status == "former" else "former"
        if account.status == "former":
            self.end_campaigns()
        self.touch()

    def end_campaigns(self) -> None:
        """*Marking the account former ends its campaigns; coming back resumes none*"""
        for campaign in self.account.campaigns:
            if campaign.ended is None:
                campaign.ended = max(min(self.today, campaign.last), campaign.first)
                self.change.campaigns[campaign.id] = (self.account, campaign)


#: What happens how often.
ACTS = [
    *[Between.complete] * 6,
    *[Between.skip] * 2,
    *[Between.snooze] * 4,
    *[Between.agree] * 2,
    *[Between.settle_agreed] * 2,
    *[Between.log] * 3,
    *[Between.log_late] * 2,
    *[Between.withdraw] * 2,
    Between.correct_log,
    *[Between.buy] * 3,
    Between.import_older,
    *[Between.void] * 2,
    *[Between.retier] * 2,
    *[Between.pause] * 2,
    Between.override,
    *[Between.hand_over] * 2,
    *[Between.campaign] * 2,
    Between.change_result,
    Between.move_away,
    Between.leave_or_return,
]


def pass_time(world: World, seed: int, step: int, today: date) -> tuple[date, Change]:
    """Lets days or weeks pass and things happen; the day of the next run, and what changed."""
    rng = Random(f"step {seed} {step}")
    gap = rng.choice(GAPS)
    after = today + timedelta(days=gap)
    change = Change()
    happen_to_all(rng, world, after, change)
    for account in world.accounts:
        number = account.id - seed * 10_000 - 1
        between = Between(rng_of(seed, number, f"step {step}"), world, account, after, gap, change)
        between.happen()
        between.correspond(rng_of(seed, number, f"letters {step}"))
    return after, change


def happen_to_all(rng: Random, world: World, today: date, change: Change) -> None:
    """The plan, the calendars and the people change for everybody."""
    if rng.random() < 0.25:
        world.plan, change.plan = edited(rng, world.plan, today), True
    if rng.random() < 0.5:
        change.people = True
        add_absence(rng, world, today)
        add_day_off(rng, world, today)
    if rng.random() < 0.3:
        change.people = True
        person = rng.choice(list(world.people.values()))
        person.active = not person.active if rng.random() < 0.4 else person.active
        change_deputy(rng, world, person.id)
    if world.absences and rng.random() < 0.3:
        change.people = True
        world.absences.remove(rng.choice(world.absences))
