"""How the examples of a file are read: shown before anything runs, so that a wrong habit is seen in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from imports import cells, fields
from imports.errors import RefusedError
from imports.models import ImportBatch

Orders = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One cell and what it would become; several things where only a person knows."""

    cell: str
    meant: tuple[str, ...]

    @property
    def is_doubtful(self) -> bool:
        return len(self.meant) > 1


def readings(batch: ImportBatch) -> dict[str, list[Reading]]:
    """Per column with dates or numbers: its examples as they would be read.

    By what the check has settled, else by the options, else by what the examples tell.
    """
    header, examples = batch.layout.get("header", []), batch.layout.get("examples", [])
    known = fields.of(batch.kind)
    watched = [
        (column, known[key], examples[header.index(column)])
        for key, column in batch.mapping.items()
        if key in known and known[key].sql in ("date", "numeric") and column in header[: len(examples)]
    ]
    orders = _orders(batch, [seen for _c, field, seen in watched if field.sql == "date"])
    marks = _marks(batch, [seen for _c, field, seen in watched if field.sql == "numeric"])
    choices = [fields.Habits(order, mark) for order in orders for mark in marks]
    return {
        column: [Reading(cell, _meant(field, cell, choices)) for cell in seen]
        for column, field, seen in watched
        if seen
    }


def _settled(batch: ImportBatch, name: str) -> str:
    return str(batch.options.get(name) or batch.layout.get("habits", {}).get(name) or "")


def _orders(batch: ImportBatch, columns: Iterable[list[str]]) -> Orders:
    if settled := _settled(batch, "date_order"):
        return (settled,)
    habit = cells.DateHabit()
    for cell in (cell for seen in columns for cell in seen):
        habit.see(1, cell)
    verdict = habit.verdict()
    return (verdict,) if verdict else (cells.DAY_FIRST, cells.MONTH_FIRST)


def _marks(batch: ImportBatch, columns: Iterable[list[str]]) -> Orders:
    if settled := _settled(batch, "decimal_mark"):
        return (settled,)
    habit = cells.NumberHabit()
    for cell in (cell for seen in columns for cell in seen):
        habit.see(1, cell)
    verdict = habit.verdict()
    return (verdict,) if verdict else (".", ",")


def _meant(field: fields.Field, cell: str, choices: list[fields.Habits]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for habits in choices:
        try:
            found[_shown(field.clean(cell, habits))] = None
        except RefusedError:
            continue
    return tuple(found) or (_("cannot be read"),)


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return str(formats.date_format(value, "j F Y"))
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))
