"""Rows on their way in: streamed by COPY into temporary tables, judged and moved by set-based SQL.

Four tables live as long as the transaction: ``stage`` (what the file says, typed), ``judged`` (what each
good row would do), ``refused`` (what is not taken, and why) and ``touched`` (accounts whose facts change).
"""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from core.tables import quoted, table_of

Columns = Sequence[tuple[str, str]]

CHUNK = 5_000

TWICE = """
    SELECT key, array_to_string((array_agg(row ORDER BY row))[1:5], ', ') AS lines
    FROM stage WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1
"""
"""Keys that more than one row of the file has, with the first lines that have them."""

PEOPLE = """
    SELECT DISTINCT ON (ref) ref, id FROM (
        SELECT external_id AS ref, id, 1 AS rank FROM users_user WHERE external_id IS NOT NULL
        UNION ALL SELECT email, id, 2 FROM users_user WHERE email IS NOT NULL
    ) AS named ORDER BY ref, rank
"""
"""How files name users: by id in the company's other systems, or by e-mail."""


OWNERSHIP = ("owner_id", "owner_since", "owner_before_id")
"""Columns of an account that say whose it is."""


def create(cursor: CursorWrapper, columns: Columns) -> None:
    """Empty tables for one run; whatever an earlier run left in this transaction is dropped."""
    cursor.execute("DROP TABLE IF EXISTS stage, judged, refused, touched")
    typed = ", ".join(f"{name} {kind}" for name, kind in columns)
    cursor.execute(f"CREATE TEMP TABLE stage (row int, key text, bad boolean, {typed}) ON COMMIT DROP")
    cursor.execute(
        "CREATE TEMP TABLE refused (row int, field text, col text, reason text, cells jsonb) ON COMMIT DROP"
    )
    cursor.execute("CREATE TEMP TABLE touched (account_id bigint PRIMARY KEY) ON COMMIT DROP")


class Copier:
    """Collects rows and sends them to one table in chunks."""

    def __init__(self, cursor: CursorWrapper, table: str, names: Sequence[str]) -> None:
        self.cursor = cursor
        # CSV: an empty cell is NULL; the stage has no empty texts, they mean "no value"
        self.sql = f"COPY {table} ({', '.join(names)}) FROM STDIN WITH (FORMAT csv)"
        self.buffer = io.StringIO()
        # with "\r\n" the writer quotes a lone "\r" too, which COPY would refuse
        self.writer = csv.writer(self.buffer, lineterminator="\r\n")
        self.waiting = 0

    def add(self, row: Sequence[Any]) -> bool:
        """Take a row; True when a chunk was sent."""
        self.writer.writerow(row)
        self.waiting += 1
        if self.waiting >= CHUNK or self.buffer.tell() > 4_000_000:
            self.flush()
            return True
        return False

    def flush(self) -> None:
        if self.waiting:
            self.buffer.seek(0)
            self.cursor.copy_expert(self.sql, self.buffer)
            self.buffer.seek(0)
            self.buffer.truncate()
            self.waiting = 0


def refuse_from_judged(cursor: CursorWrapper) -> None:
    """Move what the judgement refused into ``refused``; its cells are filled in later."""
    cursor.execute(
        "INSERT INTO refused (row, field, reason) "
        "SELECT row, field, reason FROM judged WHERE reason IS NOT NULL"
    )
    cursor.execute("DELETE FROM judged WHERE reason IS NOT NULL")


def name_columns(cursor: CursorWrapper, names: dict[str, str]) -> None:
    """Say refusals in the words of the file: ``names`` is ``{field: column}``."""
    cursor.execute(
        "UPDATE refused SET col = COALESCE(%s::jsonb ->> field, ''), reason = left(reason, 300)",
        [json.dumps(names)],
    )


def lines_without_cells(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM refused WHERE cells IS NULL)")
    return bool(cursor.fetchone()[0])


def fill_cells(cursor: CursorWrapper, rows: Iterable[tuple[int, list[str]]]) -> None:
    """Give refused rows the cells they came with. ``rows`` runs through the file in order."""
    cursor.execute("CREATE TEMP TABLE found (row int, cells jsonb) ON COMMIT DROP")
    copier = Copier(cursor, "found", ("row", "cells"))
    wanted = _wanted(cursor)
    line = next(wanted, None)
    for number, cells in rows:
        while line is not None and line < number:
            line = next(wanted, None)
        if line is None:
            break
        if line == number:
            copier.add((number, as_json(cells)))
    copier.flush()
    cursor.execute(
        "UPDATE refused SET cells = found.cells FROM found "
        "WHERE found.row = refused.row AND refused.cells IS NULL"
    )
    cursor.execute("DROP TABLE found")


