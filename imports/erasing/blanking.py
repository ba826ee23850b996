"""Words of rows become ERASED, in the row and in its history; set-based, and nothing is kept of what was."""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import connection, models

from core.history import history_of
from core.tables import quoted, table_of
from imports.erasing.what import ERASED


@contextmanager
def without_history() -> Iterator[None]:
    """The triggers would keep what is blanked here as the row before the change."""
    with pgtrigger.ignore():
        yield


def blank(
    model: type[models.Model],
    ids: Collection[Any],
    words: Sequence[str],
    emptied: Mapping[str, Any] | None = None,
) -> int:
    """Blank these columns of these rows and of their history; again changes nothing. Returns how many."""
    wanted = list(ids)
    values = dict(emptied or {})
    if not wanted or not (words or values):
        return 0
    _update(model, "pk", wanted, words, values)
    if (event := history_of(model)) is not None:
        blank_history(event, "pgh_obj", wanted, words, values)
    return len(wanted)


def blank_history(
    event: type[models.Model],
    key: str,
    ids: Collection[Any],
    words: Sequence[str],
    emptied: Mapping[str, Any] | None = None,
) -> int:
    """The same in a table of history, by a key of its own; what it does not keep is left out."""
    kept = {field.name for field in event._meta.concrete_fields}
    values = {name: value for name, value in (emptied or {}).items() if name in kept}
    if key not in kept or not ids:
        return 0
    return _update(event, key, list(ids), [name for name in words if name in kept], values)


def forget_history(model: type[models.Model], ids: Collection[Any]) -> None:
    """Delete the history of rows that are deleted."""
    if (event := history_of(model)) is not None:
        event._base_manager.filter(pgh_obj__in=list(ids)).delete()


def _update(
    model: type[models.Model], key: str, ids: list[Any], words: Sequence[str], values: Mapping[str, Any]
) -> int:
    sets, parameters = [], []
    for name in words:
        column = _column(model, name)
        sets.append(f"{column} = CASE WHEN COALESCE({column}, '') = '' THEN {column} ELSE %s END")
        parameters.append(ERASED)
    for name, value in values.items():
        sets.append(f"{_column(model, name)} = %s")
        parameters.append(field_of(model, name).get_db_prep_save(value, connection))
    if not sets:
        return 0
    table, where = table_of(model), field_of(model, key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {', '.join(sets)} "
            f"WHERE {_column(model, key)} = ANY(%s::{_type_of(where)}[])",
            [*parameters, [str(one) for one in ids]],
        )
        return int(cursor.rowcount)


def field_of(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """A field that is a column; ``pk`` for the primary key."""
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{model._meta.label}.{name} is no column")
    return field


def column_of(model: type[models.Model], name: str) -> str:
    """Its name in the database."""
    return str(field_of(model, name).column)


def _column(model: type[models.Model], name: str) -> str:
    return quoted(column_of(model, name))


def _type_of(field: models.Field[Any, Any]) -> str:
    """The database's type of a key."""
    found = field.target_field if isinstance(field, models.ForeignKey) else field
    return str(found.rel_db_type(connection))


# -- rows that other parts keep as JSON ----------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A table of another part with rows as JSON, and how it calls its columns.

    ``label``: which model a row is of, in any case of letters. ``row``: the JSON, whole or only what changed.
    ``key``: the primary key of the row; empty where only the JSON has it.
    """

    model: type[models.Model]
    label: str = "model"
    row: str = "row"
    key: str = ""


def blank_kept(
    kept: Kept, model: type[models.Model], where: tuple[str, Collection[Any]], words: Sequence[str],
    emptied: Mapping[str, Any] | None = None, *, unless: str = "",
) -> int:  # fmt: skip
    """Blank the kept rows of ``model`` of which a column is one of some ids; only what stands in them.

    ``unless``: not those that have that column. Returns how many rows; again changes nothing.
    """
    row = _column(kept.model, kept.row)
    parts, parameters = [row], list[Any]()
    for name, value in (emptied or {}).items():
        found = column_of(model, name)
        parts.append(f"CASE WHEN {row} ? %s THEN %s::jsonb ELSE '{{}}' END")
        parameters += [found, json.dumps({found: value})]
    for name in words:
        found = column_of(model, name)
        parts.append(f"CASE WHEN COALESCE({row} ->> %s, '') <> '' THEN %s::jsonb ELSE '{{}}' END")
        parameters += [found, json.dumps({found: ERASED})]
    generated = [field.column for field in model._meta.concrete_fields if field.generated]
    column, ids = where[0], [str(one) for one in where[1]]
    parameters.append(generated)  # they hold the same words again, and are made anew with the row
    if kept.key and column == column_of(model, "pk"):
        matches = f"{_column(kept.model, kept.key)}::text = ANY(%s)"
        parameters += [model._meta.label_lower, ids, unless]
    else:
        matches = f"{row} ->> %s = ANY(%s)"
        parameters += [model._meta.label_lower, column, ids, unless]
    table = table_of(kept.model)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {row} = ({' || '.join(parts)}) - %s::text[] "
            f"WHERE lower({_column(kept.model, kept.label)}) = %s AND {matches} AND NOT {row} ? %s",
            parameters,
        )
        return int(cursor.rowcount)
