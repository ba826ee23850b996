"""The ballots' own database as the CRM reaches it: plan waves, say how many were asked, read how they stand.

The role that is used here may read no ballot; docs/anonymity.md has the list of what each role may do.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg2
from celery import current_app
from django.conf import settings

from ballotbox.database import connected
from ballotbox.database import words as libpq_words
from ballotbox.policy import DEFAULT

if TYPE_CHECKING:
    from surveys.models import Wave

log = logging.getLogger(__name__)
QUEUE = "tally"

ANNOUNCE = """
INSERT INTO wave (id, programme, label, opens, last_send, closes, questionnaire, policy, dimensions)
VALUES (%(id)s, %(programme)s, %(label)s, %(opens)s, %(last_send)s, %(closes)s, %(questionnaire)s, %(policy)s,
    %(dimensions)s)
ON CONFLICT (id) DO NOTHING
"""
STANDING = """
SELECT wave.id, wave.state, wave.public_key, wave.next_release, wave.settled_on, release.released_on,
    wave.keys_destroyed_on, wave.key_missing, coalesce(wave.held_for, '')
FROM wave
LEFT JOIN release ON wave.id = ANY(release.waves)
WHERE wave.id = ANY(%s::uuid[])
"""


class UnreachableError(Exception):
    """The ballots' database does not answer, or surveys are not set up: nothing was read or written there."""


@dataclass(frozen=True)
class Standing:
    """How a wave stands, by the database that decides."""

    state: str
    public_key: bytes | None
    next_release: date | None = None
    settled_on: date | None = None
    released_on: date | None = None
    key_destroyed_on: date | None = None
    key_missing: bool = False
    held_for: str = ""


def is_set_up() -> bool:
    """Whether this installation has a ballot box, a tally and a place for keys."""
    return has_address() and all((settings.SURVEY_KEYS, settings.BOX_WAVES, settings.SURVEY_URL))


def has_address() -> bool:
    """Whether BALLOTS_RESULTS_URL names a database at all; a word that is no address is none."""
    try:
        return bool(settings.BALLOTS_RESULTS_URL and libpq_words(settings.BALLOTS_RESULTS_URL))
    except ValueError:
        return False


def announce(wave: Wave) -> None:
    """Plan a wave there, with its questions and floors as they stand now. Again changes nothing."""
    values = {
        "id": str(wave.pk), "programme": f"{wave.programme.kind}-{wave.programme_id}", "label": wave.label,
        "opens": wave.opens_on, "last_send": wave.last_send_on, "closes": wave.closes_on,
        "questionnaire": json.dumps(wave.questions.content), "policy": json.dumps(DEFAULT.to_json()),
        "dimensions": list(wave.dimensions),
    }  # fmt: skip
    _execute(ANNOUNCE, values)


def standings(waves: Iterable[UUID]) -> dict[UUID, Standing]:
    """How these waves stand; those that are not there yet are left out."""
    ids = [str(wave) for wave in waves]
    if not ids:
        return {}
    found = {}
    for pk, state, key, *rest in _execute(STANDING, [ids]):
        public_key = bytes(key) if key is not None else None
        found[UUID(str(pk))] = Standing(state, public_key, *rest)
    return found


def say_invited(wave: UUID, invited: Mapping[str, int], *, mailed: int, words: Sequence[str]) -> None:
    """At the close: how many were reached, by code, how many mails left in all, what comments may not show.

    Again replaces it.
    """
    with reached() as cursor:
        cursor.execute(
            "UPDATE wave SET invited = %s, mailed = %s WHERE id = %s",
            [json.dumps(invited), mailed, str(wave)],
        )
        # what was there is removed and written again: the role may not change it
        cursor.execute("DELETE FROM redaction WHERE wave = %s", [str(wave)])
        cursor.execute("INSERT INTO redaction (wave, words) VALUES (%s, %s)", [str(wave), list(words)])


def one_by_one(waves: Iterable[Wave], step: Callable[[Wave], None]) -> list[str]:
    """Do it with each of them although it fails with others. Returns what went wrong, in words."""
    found = []
    for wave in waves:
        try:
            step(wave)
        except (UnreachableError, OSError) as error:
            log.warning("Wave %s could not be looked after", wave.pk, exc_info=True)
            found.append(f"{wave}: {said_by(error)}")
    return found


def said_by(error: Exception) -> str:
    """An error in words, without paths."""
    return (isinstance(error, OSError) and error.strerror) or _first_line(error)


def ring_prepare(wave: UUID) -> None:
    """Ask the tally for the wave's key. Only a doorbell: asked again as long as there is none."""
    _ring("ballotbox.prepare_wave", str(wave))


def ring_settle(on: date) -> None:
    """Ask the tally to settle what has closed."""
    _ring("ballotbox.settle", on.isoformat())


def ring_destroy_expired(on: date) -> None:
    """Ask the tally to destroy the keys of waves that were held too long."""
    _ring("ballotbox.destroy_expired", on.isoformat())


def _ring(task: str, argument: str) -> None:
    try:
        current_app.send_task(task, args=[argument], queue=QUEUE, retry=False, ignore_result=True)
    except Exception:
        log.warning("The broker does not answer; the tally is asked again later.", exc_info=True)


def _url() -> str:
    if not has_address():
        raise UnreachableError("BALLOTS_RESULTS_URL is missing, or no address that begins with postgres://.")
    return str(settings.BALLOTS_RESULTS_URL)


@contextmanager
def reached() -> Iterator[Any]:
    """A cursor in a transaction of its own. Raises UnreachableError for whatever the database says no to."""
    try:
        with connected(_url()) as cursor:
            yield cursor
    except psycopg2.Error as error:
        raise UnreachableError(_first_line(error)) from error


def _execute(statement: str, values: Any) -> list[tuple[Any, ...]]:
    try:
        with connected(_url()) as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []
    except psycopg2.Error as error:
        raise UnreachableError(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    """What went wrong, without the address and its password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
