"""The archive of everything: PostgreSQL writes the tables, rows go through and are never held.

All tables are of one moment: one snapshot, read by a connection of its own.
"""
# ruff: noqa: S608 - names come from the models

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, connections, models

from accounts.models import AccountFile
from core.jobs import kill_point
from core.spreadsheets import LIVE
from core.tables import quoted
from correspondence.models import PieceFile
from imports.taking_out.tables import LEFT_OUT, Table

BLOCK = 1 << 20
TEXTS = (models.CharField, models.TextField, models.FileField)
STRUCTURED = (models.JSONField, ArrayField)
FILES: tuple[type[models.Model], ...] = (AccountFile, PieceFile)

Said = Callable[[str, int, int], None]
"""Told what is being written, how many steps are done and of how many; called again and again meanwhile."""


def write(path: Path, tables: list[Table], *, with_files: bool, at: datetime, said: Said) -> dict[str, int]:
    """Write the archive to ``path``. Returns table -> rows."""
    counts: dict[str, int] = {}
    steps = 2 * len(tables) + with_files
    with _snapshot() as cursor, ZipFile(path, "w", ZIP_DEFLATED, compresslevel=5) as archive:
        for number, table in enumerate(tables):
            ring = _bell(said, table.name, 2 * number, steps)
            with archive.open(f"csv/{table.name}.csv", "w", force_zip64=True) as entry:
                entry.write("\ufeff".encode())
                counts[table.name] = _copy(cursor, _as_csv(table), entry, ring)
            if 2 * number >= len(tables):
                kill_point("archive half")
            ring = _bell(said, table.name, 2 * number + 1, steps)
            with archive.open(f"json/{table.name}.jsonl", "w", force_zip64=True) as entry:
                _copy(cursor, _as_json(table), entry, ring)
        if with_files:
            counts["files"] = _files(cursor, archive, _bell(said, "files", steps - 1, steps))
        archive.writestr("README.txt", read_me(tables, counts, at))
    return counts


@contextmanager
def _snapshot() -> Iterator[Any]:
    """A cursor that sees one moment, however long it takes, and cannot write."""
    own = connections[DEFAULT_DB_ALIAS].copy()
    try:
        own.ensure_connection()
        own.connection.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        with own.connection.cursor() as cursor:
            yield cursor
    finally:
        own.connection.rollback()
        own.close()


def _copy(cursor: Any, select: str, entry: IO[bytes], ring: Callable[[], None]) -> int:
    cursor.copy_expert(select, _Through(entry, ring))
    return int(cursor.rowcount)


class _Through:
    """Hands on what PostgreSQL sends, and rings."""

    def __init__(self, entry: IO[bytes], ring: Callable[[], None]) -> None:
        self.entry, self.ring = entry, ring

    def write(self, block: bytes) -> int:
        self.ring()
        return self.entry.write(block)


def _bell(said: Said, what: str, done: int, steps: int) -> Callable[[], None]:
    return lambda: said(what, done, steps)


# -- tables ------------------------------------------------------------------------------------------------


def _as_csv(table: Table) -> str:
    """With a header; texts that a spreadsheet would run as a formula get an apostrophe before them."""
    columns = ", ".join(f"{_inert(field)} AS {quoted(field.column)}" for field in table.fields)
    return f"COPY ({_select(table, columns)}) TO STDOUT WITH (FORMAT csv, HEADER, ENCODING 'UTF8')"


def _as_json(table: Table) -> str:
    """One object a line, values as they are. JSON holds no control characters, so nothing is quoted."""
    columns = ", ".join(quoted(field.column) for field in table.fields)
    rows = f"SELECT to_jsonb(one)::text FROM ({_select(table, columns)}) AS one"
    return f"COPY ({rows}) TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02', ENCODING 'UTF8')"


def _select(table: Table, columns: str) -> str:
    key = quoted(table.model._meta.pk.column)
    where = f" WHERE {table.where}" if table.where else ""
    return f"SELECT {columns} FROM {quoted(table.table)}{where} ORDER BY {key}"


def _inert(field: models.Field[Any, Any]) -> str:
    column = quoted(field.column)
    if isinstance(field, STRUCTURED):
        return f"to_jsonb({column})::text"
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    if not isinstance(kind, TEXTS):
        return column
    live = ", ".join(f"chr({ord(letter)})" for letter in LIVE if letter != "\0")  # no text holds that one
    return f"CASE WHEN left({column}, 1) IN ({live}) THEN '''' || {column} ELSE {column} END"


# -- uploaded files ----------------------------------------------------------------------------------------


def _files(cursor: Any, archive: ZipFile, ring: Callable[[], None]) -> int:
    """What lies on accounts and goes with mails, under the names that the rows give."""
    written = 0
    for model in FILES:
        cursor.execute(f"SELECT file FROM {quoted(model._meta.db_table)} WHERE file <> '' ORDER BY id")
        for (name,) in cursor.fetchall():
            written += _one_file(archive, name, ring)
    return written


def _one_file(archive: ZipFile, name: str, ring: Callable[[], None]) -> bool:
    try:
        content = default_storage.open(name, "rb")
    except FileNotFoundError:
        return False
    entry = ZipInfo(f"files/{name}")
    entry.compress_type = ZIP_STORED  # documents and pictures are compressed already
    with content, archive.open(entry, "w", force_zip64=True) as target:
        for block in _blocks(content):
            ring()
            target.write(block)
    return True


def _blocks(content: Any) -> Iterable[bytes]:
    while block := content.read(BLOCK):
        yield block


# -- what it says about itself -----------------------------------------------------------------------------


def read_me(tables: list[Table], counts: dict[str, int], at: datetime) -> str:
    """In English whatever the user's language: programs and people elsewhere read it, too."""
    names = "\n".join(f"  {counts[table.name]:>9}  {table.name}" for table in tables)
    missing = "\n".join(f"  {name}: {why}" for name, why in LEFT_OUT.items())
    columns = json.dumps({table.name: [field.column for field in table.fields] for table in tables}, indent=1)
    return (
        f"Everything that Tend held on {at:%Y-%m-%d %H:%M} UTC, all tables of the same moment.\n\n"
        "csv/   for spreadsheets: UTF-8, commas, a header. A text that a spreadsheet would run as a formula\n"
        "       has an apostrophe before it.\n"
        "json/  for programs: one object a line, values exactly as they are stored.\n"
        "files/ uploaded files, if asked for, under the names that the column `file` gives.\n\n"
        "A column `…_id` holds the `id` of a row of another table. `history_…` holds rows as they were\n"
        "before a change (`pgh_created_at`); `pgh_context_id` leads to who did it, in history_context.\n"
        "Survey answers are sealed and lie in a database of their own; nothing of them is here.\n\n"
        f"Rows:\n{names}\n\nNot here:\n{missing}\n\nColumns:\n{columns}\n"
    )
