"""Finding likely pairs among all accounts and people: once a night, or when somebody asks.

Records meet under their keys in PostgreSQL, which never compares everything with everything; the rules
judge those that met. A key that many share (a hoster's domain, the number of a call centre) says nothing.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection, transaction

from core import jobs
from core.models import JobRun
from core.tables import table_of
from imports.duplicates.found import ACCOUNTS, AT_ONCE, CONTACTS, Kind
from imports.duplicates.undoing import forget_old
from users.clock import company_today

JOB = "duplicates"
MOST_PER_KEY = 20

_MEETING = """
WITH telling AS (
    SELECT kind, key FROM tend_key GROUP BY kind, key HAVING count(*) BETWEEN 2 AND %s
)
SELECT DISTINCT one.id, other.id
FROM telling
JOIN tend_key one USING (kind, key)
JOIN tend_key other USING (kind, key)
WHERE one.id < other.id
ORDER BY one.id, other.id
"""


def run(on: date, asked_by: str, *, again: bool = False) -> JobRun | None:
    """Look once a civil day, ``again`` when a person asks; forgets on the way what old merges had kept."""
    claimed = jobs.claim(JOB, on.isoformat(), asked_by, again=again)
    return jobs.perform(claimed, _work) if claimed else None


def tick() -> JobRun | None:
    """Look if nobody has today; harmless at any time."""
    return jobs.once(JOB, company_today().isoformat(), _work)


def last_look() -> JobRun | None:
    """The latest run, done or not."""
    return JobRun.objects.filter(job=JOB).order_by("-period").first()


def _work() -> dict[str, Any]:
    return {"accounts": find(ACCOUNTS), "people": find(CONTACTS), "forgotten": forget_old()}


@transaction.atomic
def find(kind: Kind) -> int:
    """Make the open pairs equal to what the rules find; what was decided stays. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tend_key, tend_pair")
        cursor.execute("CREATE TEMP TABLE tend_key (id bigint, kind text, key text) ON COMMIT DROP")
        cursor.execute(
            "CREATE TEMP TABLE tend_pair (one bigint, other bigint, score int, reasons jsonb) ON COMMIT DROP"
        )
        for rows in kind.every():
            keys = ((row[0], *key) for row in rows for key in kind.keys(row))
            _copy(cursor, "tend_key", keys)
        cursor.execute("ANALYZE tend_key")
        for met in _meeting():
            _copy(cursor, "tend_pair", _likely(kind, met))
        return _keep(cursor, kind)


def _meeting() -> Iterator[list[tuple[int, int]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_MEETING, [MOST_PER_KEY])
        while pairs := cursor.fetchmany(AT_ONCE):
            yield pairs


def _likely(kind: Kind, met: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    facts = kind.some({pk for pair in met for pk in pair})
    for one, other in met:
        if one not in facts or other not in facts:
            continue  # merged or deleted since the keys were read
        likeness = kind.judge(facts[one], facts[other])
        if likeness.is_likely:
            reasons = json.dumps([reason.value for reason in likeness.reasons])
            yield one, other, likeness.score, reasons


def _keep(cursor: Any, kind: Kind) -> int:
    table = table_of(kind.pairs)
    records = table_of(kind.model)
    cursor.execute(
        f"INSERT INTO {table} AS kept (first_id, second_id, score, reasons, state, created_at, updated_at) "
        "SELECT one, other, score, reasons, 'open', now(), now() FROM tend_pair "
        f"WHERE one IN (SELECT id FROM {records}) AND other IN (SELECT id FROM {records}) "
        "ON CONFLICT (first_id, second_id) DO UPDATE "
        "SET score = excluded.score, reasons = excluded.reasons, updated_at = now() "
        "WHERE kept.state = 'open' AND (kept.score, kept.reasons) <> (excluded.score, excluded.reasons)"
    )
    cursor.execute(
        f"DELETE FROM {table} kept WHERE state = 'open' AND NOT EXISTS "
        "(SELECT FROM tend_pair WHERE one = kept.first_id AND other = kept.second_id)"
    )
    cursor.execute(f"SELECT count(*) FROM {table} WHERE state = 'open'")
    return int(cursor.fetchone()[0])


def _copy(cursor: Any, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY a slice at a time, so that memory does not grow with the number of rows."""
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        buffer = io.StringIO()
        csv.writer(buffer).writerows(part)
        buffer.seek(0)
        cursor.copy_expert(f"COPY {table} FROM STDIN WITH (FORMAT csv)", buffer)
