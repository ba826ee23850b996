"""A wave as CRM, box and tally each see it, for tests: planned, answered and closed by their own roles."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg2

from ballotbox import sealing, tally
from ballotbox.database import connected, words
from ballotbox.keyfiles import KeyFiles
from ballotbox.policy import DEFAULT, Policy
from ballotbox.questionnaire import Questionnaire
from tests.ballots import Ballots, questionnaire

OPENS, LAST_SEND, CLOSES = date(2025, 7, 1), date(2025, 9, 30), date(2025, 10, 28)
AFTER = date(2025, 10, 29)


def plan(
    ballots: Ballots, *, closes: date = CLOSES, label: str = "2025 Q3", programme: str = "after-1",
    asked: Questionnaire | None = None, policy: Policy = DEFAULT, dimensions: Sequence[str] = ("tier",),
) -> UUID:  # fmt: skip
    """As the CRM does it."""
    wave = uuid4()
    with connected(ballots.results_url) as cursor:
        cursor.execute(
            """INSERT INTO wave
                   (id, programme, label, opens, last_send, closes, questionnaire, policy, dimensions)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                str(wave), programme, label, min(OPENS, closes.replace(day=1)), closes.replace(day=2), closes,
                json.dumps((asked or questionnaire()).to_json()), json.dumps(policy.to_json()),
                list(dimensions),
            ],
        )  # fmt: skip
    return wave


def counter(ballots: Ballots, **more: Any) -> tally.Tally:
    return tally.Tally(ballots.tally_url, KeyFiles(ballots.tally_keys), **more)


def open_wave(ballots: Ballots, **facts: Any) -> UUID:
    """Planned, with its key and a place for ballots."""
    wave = plan(ballots, **facts)
    tally.prepare_wave(counter(ballots), wave)
    return wave


def public_key(ballots: Ballots, wave: UUID) -> bytes:
    with connected(ballots.results_url) as cursor:
        cursor.execute("SELECT public_key FROM wave WHERE id = %s", [str(wave)])
        return bytes(cursor.fetchone()[0])


def cast(ballots: Ballots, wave: UUID, *said: Mapping[str, Any], tier: str = "") -> None:
    """As the box does it, each ballot in a transaction of its own."""
    key, codes = public_key(ballots, wave), {"tier": tier} if tier else {}
    put(ballots, wave, *(sealing.seal(key, wave, marked(dict(each), codes)) for each in said))


def marked(answers: Any, codes: Any = None, *, mark: str = "", day: int = 0) -> dict[str, Any]:
    """What the box seals; of an invitation of its own unless a mark is given."""
    return {"answers": answers, "codes": codes or {}, "mark": mark or os.urandom(16).hex(), "day": day}


def put(ballots: Ballots, wave: UUID, *sealed: bytes, tag: bytes = b"") -> None:
    with closing(psycopg2.connect(**words(ballots.box_url))) as connection:
        for each in sealed:
            with connection, connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO ballot (wave, tag, sealed) VALUES (%s, %s, %s) "
                    "ON CONFLICT (wave, tag) DO NOTHING",
                    [str(wave), psycopg2.Binary(tag or os.urandom(16)), psycopg2.Binary(each)],
                )


def close(
    ballots: Ballots, wave: UUID, invited: Mapping[str, int] | None = None, names: Sequence[str] = (),
    *, mailed: int = 100,
) -> None:  # fmt: skip
    """As the CRM does it once the last day is over."""
    with connected(ballots.results_url) as cursor:
        told = json.dumps(dict(invited or {"": 100}))
        cursor.execute("UPDATE wave SET invited = %s, mailed = %s WHERE id = %s", [told, mailed, str(wave)])
        cursor.execute("INSERT INTO redaction (wave, words) VALUES (%s, %s)", [str(wave), list(names)])


def settle(ballots: Ballots, on: date = AFTER, **more: Any) -> None:
    tally.settle(counter(ballots, **more), on, today=on)


def state(ballots: Ballots, wave: UUID) -> str:
    return str(ballots.rows("SELECT state FROM wave WHERE id = %s", str(wave))[0][0])


def snapshot(ballots: Ballots) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the database, and the names of the keys."""
    found = {
        table: sorted(ballots.rows(f"SELECT {table}::text FROM {table}"))
        for table in ("wave", "ballot", "redaction", "release", "figure", "hidden", "comment")
    }
    return found | {"keys": [(name,) for name in KeyFiles(ballots.tally_keys).names()]}


ENOUGH = [{"recommend": n % 11, "change": f"text number {'abcdefghijkl'[n]}"} for n in range(12)]
NEXT, AFTER_NEXT = date(2026, 1, 28), date(2026, 1, 29)


def released(ballots: Ballots) -> list[tuple[object, ...]]:
    return ballots.rows("SELECT ballots, invalid, invited, response, label, keys_destroyed_on FROM release")


def n_of(ballots: Ballots, cell: str = "") -> int:
    rows = ballots.rows(
        "SELECT amount FROM figure WHERE cell = %s AND question = 'recommend' AND measure = 'n'", cell
    )
    return int(rows[0][0])
