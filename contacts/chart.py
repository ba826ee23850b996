"""Where the boxes and lines of a map of people stand: pure, the same drawing for the same people.

Reporting runs from left to right: whoever reports to nobody stands in the first column, their people
in the next. Rows are shared by all columns, so between two columns and between two rows there is free
space everywhere, and every line runs there and never behind a box. Pixels; the origin is top left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

BOX_WIDTH, BOX_HEIGHT = 216, 66
GAP_X, GAP_Y = 88, 24
MARGIN = 24
TRUNK = 18  # how far right of the boss a reporting line turns
LANES = (34, 43, 52, 61, 70)  # how far into the space between columns influence turns
PORTS = (17, -17, 24, -24, 9, -9)  # where on a box's side influence begins or ends, from its middle
CHANNELS = (0, 4, -4, 8, -8)  # where between two rows influence runs, from the middle
LONERS_ABREAST = 4
CORNER = 6

Point = tuple[int, int]


@dataclass(frozen=True)
class Spot:
    """The box of one person."""

    key: int
    column: int
    row: int

    @property
    def x(self) -> int:
        return MARGIN + self.column * (BOX_WIDTH + GAP_X)

    @property
    def y(self) -> int:
        return MARGIN + self.row * (BOX_HEIGHT + GAP_Y)

    @property
    def right(self) -> int:
        return self.x + BOX_WIDTH

    @property
    def middle(self) -> int:
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True)
class Line:
    """From one person to another, through these points."""

    start: int
    end: int
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """As SVG draws it, with round corners."""
        return _path(self.points)


@dataclass(frozen=True)
class Chart:
    """The whole drawing. ``reports``: from boss to their people; ``influences``: arrows."""

    spots: tuple[Spot, ...]
    reports: tuple[Line, ...]
    influences: tuple[Line, ...]

    @property
    def width(self) -> int:
        lines = [x for line in self.influences for x, _ in line.points]
        return max([spot.right for spot in self.spots] + lines, default=0) + MARGIN

    @property
    def height(self) -> int:
        return max((spot.y for spot in self.spots), default=0) + BOX_HEIGHT + MARGIN


def draw(people: Sequence[int], boss_of: Mapping[int, int], influences: Iterable[tuple[int, int]]) -> Chart:
    """Place people, in their order, by who reports to whom, and lead the lines between them.

    Links to somebody who is not among the people are left out; a circle, which the verbs refuse, is cut
    at its first person.
    """
    spots = _Placing(people, boss_of).spots
    placed = [spots[key] for key in people]
    reports = [
        (spots[boss_of[key]], spots[key])
        for key in people
        if boss_of.get(key) in spots and spots[key].column == spots[boss_of[key]].column + 1
    ]
    router = _Router()
    return Chart(
        spots=tuple(sorted(placed, key=lambda spot: (spot.row, spot.column))),
        reports=tuple(_report(boss, spot) for boss, spot in reports),
        influences=tuple(
            router.lead(spots[who], spots[whom])
            for who, whom in influences
            if who in spots and whom in spots and who != whom
        ),
    )


class _Placing:
    """Column by depth; each person without reports takes a row, a boss the first one of theirs.

    So the head of a line stands top left, where reading and the scrolled box begin.
    """

    def __init__(self, people: Sequence[int], boss_of: Mapping[int, int]) -> None:
        known = set(people)
        boss = {key: boss_of[key] for key in people if boss_of.get(key) in known - {key}}
        self.below: dict[int, list[int]] = defaultdict(list)
        for key, above in boss.items():
            self.below[above].append(key)
        self.spots: dict[int, Spot] = {}
        self.rows = 0
        linked = [key for key in people if key in boss or key in self.below]
        heads = [key for key in linked if key not in boss]
        for key in [*heads, *linked]:  # the second time round: the first of each circle
            if key not in self.spots:
                self._tree(key)
        self._loners([key for key in people if key not in self.spots])

    def _tree(self, head: int) -> None:
        """Everybody below, row by row; without recursion, a line of reporting may be long."""
        column_of, order = {head: 0}, []
        waiting = [head]
        while waiting:
            key = waiting.pop()
            order.append(key)
            fresh = [one for one in self.below[key] if one not in column_of and one not in self.spots]
            column_of |= dict.fromkeys(fresh, column_of[key] + 1)
            waiting += reversed(fresh)
        rows: dict[int, int] = {}
        for key in order:
            if not any(column_of.get(one) == column_of[key] + 1 for one in self.below[key]):
                rows[key] = self.rows
                self.rows += 1
        for key in reversed(order):
            if key not in rows:
                below = (one for one in self.below[key] if column_of.get(one) == column_of[key] + 1)
                rows[key] = min(rows[one] for one in below)
        self.spots |= {key: Spot(key, column_of[key], rows[key]) for key in order}

    def _loners(self, keys: list[int]) -> None:
        """Whom nobody has put into a line: below the others, several abreast."""
        for position, key in enumerate(keys):
            row, column = divmod(position, LONERS_ABREAST)
            self.spots[key] = Spot(key, column, self.rows + row)


def _report(boss: Spot, spot: Spot) -> Line:
    turn = boss.right + TRUNK
    points = ((boss.right, boss.middle), (turn, boss.middle), (turn, spot.middle), (spot.x, spot.middle))
    return Line(boss.key, spot.key, points)


@dataclass
class _Router:
    """Leads influence through the free space; takes turns so that few lines lie on each other."""

    lanes: Counter[int] = field(default_factory=Counter)
    ports: Counter[tuple[int, bool]] = field(default_factory=Counter)
    channels: Counter[int] = field(default_factory=Counter)

    def lead(self, start: Spot, end: Spot) -> Line:
        leaves_right = start.column <= end.column
        arrives_right = start.column >= end.column
        first = self._port(start, right=leaves_right)
        last = self._port(end, right=arrives_right)
        out = start.column if leaves_right else start.column - 1
        into = end.column if arrives_right else end.column - 1
        turn = self._lane(out)
        if out == into:
            return Line(start.key, end.key, (first, (turn, first[1]), (turn, last[1]), last))
        between, other = self._channel(start, down=end.row > start.row), self._lane(into)
        corners = ((turn, first[1]), (turn, between), (other, between), (other, last[1]))
        return Line(start.key, end.key, (first, *corners, last))

    def _port(self, spot: Spot, *, right: bool) -> Point:
        used = self.ports[spot.key, right]
        self.ports[spot.key, right] += 1
        return (spot.right if right else spot.x, spot.middle + PORTS[used % len(PORTS)])

    def _lane(self, column: int) -> int:
        used = self.lanes[column]
        self.lanes[column] += 1
        return Spot(0, column, 0).right + LANES[used % len(LANES)]

    def _channel(self, spot: Spot, *, down: bool) -> int:
        row = spot.row + 1 if down else spot.row
        used = self.channels[row]
        self.channels[row] += 1
        return Spot(0, 0, row).y - GAP_Y // 2 + CHANNELS[used % len(CHANNELS)]


def _path(points: tuple[Point, ...]) -> str:
    corners = [
        point for position, point in enumerate(points) if position == 0 or point != points[position - 1]
    ]
    said = [f"M{corners[0][0]} {corners[0][1]}"]
    for before, at, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = _towards(at, before), _towards(at, after)
        said.append(f"L{into[0]} {into[1]}Q{at[0]} {at[1]} {out[0]} {out[1]}")
    said.append(f"L{corners[-1][0]} {corners[-1][1]}")
    return "".join(said)


def _towards(at: Point, other: Point) -> Point:
    """A corner's width away from ``at``, at most half the way, along a level or upright line."""
    across, along = other[0] - at[0], other[1] - at[1]
    length = max(abs(across), abs(along))
    step = min(CORNER, length // 2)
    return (at[0] + across * step // length, at[1] + along * step // length) if length else at
