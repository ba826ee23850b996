"""Where bars and lines of the chart lie. Across in percent of the width, so that text keeps its size on a
phone; down in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT = 220
GAP = 0.26  # of a week's width
CUT = 1.6
"""The week that holds what is late may be so many times as high as the next highest before it is cut off."""

STRIP = 26
STRIP_TOP = 1.5  # times the capacity


@dataclass(frozen=True)
class Bar:
    """One week: the draft as a bar, the running plan as a line across it."""

    place: int
    week: date
    x: float
    width: float
    y: float
    height: float
    old_x1: float
    old_x2: float
    old_y: float
    next_y: float | None  # where the running plan goes on, to join the steps
    limit_y: float | None
    old: float
    new: float
    limit: float | None
    is_cut: bool
    month: bool  # begins one


@dataclass(frozen=True)
class Tick:
    y: float
    value: float


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    ticks: list[Tick]
    height: int = HEIGHT

    @property
    def has_cut(self) -> bool:
        return any(bar.is_cut for bar in self.bars)


def chart(
    weeks: Sequence[date], old: Sequence[float], new: Sequence[float], limit: Sequence[float] | None = None
) -> Chart:
    """``limit``: a second line, such as capacity."""
    top = _top(old, new, limit)
    wide = 100 / len(weeks)

    def y(value: float) -> float:
        return round(HEIGHT * (1 - min(value, top) / top), 1)

    bars = []
    for place, week in enumerate(weeks):
        after = place + 1 < len(weeks)
        bars.append(
            Bar(
                place=place,
                week=week,
                x=round(wide * (place + GAP / 2), 3),
                width=round(wide * (1 - GAP), 3),
                y=y(new[place]),
                height=round(HEIGHT - y(new[place]), 1),
                old_x1=round(wide * place, 3),
                old_x2=round(wide * (place + 1), 3),
                old_y=y(old[place]),
                next_y=y(old[place + 1]) if after else None,
                limit_y=y(limit[place]) if limit else None,
                old=old[place],
                new=new[place],
                limit=limit[place] if limit else None,
                is_cut=max(new[place], old[place]) > top,
                month=place == 0 or week.month != weeks[place - 1].month,
            )
        )
    return Chart(bars, [Tick(y(value), value) for value in _steps(top)])


def _top(old: Sequence[float], new: Sequence[float], limit: Sequence[float] | None) -> float:
    """A round number above all weeks; above the later ones, where the first is far higher."""
    late = max(old[0], new[0])
    rest = max([*old[1:], *new[1:], *(limit or [])], default=0)
    return _round_up(rest if late > CUT * rest > 0 else max(late, rest))


def _round_up(value: float) -> float:
    size = 1.0
    while size < value:
        for step in (1, 2, 4, 5, 6, 8, 10):
            if value <= size * step:
                return size * step
        size *= 10
    return max(size, 1.0)


def _steps(top: float) -> list[float]:
    parts = 2 if top < 4 else 4
    return [top * part / parts for part in range(parts + 1) if (top * part / parts).is_integer()]


@dataclass(frozen=True)
class Mark:
    """One week in the strip of a person: in percent across, in pixels down."""

    x: float
    width: float
    y: float
    height: float
    over_height: float  # the part above capacity, from y down


def strip(minutes: Sequence[int], capacity: Sequence[int]) -> list[Mark]:
    """A bar for each week against capacity, the line of which lies at ``LIMIT_Y``."""
    wide = 100 / len(minutes)
    marks = []
    for place, (asked, able) in enumerate(zip(minutes, capacity, strict=True)):
        share = asked / able if able else (STRIP_TOP if asked else 0)
        height = round(STRIP * min(share, STRIP_TOP) / STRIP_TOP, 1)
        over = max(round(height - STRIP / STRIP_TOP, 1), 0)
        marks.append(
            Mark(round(wide * place, 2), round(wide * 0.8, 2), round(STRIP - height, 1), height, over)
        )
    return marks


LIMIT_Y = round(STRIP * (1 - 1 / STRIP_TOP), 1)
