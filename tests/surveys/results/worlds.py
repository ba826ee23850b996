"""Waves that have really been answered and settled: sealed ballots in, what the tally lets out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from ballotbox import database, sealing, tally
from ballotbox.keyfiles import KeyFiles
from surveys import ballots as gateway
from surveys.models import Programme, Questions, Wave
from tests.ballotbox.waves import marked
from tests.ballots import Ballots, questionnaire

CLOSES = date(2026, 1, 28)
Answers = dict[str, Any]


def make_programme(**fields: Any) -> Programme:
    """The survey after a purchase."""
    fields = {
        "kind": Programme.Kind.AFTER_PURCHASE, "name": "After a purchase", "slot_key": "two-week-survey",
        "sender_name": "Northwind feedback", **fields,
    }  # fmt: skip
    programme, _ = Programme.objects.get_or_create(kind=fields.pop("kind"), defaults=fields)
    return programme


def make_wave(programme: Programme, label: str, closes: date = CLOSES) -> Wave:
    """A wave of it, known to both databases, with its key made."""
    questions, _ = Questions.objects.get_or_create(
        programme=programme, version=1,
        defaults={
            "state": "current", "content": questionnaire().to_json(), "published_on": closes - timedelta(200),
        },
    )  # fmt: skip
    wave = Wave.objects.create(
        programme=programme, label=label, opens_on=closes - timedelta(days=120),
        last_send_on=closes - timedelta(days=28), closes_on=closes, questions=questions, dimensions=["tier"],
    )  # fmt: skip
    gateway.announce(wave)
    return wave


def settle(
    ballots: Ballots, wave: Wave, said: Iterable[tuple[str, Answers]], invited: dict[str, int],
    *, mailed: int = 1000,
) -> None:  # fmt: skip
    """Everybody in ``said`` (tier, answers) votes, then the wave closes and the tally decides."""
    counting = tally.Tally(ballots.tally_url, KeyFiles(ballots.tally_keys))
    tally.prepare_wave(counting, wave.pk)
    key = gateway.standings([wave.pk])[wave.pk].public_key
    assert key is not None
    for tier, answers in said:
        vote(ballots, wave.pk, key, marked(answers, {"tier": tier}))
    gateway.say_invited(wave.pk, invited, mailed=mailed, words=["northwind"])
    tally.settle(counting, wave.closes_on + timedelta(days=1))


def vote(ballots: Ballots, wave: UUID, key: bytes, said: dict[str, Any]) -> None:
    """One sealed ballot, put in by the box's role."""
    with database.connected(ballots.box_url) as cursor:
        cursor.execute(
            "INSERT INTO ballot (wave, tag, sealed) VALUES (%s, %s, %s)",
            [str(wave), os.urandom(16), sealing.seal(key, wave, said)],
        )


def happy(n: int, *, tier: str = "Large", seed: int = 1, low: int = 6) -> list[tuple[str, Answers]]:
    """``n`` answers to the questionnaire of the fixtures, most of them content."""
    chance = Random(seed)
    return [
        (
            tier,
            {
                "recommend": chance.randint(low, 10),
                "product": chance.randint(2, 5),
                "trust": chance.randint(3, 7),
                "process": {"delivery": chance.randint(1, 5), "invoice": chance.choice([4, 5, "na"])},
                "reason": chance.choice(["price", "advice", "advice", "other"]),
                "problems": chance.choice([["delivery"], ["invoice", "price"], ["advice"]]),
                "change": f"Answer the phone sooner, please; wish {chance.randint(10, 99)} of many.",
            },
        )
        for _ in range(n)
    ]


def release_of(ballots: Ballots) -> UUID:
    """The id of the latest release."""
    rows = ballots.rows("SELECT id FROM release ORDER BY released_on DESC LIMIT 1")
    return UUID(str(rows[0][0]))


def plain_release(url: str, wave: UUID, released_on: date = date(2026, 1, 29)) -> UUID:
    """A release without figures, written directly: for tests that only need its address."""
    pk = UUID(int=wave.int ^ 1)
    floors = {
        "score": 8,
        "comment": 10,
        "remainder": 5,
        "increment": 5,
        "cell": 20,
        "cautious": 30,
        "even": 20,
    }
    with database.connected(url) as cursor:
        cursor.execute(
            """INSERT INTO wave (id, programme, label, opens, last_send, closes, questionnaire, policy)
               VALUES (%s, 'p', '2025 Q4', '2025-10-01', '2025-12-31', '2026-01-28', %s, %s)""",
            [str(wave), json.dumps(questionnaire().to_json()), json.dumps(floors)],
        )
        cursor.execute(
            """INSERT INTO release (id, programme, label, waves, released_on, ballots, invalid,
                   cells_withheld, invited, response, fingerprints, code_version)
               VALUES (%s, 'p', '2025 Q4', %s::uuid[], %s, 0, 0, 0, 0, NULL, '{}', 'x')""",
            [str(pk), [str(wave)], released_on],
        )
    return pk