def _wanted(cursor: CursorWrapper) -> Iterator[int]:
    """RefusedError lines in order, a page at a time: a million of them need no memory."""
    last = 0
    while True:
        cursor.execute(
            "SELECT DISTINCT row FROM refused WHERE cells IS NULL AND row > %s ORDER BY row LIMIT 10000",
            [last],
        )
        page = [row for (row,) in cursor.fetchall()]
        if not page:
            return
        yield from page
        last = page[-1]


def as_json(cells: Sequence[str]) -> str:
    """Cells for a JSON column; each cut to a length worth keeping."""
    return json.dumps([cell[:2000] for cell in cells[:500]], ensure_ascii=False)


def count(cursor: CursorWrapper) -> dict[str, int]:
    """new, changed, unchanged, refused: rows of the file."""
    cursor.execute("SELECT status, count(*) FROM judged GROUP BY status")
    found = dict(cursor.fetchall())
    cursor.execute("SELECT count(DISTINCT row) FROM refused")
    return {name: found.get(name, 0) for name in ("new", "changed", "unchanged")} | {
        "refused": cursor.fetchone()[0]
    }


# -- pieces of SQL -------------------------------------------------------------------------------------------


def judged_case(faults: Sequence[tuple[str, str, str]]) -> str:
    """``field`` and ``reason`` of the first fault that holds. A fault: condition, field, reason; SQL."""
    fields = " ".join(f"WHEN {condition} THEN {field}" for condition, field, _reason in faults)
    reasons = " ".join(f"WHEN {condition} THEN {reason}" for condition, _field, reason in faults)
    return f"CASE {fields} END AS field, CASE {reasons} END AS reason"


def differs(alias: str, columns: dict[str, str]) -> str:
    """Whether the row would change: an empty cell leaves what is there. ``columns``: column to stage SQL."""
    old = ", ".join(f"{alias}.{name}" for name in columns)
    new = ", ".join(f"COALESCE({expression}, {alias}.{name})" for name, expression in columns.items())
    return f"(({old}) IS DISTINCT FROM ({new}))"


def assignments(alias: str, columns: dict[str, str]) -> str:
    """The SET list that goes with :func:`differs`."""
    return ", ".join(
        f"{name} = COALESCE({expression}, {alias}.{name})" for name, expression in columns.items()
    )


def insert_select(model: type[models.Model], given: dict[str, str], source: str) -> tuple[str, list[Any]]:
    """``INSERT … SELECT`` that fills every column of the model: the given ones, else the field's default.

    Where a given expression is NULL the default stands too. Returns SQL and its leading parameters.
    """
    names, expressions, params = [], [], []
    for field in model._meta.concrete_fields:
        column = field.column
        if column is None or field.generated:
            continue
        if isinstance(field, models.AutoField) and column not in given:
            continue
        stamped = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        default = timezone.now() if stamped else field.get_default()
        expression = given.get(column)
        names.append(quoted(column))
        if expression is not None and default is None:
            expressions.append(expression)
            continue
        cast = field.db_type(connection)
        expressions.append(f"COALESCE({expression}, %s::{cast})" if expression is not None else f"%s::{cast}")
        params.append(field.get_db_prep_save(default, connection))
    return (
        f"INSERT INTO {table_of(model)} ({', '.join(names)}) SELECT {', '.join(expressions)} {source}",
        params,
    )


def number(cursor: CursorWrapper, model: type[models.Model], column: str) -> None:
    """Give new rows the keys that they will have, in the order of the file, before they are inserted."""
    cursor.execute(
        f"UPDATE judged SET {column} = numbered.id FROM ("
        "SELECT row, nextval(pg_get_serial_sequence(%s, 'id')) AS id "
        "FROM (SELECT row FROM judged WHERE status = 'new' ORDER BY row) AS ordered) AS numbered "
        "WHERE numbered.row = judged.row",
        [model._meta.db_table],
    )


def touch(cursor: CursorWrapper, select: str, params: Sequence[Any] = ()) -> None:
    """Add accounts whose facts change. ``select`` yields their ids."""
    cursor.execute(
        f"INSERT INTO touched SELECT DISTINCT account_id FROM ({select}) AS t (account_id) "
        "WHERE account_id IS NOT NULL ON CONFLICT DO NOTHING",
        params,
    )
