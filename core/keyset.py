"""Paging by the last row instead of by a number: page 4,000 costs what page 1 costs, and no row is
shown twice because somebody added one in front of it.

A list has a sort key, which may be missing, and is tied by id. Rows without a key come last in both
directions. So a list is walked in two *phases*, each of which an index can give in order: the rows with a
key, then those without. A cursor is the key and the id of the row at the edge of a page, and how many rows
stand before it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet

MOST_DIGITS = 40
LONGEST_CURSOR = 8000
_TYPES = {"d": date, "n": Decimal, "t": str}


@dataclass(frozen=True)
class Cursor:
    """The edge of a page. ``before``: the page ends in front of it; else it begins behind it."""

    key: Any
    row_id: int
    position: int
    before: bool = False

    def write(self) -> str:
        """As it stands in an address."""
        kind = "d" if isinstance(self.key, date) else "t" if isinstance(self.key, str) else "n"
        key = None if self.key is None else [kind, str(self.key)]
        text = json.dumps([key, self.row_id, self.position, int(self.before)], ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor | None:
    """What :meth:`Cursor.write` wrote; None, which is the first page, for nonsense."""
    if not text or len(text) > LONGEST_CURSOR:
        return None
    try:
        raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        key, row_id, position, before = raw
        value = None if key is None else _typed(*key)
        if not all(isinstance(number, int) and 0 <= number < 2**62 for number in (row_id, position)):
            return None
    except (ValueError, TypeError, KeyError, InvalidOperation, binascii.Error, RecursionError):
        return None
    return Cursor(value, row_id, position, bool(before))


def _typed(kind: str, text: str) -> Any:
    if kind == "d":
        return date.fromisoformat(text)
    if kind == "t":
        if "\x00" in text:
            raise ValueError
        return text
    if kind != "n" or len(text) > MOST_DIGITS:
        raise ValueError
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:  # 1e999999999 would never end
        raise ValueError
    return number


@dataclass(frozen=True)
class Phases:
    """Rows in the order of a key, then those without one.

    ``keyed``: rows that have the key; ``missing``: the others, or None where every row has it. ``key`` and
    ``row_id`` name their columns; ``kind`` is the type of the key: a cursor of another type is refused.
    ``steps``: where there are only a few keys, each of them, ascending, with its rows: read one after the
    other, as an index on what the rows have in common gives them.
    """

    keyed: QuerySet[Any, Any]
    missing: QuerySet[Any, Any] | None
    key: str
    row_id: str = "pk"
    missing_id: str = "pk"
    descending: bool = False
    kind: type = str
    steps: Sequence[tuple[Any, Q]] | None = None


@dataclass(frozen=True)
class Edge:
    """One row of a page: what it is sorted by, and its id."""

    key: Any
    row_id: int


@dataclass(frozen=True)
class KeysetPage:
    """One page of rows and where to go from it. ``total`` is exact unless ``more_than`` is set."""

    rows: Sequence[Any]
    first: int
    total: int
    more_than: bool
    previous: str
    next: str

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


@dataclass(frozen=True)
class Slice:
    """The edges of one page, in order, and whether rows stand before and behind it."""

    edges: list[Edge]
    position: int
    has_previous: bool
    has_next: bool

    @property
    def previous(self) -> str:
        """The cursor of the page before; empty on the first one."""
        if not (self.has_previous and self.edges):
            return ""
        edge = self.edges[0]
        return Cursor(edge.key, edge.row_id, self.position, before=True).write()

    @property
    def next(self) -> str:
        """The cursor of the page behind; empty on the last one."""
        return self.behind.write() if self.has_next and self.edges else ""

    @property
    def behind(self) -> Cursor:
        """The edge behind the last row."""
        edge = self.edges[-1]
        return Cursor(edge.key, edge.row_id, self.position + len(self.edges))


def cut(phases: Phases, cursor: Cursor | None, size: int) -> Slice:
    """One page of the list: one query, or two where it reaches from one phase into the other.

    The first page for a cursor that leads nowhere any more.
    """
    if cursor is not None and not _fits(cursor.key, phases):
        cursor = None
    if cursor is not None and cursor.before:
        return _backwards(phases, cursor, size)
    edges = _take(phases, cursor, size + 1, forwards=True)
    if cursor is not None and not edges:
        return cut(phases, None, size)
    position = cursor.position if cursor else 0
    return Slice(edges[:size], position, has_previous=cursor is not None, has_next=len(edges) > size)


def _backwards(phases: Phases, cursor: Cursor, size: int) -> Slice:
    found = _take(phases, cursor, size + 1, forwards=False)
    if len(found) <= size:  # the beginning is reached: a whole first page instead of a part of one
        return cut(phases, None, size)
    edges = found[:size][::-1]
    return Slice(edges, max(cursor.position - size, 1), has_previous=True, has_next=True)


def _fits(key: Any, phases: Phases) -> bool:
    if key is None:
        return phases.missing is not None
    return isinstance(key, (int, Decimal) if phases.kind is Decimal else phases.kind)


def _take(phases: Phases, cursor: Cursor | None, wanted: int, *, forwards: bool) -> list[Edge]:
    """Up to so many edges behind (or, backwards, before) the cursor, in walking order."""
    order = [True, False] if forwards else [False, True]
    if cursor is not None and (cursor.key is None) == forwards:
        order = order[1:]  # the other phase lies behind us
    edges: list[Edge] = []
    for is_keyed in order:
        if len(edges) < wanted and (is_keyed or phases.missing is not None):
            inside = cursor if cursor is not None and (cursor.key is not None) == is_keyed else None
            step = _keyed if is_keyed else _missing
            edges += step(phases, inside, wanted - len(edges), forwards=forwards)
    return edges


def _keyed(phases: Phases, cursor: Cursor | None, wanted: int, *, forwards: bool) -> list[Edge]:
    down = phases.descending == forwards
    if phases.steps is not None:
        return _stepped(phases, cursor, wanted, down=down)
    rows = phases.keyed
    if cursor is not None:
        side = "lt" if down else "gt"
        behind = Q(**{f"{phases.key}__{side}": cursor.key}) | Q(
            **{phases.key: cursor.key, f"{phases.row_id}__{side}": cursor.row_id}
        )
        bound = Q(**{f"{phases.key}__{side}e": cursor.key})  # said apart: an index starts there
        rows = rows.filter(bound, behind)
    sign = "-" if down else ""
    ordered = rows.order_by(f"{sign}{phases.key}", f"{sign}{phases.row_id}")
    return [Edge(*pair) for pair in ordered.values_list(phases.key, phases.row_id)[:wanted]]


def _stepped(phases: Phases, cursor: Cursor | None, wanted: int, *, down: bool) -> list[Edge]:
    edges: list[Edge] = []
    for key, of_step in sorted(phases.steps or (), key=lambda step: step[0], reverse=down):
        if len(edges) >= wanted:
            break
        rows = phases.keyed.filter(of_step).order_by(f"{'-' if down else ''}{phases.row_id}")
        if cursor is not None and key != cursor.key and (key > cursor.key) == down:
            continue  # lies behind us
        if cursor is not None and key == cursor.key:
            rows = rows.filter(**{f"{phases.row_id}__{'lt' if down else 'gt'}": cursor.row_id})
        edges += [Edge(key, pk) for pk in rows.values_list(phases.row_id, flat=True)[: wanted - len(edges)]]
    return edges


def _missing(phases: Phases, cursor: Cursor | None, wanted: int, *, forwards: bool) -> list[Edge]:
    assert phases.missing is not None  # noqa: S101 - asked before
    down = phases.descending == forwards
    rows = phases.missing
    if cursor is not None:
        rows = rows.filter(**{f"{phases.missing_id}__{'lt' if down else 'gt'}": cursor.row_id})
    ordered = rows.order_by(f"{'-' if down else ''}{phases.missing_id}")
    return [Edge(None, pk) for pk in ordered.values_list(phases.missing_id, flat=True)[:wanted]]
