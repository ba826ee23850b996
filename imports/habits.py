"""How the examples of a file are read: shown before anything runs, so that a wrong habit is seen in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from imports import column_habits, fields, mapping
from imports.cells import Habit
from imports.errors import RefusedError
from imports.models import ImportBatch


@dataclass(frozen=True)
class Reading:
    """One cell and what it would become; several things where only a person knows."""

    cell: str
    meant: tuple[str, ...]


@dataclass(frozen=True)
class ColumnRead:
    """A column of dates or numbers. ``chosen``: what a person said; ``is_asked``: whether to ask them."""

    field: fields.Field
    cells: list[Reading]
    chosen: str
    is_asked: bool


def readings(batch: ImportBatch) -> dict[str, list[Reading]]:
    """Per column with dates or numbers: its examples as they would be read."""
    return {column: read.cells for column, read in columns_read(batch).items() if read.cells}


def columns_read(batch: ImportBatch) -> dict[str, ColumnRead]:
    """How the columns with dates or numbers would be read.

    By what a person chose, else by what the check has settled, else by what the examples tell, else as
    the other columns tell, else both ways.
    """
    header, examples = batch.layout.get("header", []), batch.layout.get("examples", [])
    known, options = fields.of(batch.kind), mapping.parse_options(batch.options)
    seen = {
        key: (column, known[key], examples[header.index(column)])
        for key, column in batch.mapping.items()
        if key in known and known[key].sql in column_habits.KINDS and column in header[: len(examples)]
    }
    habits = {key: _habit(field, cells_seen) for key, (_c, field, cells_seen) in seen.items()}
    said = {key: column_habits.chosen(options, field) for key, (_c, field, _e) in seen.items()}
    checked = batch.layout.get("habits", {})
    found: dict[str, ColumnRead] = {}
    for key, (column, field, cells_seen) in seen.items():
        settled = said[key] or checked.get(key) or habits[key].verdict() or _told(key, seen, habits, said)
        choices = [_as(one) for one in ([settled] if settled else mapping.HABITS[field.sql])]
        found[column] = ColumnRead(
            field,
            [Reading(cell, _meant(field, cell, choices)) for cell in cells_seen],
            said[key],
            is_asked=bool(said[key]) or habits[key].verdict() is None or batch.error_field == key,
        )
    return found


def _habit(field: fields.Field, seen: list[str]) -> Habit:
    habit = column_habits.KINDS[field.sql]()
    for cell in seen:
        habit.see(1, cell)
    return habit


def _told(key: str, seen: dict[str, Any], habits: dict[str, Habit], said: dict[str, str]) -> str:
    """What the other columns of its type tell, if all that tell agree and its own cells do not differ."""
    if habits[key].is_torn:
        return ""
    theirs = {
        said[other] or habit.verdict() or ""
        for other, habit in habits.items()
        if seen[other][1].sql == seen[key][1].sql and (said[other] or habit.is_told)
    }
    return theirs.pop() if len(theirs) == 1 else ""


def _as(habit: str) -> fields.Habits:
    return column_habits.FileHabits({"": habit}, "").of("")


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
