"""Notes what an import does while it does it: set-based, in its own transaction.

``made`` and ``prior`` are temporary: keys of rows that were inserted, and watched rows as they were before.
At the end the difference is kept with the batch.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.db import models
from django.db.backends.utils import CursorWrapper

from core.history import history_of
from core.tables import key_of, table_of
from imports.undo import rules

AT_ONCE = 5_000


def open_journal(cursor: CursorWrapper) -> None:
    """Empty tables for one run."""
    cursor.execute("DROP TABLE IF EXISTS made, prior")
    cursor.execute("CREATE TEMP TABLE made (model text, id bigint) ON COMMIT DROP")
    cursor.execute("CREATE TEMP TABLE prior (model text, id bigint, row jsonb) ON COMMIT DROP")


def watch(cursor: CursorWrapper, model: type[models.Model], ids: str, columns: Sequence[str] = ()) -> None:
    """Keep rows as they are before the import changes or deletes them. ``ids``: SQL that yields their keys.

    ``columns``: keep only these. A watched key without a row counts as made when there is one at the end.
    """
    table, key = table_of(model), key_of(model)
    row = "to_jsonb(r)"
    if columns:
        pairs = ", ".join(f"'{name}', r.{name}" for name in columns)
        row = f"CASE WHEN r.{key} IS NOT NULL THEN jsonb_build_object({pairs}) END"
    cursor.execute(
        f"INSERT INTO prior SELECT %s, w.id, {row} FROM (SELECT DISTINCT id FROM ({ids}) AS ids (id) "
        f"WHERE id IS NOT NULL) AS w LEFT JOIN {table} r ON r.{key} = w.id",
        [model._meta.label],
    )


def inserting(model: type[models.Model], insert: str) -> str:
    """The INSERT, noting the keys of what it makes; its row count is theirs."""
    return (
        f"WITH inserted AS ({insert} RETURNING {key_of(model)} AS id) "
        f"INSERT INTO made SELECT '{model._meta.label}', id FROM inserted"
    )


def keep(cursor: CursorWrapper, batch_id: int) -> None:
    """Keep with the batch what it has made and changed."""
    cursor.execute("SELECT DISTINCT model FROM prior ORDER BY model")
    for (label,) in cursor.fetchall():
        _keep_changes(cursor, batch_id, apps.get_model(label))
    cursor.execute("SELECT DISTINCT model FROM made ORDER BY model")
    for (label,) in cursor.fetchall():
        cursor.execute(
            "INSERT INTO imports_createdrows (batch_id, model, ids, since) "
            f"SELECT %s, %s, array_agg(id ORDER BY id), {_last_event(apps.get_model(label))} "
            "FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS part "
            "FROM made WHERE model = %s) AS parts GROUP BY part",
            [batch_id, label, AT_ONCE, label],
        )


def _keep_changes(cursor: CursorWrapper, batch_id: int, model: type[models.Model]) -> None:
    label, table, key = model._meta.label, table_of(model), key_of(model)
    generated = [field.column for field in model._meta.concrete_fields if field.generated and field.column]
    unsaid = [*rules.machine_columns(label), *generated]
    cursor.execute(
        f"INSERT INTO made SELECT p.model, p.id FROM prior p JOIN {table} r ON r.{key} = p.id "
        "WHERE p.model = %s AND p.row IS NULL AND NOT EXISTS "
        "(SELECT FROM made m WHERE m.model = p.model AND m.id = p.id)",
        [label],
    )
    cursor.execute(
        f"""
        INSERT INTO imports_changedrow (batch_id, model, object_id, before, after)
        SELECT %s, p.model, p.id, COALESCE(d.before, p.row), d.after
        FROM prior p LEFT JOIN {table} r ON r.{key} = p.id
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(old.key, old.value) AS before,
                   jsonb_object_agg(old.key, new.value) AS after
            FROM jsonb_each(p.row) old JOIN jsonb_each(to_jsonb(r)) new USING (key)
            WHERE old.value <> new.value AND old.key <> ALL(%s)) d
        WHERE p.model = %s AND p.row IS NOT NULL AND (r.{key} IS NULL OR d.before IS NOT NULL)
        """,
        [batch_id, unsaid, label],
    )


def _last_event(model: type[models.Model]) -> str:
    """SQL: the number of the last change that the history of the model has, 0 where it keeps none."""
    events = history_of(model)
    return f"(SELECT COALESCE(max(pgh_id), 0) FROM {table_of(events)})" if events else "0"
