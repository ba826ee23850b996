"""Paging that costs the same with 200,000 rows: count up to a bound, look one row ahead.

Nothing is cut silently: beyond the bound the page says "more than", and *next* goes on as long as
there are rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest

from core.text import whole_number

PAGE_SIZE = 50
COUNT_BOUND = 10_000
LAST_PAGE = 999_999


class Rows(Protocol):
    """A queryset, or something that slices and counts like one."""

    def order_by(self) -> Any:
        """The same rows without order, sliceable and countable."""

    def __getitem__(self, part: slice) -> Any:
        """The rows of that slice."""


@dataclass(frozen=True)
class Page:
    """One page of rows. ``total`` is exact unless ``more_than`` is set."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int
    more_than: bool
    has_next: bool

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.has_next else None

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None


def page_number(request: HttpRequest) -> int:
    """The page asked for; 1 where the address holds nonsense."""
    number = whole_number(request.GET.get("page", ""))
    return number if number and number <= LAST_PAGE else 1


def paginate(rows: Rows, number: int, size: int = PAGE_SIZE) -> Page:
    """Two queries: a count that stops at the bound, and the rows of this page plus one."""
    total = rows.order_by()[: COUNT_BOUND + 1].count()
    start = (number - 1) * size
    if start and start >= total and total <= COUNT_BOUND:
        number, start = 1, 0  # the list has become shorter since the address was made
    found = list(rows[start : start + size + 1])
    return Page(
        rows=found[:size],
        number=number,
        size=size,
        total=min(total, COUNT_BOUND),
        more_than=total > COUNT_BOUND,
        has_next=len(found) > size,
    )


def page_of(rows: Sequence[Any], number: int, size: int = PAGE_SIZE) -> Page:
    """One page of rows that are all in memory; the first where there is no such page."""
    if (number - 1) * size >= len(rows):
        number = 1
    start = (number - 1) * size
    return Page(
        rows=rows[start : start + size],
        number=number,
        size=size,
        total=len(rows),
        more_than=False,
        has_next=len(rows) > start + size,
    )
