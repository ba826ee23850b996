"""The ladder as it stands on the page: slots down the side, tiers across, the base plan at the left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Tier
from cadences.models import Plan, PlanItem, Slot
from cadences.plans import words
from cadences.plans.comparing import content
from cadences.since import effective, rank_of


@dataclass(frozen=True)
class Column:
    """The base plan (``tier`` None) or a tier."""

    tier: Tier | None
    is_chosen: bool = False

    @property
    def pk(self) -> int:
        """As it stands in addresses: 0 is the base plan."""
        return self.tier.pk if self.tier is not None else 0

    @property
    def rank(self) -> int:
        return self.tier.rank if self.tier is not None else 0


@dataclass(frozen=True)
class Cell:
    """What a tier gets in a slot: of its own, inherited, off, or nothing."""

    slot: Slot
    column: Column
    own: PlanItem | None
    shown: PlanItem | None  # what the tier effectively gets
    is_changed: bool = False  # otherwise than in the running version

    @property
    def state(self) -> str:
        """own, off, inherited or none."""
        if self.own is not None:
            return "off" if self.own.is_off else "own"
        return "none" if self.shown is None else "inherited"

    @property
    def key(self) -> str:
        return f"{self.slot.pk}-{self.column.pk}"

    @property
    def words(self) -> str:
        if self.state == "off":
            return words.cell(self.own) if self.own is not None else ""
        return words.cell(self.shown) if self.shown is not None else ""

    @property
    def details(self) -> str:
        return words.details(self.shown) if self.shown is not None and self.state == "own" else ""


@dataclass
class Row:
    slot: Slot
    cells: list[Cell]


@dataclass
class Ladder:
    """All rows of a version."""

    plan: Plan
    columns: list[Column]
    track: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    owner: list[Row] = field(default_factory=list)
    letter: list[Row] = field(default_factory=list)
    campaign: list[Row] = field(default_factory=list)
    steps: list[PlanItem] = field(default_factory=list)  # of the track in the base plan, in their order

    @property
    def starts(self) -> str:
        """Which purchases start the track, where its items agree; else empty."""
        said = {words.starts(item) for item in self.steps}
        return said.pop() if len(said) == 1 else ""

    @property
    def chosen(self) -> Column:
        return next(column for column in self.columns if column.is_chosen)

    @property
    def is_empty(self) -> bool:
        return not (self.track or self.rows or self.owner or self.letter or self.campaign)


def ladder_of(plan: Plan, running: Plan | None, chosen: int | None = None) -> Ladder:
    """The ladder of a version; ``chosen``: the tier (0: base) that a phone shows. At most four queries.

    A draft shows every slot, so that it can be filled; other versions those that they use.
    """
    columns = columns_of(Tier.objects.order_by("rank"), chosen)
    own = _by_slot(plan.items.with_words())
    before = _by_slot(running.items.with_words()) if running is not None and running.pk != plan.pk else None
    slots = Slot.objects.of_plans().in_order()
    ladder = Ladder(plan, columns)
    for slot in slots:
        if plan.state == Plan.State.DRAFT or slot.pk in own:
            groups = {name: getattr(ladder, name) for name in ("track", "owner", "letter", "campaign")}
            groups.get(slot.group, ladder.rows).append(_row(slot, columns, own, before))
    ladder.steps = _steps(ladder.track)
    return ladder


def columns_of(tiers: Iterable[Tier], chosen: int | None) -> list[Column]:
    """The base plan and the tiers; where the chosen one is none of them, the lowest tier."""
    found: list[Tier | None] = [None, *tiers]
    keys = [tier.pk if tier is not None else 0 for tier in found]
    at = keys.index(chosen) if chosen in keys else min(1, len(found) - 1)
    return [Column(tier, place == at) for place, tier in enumerate(found)]


Items = dict[int, list[PlanItem]]


def _by_slot(items: Iterable[PlanItem]) -> Items:
    found: Items = {}
    for item in items:
        found.setdefault(item.slot_id, []).append(item)
    return found


def _row(slot: Slot, columns: list[Column], own: Items, before: Items | None) -> Row:
    items = own.get(slot.pk, [])
    by_rank = {rank_of(item): item for item in items}
    cells = []
    for column in columns:
        shown = effective(items, slot.pk, column.rank)
        changed = False
        if before is not None:
            then = effective(before.get(slot.pk, []), slot.pk, column.rank)
            changed = content(then) != content(shown)
        cells.append(Cell(slot, column, by_rank.get(column.rank), shown, changed))
    return Row(slot, cells)


def _steps(track: list[Row]) -> list[PlanItem]:
    """What follows a purchase for an account of the lowest tier, in the order of time."""
    items = [row.cells[min(1, len(row.cells) - 1)].shown for row in track]
    days = {"day": 1, "week": 7, "month": 30, "year": 365}
    return sorted((item for item in items if item is not None), key=lambda one: one.every * days[one.unit])
