"""Rows of a unit on their way into the bin and back: in the database, as JSON, no value passes Python."""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import FileField, ForeignKey, Model

from core import rows
from core.tables import key_of, quoted, table_of
from imports.models import BinRow, BinUnit

ROW, REFERENCE, FOLLOWED = (role.value for role in BinRow.Role)
Key = ForeignKey[Any, Any]
OUTSIDE = "NOT EXISTS (SELECT FROM unnest(%s::bigint[]) inside WHERE inside = r.{key})"
"""A row of the table is none of the unit's; as an anti-join, because a unit can hold thousands."""


def run(statement: str, values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def names(model: type[Model]) -> tuple[str, str]:
    """Table and primary key, quoted."""
    return table_of(model), key_of(model)


def keep(unit: BinUnit, model: type[Model], ids: Collection[int]) -> None:
    """Copy these rows into the unit."""
    table, key = names(model)
    stored = next((field.column for field in model._meta.fields if isinstance(field, FileField)), None)
    file = f"r.{quoted(stored)}" if stored else "''"
    run(
        "INSERT INTO imports_binrow (unit_id, role, model, object_id, file, data)"
        f" SELECT %s, %s, %s, r.{key}, {file}, to_jsonb(r) FROM {table} r WHERE r.{key} = ANY(%s)",
        [unit.pk, ROW, model._meta.label_lower, list(ids)],
    )


def delete(model: type[Model], ids: Collection[Any]) -> None:
    table, key = names(model)
    run(f"DELETE FROM {table} WHERE {key} = ANY(%s)", [list(ids)])


def keep_reference(unit: BinUnit, field: Key, ids: Collection[int], inside: Collection[int]) -> None:
    """Note who outside names one of ``ids`` in this column. ``inside``: rows of that table in the unit."""
    table, key = names(field.model)
    column = quoted(field.column)
    run(
        "INSERT INTO imports_binrow (unit_id, role, model, object_id, file, data)"
        f" SELECT %s, %s, %s, r.{key}, '', jsonb_build_object('column', %s::text, 'value', r.{column})"
        f" FROM {table} r WHERE r.{column} = ANY(%s) AND {OUTSIDE.format(key=key)}",
        [unit.pk, REFERENCE, field.model._meta.label_lower, field.column, list(ids), list(inside)],
    )


def loosen(field: Key, ids: Collection[int], inside: Collection[int]) -> None:
    """Nobody outside names these any more."""
    (table, key), column = names(field.model), quoted(field.column)
    run(
        f"UPDATE {table} r SET {column} = NULL WHERE {column} = ANY(%s) AND {OUTSIDE.format(key=key)}",
        [list(ids), list(inside)],
    )


def models_of(unit: BinUnit, role: str = ROW) -> list[type[Model]]:
    """In the order in which they were kept."""
    found = unit.rows.filter(role=role).order_by("pk").values_list("model", flat=True)
    return [apps.get_model(label) for label in dict.fromkeys(found)]


def put_back(unit: BinUnit) -> int:
    """Insert all rows; keys are checked at the commit. Raises IntegrityError where a value is taken."""
    source = "SELECT data FROM imports_binrow WHERE unit_id = %s AND role = %s AND model = %s ORDER BY id"
    return sum(
        rows.put_back_from(model, source, [unit.pk, ROW, model._meta.label_lower])
        for model in models_of(unit)
    )
