"""Where the entries of a day stand in its grid: from which quarter of an hour, how long, in which lane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadences.meetings.calendar import Entry

FIRST_HOUR, LAST_HOUR = 7, 20
ROWS = (LAST_HOUR - FIRST_HOUR) * 4
SHORTEST = 2
MOST_LANES = 6


@dataclass(frozen=True)
class Placed:
    """``row``: the quarter of an hour since the first hour of the grid, ``span``: how many; from 0 on."""

    row: int
    span: int
    lane: int


def place(entries: Iterable[Entry]) -> list[Entry]:
    """The same by their beginning; what runs at the same time stands side by side.

    What lies outside of the hours shown stands at their edge; more than fit share the last lane.
    """
    ends: list[int] = []
    placed = []
    timed = [(entry.start, entry.title, entry.end, entry) for entry in entries if entry.start and entry.end]
    for start, _title, end, entry in sorted(timed, key=lambda one: one[:2]):
        row, span = _rows(start, end)
        lane = next((n for n, end in enumerate(ends) if end <= row), len(ends))
        lane = min(lane, MOST_LANES - 1)
        ends[lane : lane + 1] = [row + span]
        placed.append(replace(entry, placed=Placed(row, span, lane)))
    return placed


def _rows(start: datetime, end: datetime) -> tuple[int, int]:
    first = _row(start)
    last = ROWS if end.date() > start.date() else _row(end)
    row = min(max(first, 0), ROWS - SHORTEST)
    return row, max(SHORTEST, min(last, ROWS) - row)


def _row(moment: datetime) -> int:
    return (moment.hour - FIRST_HOUR) * 4 + moment.minute // 15
