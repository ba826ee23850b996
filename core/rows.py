"""Rows taken out of their tables as JSON, and put back as they were.

What is deleted as a unit, merged or brought in by mistake can be restored because its rows are kept
whole: every stored column, by its name in the database, ids included. A column added since gets its
default; one dropped since is forgotten.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, models

from core.tables import key_of, quoted, table_of

Kept = dict[str, Any]
"""One row: column to value, as ``to_jsonb`` writes it."""


def keep(model: type[models.Model], ids: Collection[Any], column: str = "") -> list[Kept]:
    """The rows whose ``column`` (the primary key by default) is one of ``ids``, in the order of their keys.

    They stay where they are; lock them first if somebody else may write.
    """
    if not ids:
        return []
    table, key = table_of(model), key_of(model)
    wanted = quoted(column) if column else key
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(r)::text FROM {table} r WHERE {wanted} = ANY(%s) ORDER BY {key}", [list(ids)]
        )
        return [json.loads(text) for (text,) in cursor.fetchall()]


def put_back(model: type[models.Model], rows: Sequence[Kept]) -> int:
    """Insert kept rows with their ids; returns how many. A row that is there already is left alone.

    Foreign keys are checked at the commit, so the order of the tables does not matter inside one
    transaction. Raises IntegrityError where a unique value has been taken by another row since.
    """
    if not rows:
        return 0
    return put_back_from(model, "SELECT jsonb_array_elements(%s::jsonb)", [json.dumps(list(rows))])


def put_back_from(model: type[models.Model], source: str, values: Sequence[Any]) -> int:
    """The same for rows that a query gives, one JSON object each: no value of theirs passes Python.

    All of them must have been kept by the same version of the model, as those of one deletion are.
    """
    first = f"SELECT jsonb_object_keys(data) FROM (SELECT data FROM ({source}) s(data) LIMIT 1) one"
    with connection.cursor() as cursor:
        cursor.execute(first, list(values))
        known = {column for (column,) in cursor.fetchall()}
        if not known:
            return 0
        fields = [field for field in model._meta.concrete_fields if not field.generated and field.column]
        newer = [field for field in fields if field.column not in known]
        names = ", ".join(quoted(field.column) for field in fields)
        given = ", ".join("%s" if field in newer else f"r.{quoted(field.column)}" for field in fields)
        defaults = [field.get_db_prep_save(field.get_default(), connection) for field in newer]
        table, key = table_of(model), key_of(model)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {given} FROM ({source}) s(data)"
            f" CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, s.data) r"
            f" ON CONFLICT ({key}) DO NOTHING",
            [*defaults, *values],
        )
        return int(cursor.rowcount)
