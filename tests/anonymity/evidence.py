"""What an attacker holds: a dump after every submit, and everything that lies in files."""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg2 import sql

from ballotbox import database
from stack import postgres

COPY = re.compile(r"^COPY (\S+) \(([^)]*)\) FROM stdin;\n(.*?)^\\\.$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Person:
    """Somebody who was invited. ``canary``: words that only they write."""

    id: UUID
    name: str
    email: str
    canary: str


@dataclass(frozen=True)
class Row:
    """A row with what PostgreSQL knows of it. ``place`` is its number in the dump, which is heap order."""

    table: str
    values: tuple[str, ...]
    place: int
    ctid: tuple[int, int]
    xmin: int

    @property
    def text(self) -> str:
        return "\t".join(self.values)


@dataclass
class Moment:
    """Everything in the database at one time."""

    dump: str
    rows: list[Row]

    @cached_property
    def dumped(self) -> dict[str, list[str]]:
        """The lines of each table in the dump, in its order."""
        return {name: body.splitlines() for name, _, body in COPY.findall(self.dump)}


@dataclass
class Evidence:
    """The whole play as seen by somebody who saw everything but the people's screens.

    ``invited``: all, as the mailer lists them; ``order``: who answered, first to last. Both are known.
    """

    invited: list[Person]
    order: list[Person]
    moments: list[Moment] = field(default_factory=list)
    submits: list[tuple[Person, Moment, Moment]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def first(self) -> Moment:
        return self.moments[0]

    @property
    def last(self) -> Moment:
        return self.moments[-1]

    def steps(self) -> Iterator[tuple[Person, Moment, Moment]]:
        """Each submit with the dumps before and after it; without ``submits`` nothing else has happened."""
        yield from self.submits or zip(self.order, self.moments, self.moments[1:], strict=False)


def read(url: str, schemas: Sequence[str], prefix: str = "") -> Moment:
    """Every row with its system columns, and as text: quicker than a dump, and no less."""
    with database.connected(url) as cursor:
        rows = list(_rows(cursor, schemas, prefix))
    return Moment("\n".join(row.text for row in rows), rows)


def look(url: str, schemas: Sequence[str], *options: str, prefix: str = "") -> Moment:
    """A plain dump as the owner of the tables makes it, and every row with its system columns.

    ``prefix``: before the names of tables, where there is more than one database.
    """
    words = database.words(url)
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    env = postgres.environment() | {names[key]: str(value) for key, value in words.items()}
    command = [
        str(postgres.binaries() / "pg_dump"),
        "--no-owner",
        *options,
        *(f"--schema={name}" for name in schemas),
    ]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    with database.connected(url) as cursor:
        return Moment(done.stdout, list(_rows(cursor, schemas, prefix)))


def _rows(cursor: Any, schemas: Sequence[str], prefix: str) -> Iterator[Row]:
    cursor.execute(
        """SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
           WHERE relkind = 'r' AND nspname = ANY(%s) ORDER BY 1, 2""",
        [list(schemas)],
    )
    for schema, table in cursor.fetchall():
        cursor.execute(
            sql.SQL("SELECT ctid::text, xmin::text, * FROM {}").format(sql.Identifier(schema, table))
        )
        for place, (ctid, xmin, *values) in enumerate(cursor.fetchall()):
            block, _, offset = ctid.strip("()").partition(",")
            said = tuple(bytes(v).hex() if isinstance(v, memoryview) else str(v) for v in values)
            yield Row(f"{prefix}{schema}.{table}", said, place, (int(block), int(offset)), int(xmin))


def files_below(*folders: Path) -> dict[str, bytes]:
    """Every file, by its path."""
    paths: Iterable[Path] = (path for folder in folders for path in sorted(folder.rglob("*")))
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


def canaries(count: int, seed: int) -> list[str]:
    """Words that occur nowhere else: letters only, so that nothing takes them for a name or a number."""
    chance = random.Random(seed)
    return [f"canary {_word(chance)} sings" for _ in range(count)]


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=12))


def people(count: int, seed: int) -> list[Person]:
    """Invented people."""
    chance = random.Random(seed)
    return [
        Person(
            UUID(int=chance.getrandbits(128), version=4),
            _word(chance).title(),
            f"{_word(chance)}@{n}.example",
            canary,
        )
        for n, canary in enumerate(canaries(count, seed + 1))
    ]


def log_since(path: Path, size: int) -> bytes:
    """What was written to a log after it had that size."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(min(size, os.path.getsize(path)))
        return file.read()
