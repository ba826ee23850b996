"""How each column writes dates and numbers: what is chosen, else what the column tells, else the others."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping

from django.utils.translation import gettext as _

from imports import cells, fields
from imports.cells import Habit
from imports.cleaners import FileHabits
from imports.errors import QuestionError
from imports.mapping import Mapping, Options

KINDS: dict[str, type[Habit]] = {"date": cells.DateHabit, "numeric": cells.NumberHabit}
"""By the type that a field has in the stage: what watches a column that becomes it."""


def chosen(options: Options, field: fields.Field) -> str:
    """What a person said of this column, or of all columns of the file."""
    whole = {"date": options.date_order, "numeric": options.decimal_mark}.get(field.sql, "")
    return options.habits.get(field.key) or whole


def watched(mapping: Mapping) -> dict[str, Habit]:
    """The fields whose columns have to tell how they are written."""
    known = fields.of(mapping.kind)
    return {
        key: KINDS[known[key].sql]()
        for key in mapping.columns
        if known[key].sql in KINDS and not chosen(mapping.options, known[key])
    }


def settle(mapping: Mapping, seen: AnyMapping[str, Habit], zone: str) -> FileHabits:
    """What each column is read as. Raises QuestionError where only a person can tell."""
    known = fields.of(mapping.kind)
    found = {key: said for key in mapping.columns if (said := chosen(mapping.options, known[key]))}
    for key, habit in seen.items():
        if habit.is_torn:
            raise QuestionError(_torn(mapping.columns[key], habit), key)
        if verdict := habit.verdict():
            found[key] = verdict
    notes = []
    told = {key: found[key] for key in found if key not in seen or seen[key].is_told}
    for key, habit in seen.items():
        if key not in found:
            found[key] = _like_the_others(mapping, key, habit, told)
            notes.append(_said(mapping.columns[key], habit, found[key]))
    return FileHabits(found, zone, tuple(notes))


def _like_the_others(mapping: Mapping, key: str, habit: Habit, told: AnyMapping[str, str]) -> str:
    """What all others of its type are that tell. Raises QuestionError where there is none, or they differ."""
    known = fields.of(mapping.kind)
    theirs = {said for other, said in told.items() if known[other].sql == known[key].sql}
    if len(theirs) != 1:
        raise QuestionError(_two_ways(mapping.columns[key], habit), key)
    return theirs.pop()


def _torn(column: str, habit: Habit) -> str:
    if isinstance(habit, cells.DateHabit):
        text = _(
            "Line %(one)d has a date in “%(column)s” that can only be day first, line %(other)d one that "
            "can only be month first. Correct one of them, or choose the order beside the column "
            "(habits: day_first or month_first)."
        )
        return text % {"column": column[:60], "one": habit.first, "other": habit.second}
    text = _(
        "Line %(one)d writes decimals in “%(column)s” with a dot, line %(other)d with a comma. "
        "Correct one of them, or choose the mark beside the column (habits)."
    )
    return text % {"column": column[:60], "one": habit.first, "other": habit.second}


def _two_ways(column: str, habit: Habit) -> str:
    if isinstance(habit, cells.DateHabit):
        text = _(
            "Column “%(column)s” has dates such as “%(example)s” (line %(line)d), which can be read "
            "two ways. Choose the order beside the column (habits: day_first or month_first)."
        )
    else:
        text = _(
            "Column “%(column)s” has numbers such as “%(example)s” (line %(line)d), which can be read "
            "two ways. Choose the decimal mark beside the column (habits)."
        )
    return text % {"column": column[:60], "example": habit.example, "line": habit.ambiguous}


WORDS = {
    cells.DAY_FIRST: fields.L("day first"),
    cells.MONTH_FIRST: fields.L("month first"),
    ".": fields.L("with a dot for decimals"),
    ",": fields.L("with a comma for decimals"),
}


def _said(column: str, habit: Habit, found: str) -> str:
    text = _(
        "“%(example)s” in column “%(column)s” can be read two ways: it is read %(how)s, like the others."
    )
    return text % {"example": habit.example[:40], "column": column[:60], "how": WORDS[found]}
