"""The ballots' database as each role reaches it: plain connections, no ORM.

``python -m ballotbox.database`` brings it to the state of this code; it is run by the tally's role.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2
from psycopg2 import sql

SCHEMA = Path(__file__).with_name("schema.sql")

# What each role may do, and nothing else. The tally owns the tables.
BOX_GRANTS = ("INSERT ON ballot", "SELECT (wave, tag) ON ballot")
WAVE_FACTS = (
    "id, programme, label, opens, last_send, closes, questionnaire, policy, dimensions, invited, mailed"
)
RESULTS_GRANTS = (
    "SELECT ON wave",
    f"INSERT ({WAVE_FACTS}) ON wave",  # neither the key nor the state: those are the tally's
    "UPDATE (policy, invited, mailed) ON wave", "SELECT, INSERT, DELETE ON redaction",
    "SELECT ON release, figure, hidden, comment",
)  # fmt: skip


def words(url: str) -> dict[str, Any]:
    """An address like ``postgres://user:password@host:port/name`` (or ``…@/folder/of/socket/name``) for
    libpq.

    What stands behind a question mark goes to libpq as it is. Raises ValueError when it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("The address of the ballots' database begins with postgres://.")
    folder, _, name = parts.path.rpartition("/") if not parts.hostname else ("", "", parts.path[1:])
    found = {
        "host": folder or parts.hostname, "port": parts.port, "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""), "dbname": unquote(name),
    }  # fmt: skip
    options = dict(parse_qsl(parts.query))  # sslmode=verify-full and the like
    return options | {key: value for key, value in found.items() if value}


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """A cursor in a transaction of its own: committed at the end, rolled back on an error."""
    connection = psycopg2.connect(**({"connect_timeout": 10} | words(url) | {"application_name": "ballots"}))
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def prepare(tally_url: str, *, box_role: str, results_role: str) -> None:
    """Create what is missing and grant each role exactly what it needs."""
    with connected(tally_url) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7436)")  # two starts at once take turns
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        cursor.execute(SCHEMA.read_text())
        for role, grants in ((box_role, BOX_GRANTS), (results_role, RESULTS_GRANTS)):
            name = sql.Identifier(role)
            cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name))
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
            for grant in grants:
                cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.SQL(grant), name))


def add_partition(cursor: Any, wave: object) -> None:
    """Where a wave's ballots lie; only the tally may add one."""
    statement = sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF ballot FOR VALUES IN ({})")
    cursor.execute(statement.format(partition(wave), sql.Literal(str(wave))))
    cursor.execute("SELECT leave_ballots_untidied()")


def lock_partition(wave: object) -> sql.Composed:
    """Until the end of the transaction nobody else reads or adds ballots of the wave."""
    return sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(partition(wave))


def drop_partition(cursor: Any, wave: object) -> None:
    """The wave's ballots are gone."""
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(partition(wave)))


def partition(wave: object) -> sql.Identifier:
    """The name of the table that holds a wave's ballots."""
    return sql.Identifier(f"ballot_{str(wave).replace('-', '')}")


def main() -> int:
    """Prepare the database that BALLOTS_TALLY_URL names."""
    urls = [os.environ.get(f"BALLOTS_{role}_URL", "") for role in ("TALLY", "BOX", "RESULTS")]
    try:
        _, box, results = (words(url) for url in urls)
        prepare(urls[0], box_role=box["user"], results_role=results["user"])
    except (ValueError, psycopg2.Error) as error:
        print(f"The ballots' database could not be prepared: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
