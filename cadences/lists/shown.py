"""The account list as its template reads it: headings, rows of cells, columns to choose among."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cadences.lists.choice import Choice
from cadences.lists.columns import COLUMNS, NAME, Column, Row, chosen
from core.keyset import KeysetPage


@dataclass(frozen=True)
class Heading:
    """``sorted``: ascending, descending or empty; ``address`` sorts by the column, or turns it round."""

    column: Column
    sorted: str
    address: str


@dataclass(frozen=True)
class Line:
    """One account, its address, what ticks it, and the cells behind its name as HTML: there are hundreds."""

    account: Row
    address: str
    tick: str
    cells: SafeString


@dataclass(frozen=True)
class Offered:
    """A column of the chooser: the shown ones first, in their order."""

    column: Column
    is_shown: bool


def headings(choice: Choice) -> list[Heading]:
    return [_heading(choice, column) for column in (NAME, *chosen(choice.columns))]


def _heading(choice: Choice, column: Column) -> Heading:
    up, down = column.key, f"-{column.key}"
    if choice.sort == up:
        return Heading(column, "ascending", choice.address(sort=down))
    if choice.sort == down:
        return Heading(column, "descending", choice.address(sort=up))
    return Heading(column, "", choice.address(sort=down if column.first == "-" else up))


def lines(page: KeysetPage, choice: Choice, today: date) -> list[Line]:
    columns = [(_cell(column), column) for column in chosen(choice.columns)]
    address = reverse("accounts:detail", args=[0]).replace("/0/", "/%d/")  # once, not for every row
    tick = _("Tick %(name)s")
    return [
        Line(
            row,
            address % row.pk,
            tick % {"name": row.name},
            _joined(opening + conditional_escape(column.show(row, today)) for opening, column in columns),
        )
        for row in page.rows
    ]


def _cell(column: Column) -> SafeString:
    """The opening tag; the label is shown on a phone, where there are no headings."""
    if column.where:
        return format_html('<td class="{}">', "where")
    return format_html('<td class="{}" data-label="{}">', "num" if column.num else "", column.label)


def _joined(cells: Iterable[SafeString]) -> SafeString:
    return mark_safe("</td>".join([*cells, ""]))  # noqa: S308 - every cell is escaped


def offered(choice: Choice) -> Sequence[Offered]:
    shown = [Offered(column, True) for column in chosen(choice.columns)]
    rest = [key for key in COLUMNS if key != NAME.key and key not in choice.columns]
    return [*shown, *(Offered(COLUMNS[key], False) for key in rest)]


def orders() -> list[tuple[str, str]]:
    """Every order of the list in words, each column up and down."""
    found = []
    for key, column in COLUMNS.items():
        words = (_("%(column)s, first to last"), _("%(column)s, last to first"))
        for sign, text in zip(("", "-"), words, strict=True):
            found.append((f"{sign}{key}", text % {"column": column.label}))
    return found
