"""Plain facts of a small world: what the oracle reads, in the words of the product.

Nothing here knows Django or the database. Dates are civil dates. Ids are the ones that the
database gets, because the spread hangs on the account's id and cycle keys on those of purchases.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

OPEN, DONE, SKIPPED, LAPSED, CANCELLED = "open", "done", "skipped", "lapsed", "cancelled"
EVENT, ROLLING, CALENDAR, AGREED = "after_event", "after_contact", "calendar", "agreed"
COMPANY_CURRENCY = "EUR"


@dataclass
class WorkCalendar:
    id: int
    country: str = ""
    subdivision: str = ""
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    closures: set[date] = field(default_factory=set)


@dataclass
class Person:
    """A user, with the standing deputy and the team that says who their manager is."""

    id: int
    calendar: int | None = None
    team: int | None = None
    deputy: int | None = None
    active: bool = True


@dataclass
class Absence:
    id: int
    person: int
    first: date
    last: date
    deputy: int | None = None
    waits: bool = False


@dataclass(frozen=True)
class Item:
    """What a tier gets in a slot; ``rank`` 0 is the base plan. ``every`` and ``unit``: offset or interval.

    ``who`` does it: owner, manager, deputy or nobody.
    """

    slot: str
    rank: int
    kind: str
    anchor: str
    every: int = 0
    unit: str = "day"
    is_off: bool = False
    is_track: bool = False
    starts: str = "first"
    cycle: str = ""
    window_from: int = 0
    window_days: int = 0
    tolerance: int = 0
    lapse_after: int | None = None
    avoids_track: bool = False
    who: str = "owner"
    min_amount: int | None = None
    product: str = ""
    event: str = "purchase"
    qualifying: tuple[str, ...] = ()
    since: date | None = None

    @property
    def interval(self) -> tuple[int, str]:
        return self.every, self.unit


@dataclass
class Plan:
    version: int
    effective_from: date
    items: tuple[Item, ...]


@dataclass
class Override:
    is_off: bool = False
    every: int | None = None
    unit: str = ""
    until: date | None = None
    as_rank: int | None = None
    since: date | None = None


@dataclass
class Purchase:
    id: int
    day: date
    amount: int
    void: bool = False
    currency: str = COMPANY_CURRENCY
    products: tuple[str, ...] = ()


@dataclass
class Talk:
    """An interaction. ``reached``: the customer was really reached; ``ours``: by the owner's side."""

    id: int
    kind: str
    day: date
    reached: bool = True
    ours: bool = True
    withdrawn: bool = False


@dataclass
class Campaign:
    """Some weeks of closer contact. ``ended``: the day on which a person ended it with a result."""

    id: int
    first: date
    last: date
    ended: date | None = None


@dataclass
class Piece:
    """An e-mail or letter of ours. ``left``: the day on which it left. ``twin``: the earlier one of a pair.

    ``talk``: the interaction it thanks for; ``thanks`` False: it was written for something else.
    """

    id: int
    medium: str
    left: date | None = None
    cancelled: bool = False
    twin: int | None = None
    talk: int | None = None
    thanks: bool = True


@dataclass
class Row:
    """One touchpoint. ``who`` and ``lapse_after`` are those of the item that made it."""

    slot: str
    cycle: str
    kind: str
    anchor: str
    basis: str
    base_on: date
    ideal_on: date
    planned_on: date
    due_on: date
    tolerance: int = 0
    lapses_on: date | None = None
    assignee: int | None = None
    touched: bool = False
    snoozed_on: date | None = None
    state: str = OPEN
    reason: str = ""
    closed_on: date | None = None
    interaction: int | None = None
    made_by: int | None = None
    who: str = "owner"
    lapse_after: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.slot, self.cycle

    def but(self, **fields: object) -> Row:
        return replace(self, **fields)


Rows = dict[tuple[str, str], Row]


@dataclass
class Account:
    id: int
    owner: int | None = None
    owner_before: int | None = None
    owner_since: date | None = None
    country: str = ""
    status: str = "customer"
    became_customer: date | None = None
    rank: int | None = None
    rank_before: int | None = None
    tier_since: date | None = None
    facts_from: date | None = None
    paused_from: date | None = None
    paused_until: date | None = None
    overrides: dict[str, Override] = field(default_factory=dict)
    purchases: list[Purchase] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)


@dataclass
class World:
    """Everything that one night knows. ``ranks`` are the tiers; ``managers`` maps team to manager."""

    plan: Plan
    company_calendar: int | None = None
    calendars: dict[int, WorkCalendar] = field(default_factory=dict)
    holidays: set[tuple[str, str, date]] = field(default_factory=set)
    people: dict[int, Person] = field(default_factory=dict)
    managers: dict[int, int | None] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    ranks: tuple[int, ...] = (1, 2, 3)
    accounts: list[Account] = field(default_factory=list)
    horizon: int = 35
