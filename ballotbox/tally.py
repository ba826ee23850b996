"""The tally: makes a wave's key, opens its ballots after the close, lets out what may be, forgets the rest.

It is the only holder of private keys. It reads sealed ballots and never a tag, counts the first of every
invitation in memory, and writes what is let out in one transaction that also removes the ballots; then it
destroys the key. Whatever stops it, a wave is either as it was or let out completely, and what is missing is
done by the next run.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from random import SystemRandom
from typing import Any
from uuid import UUID, uuid4

from psycopg2.extras import execute_values

from ballotbox import database, keyfiles, opening, redaction, release, sealing
from ballotbox.keyfiles import KeyFiles, KeyMissingError
from ballotbox.opening import Opened, Wave, read_waves
from ballotbox.policy import HELD_MONTHS

LOCK = 7437  # one tally works at a time
DUE = """
    SELECT id FROM wave
    WHERE state = 'ready' AND closes < %s AND invited ? ''
        AND EXISTS (SELECT FROM redaction WHERE redaction.wave = wave.id)
    ORDER BY closes, id
"""
CHANCE = SystemRandom()
FEW, SURPLUS = "few", "surplus"  # why a wave is held

logger = logging.getLogger(__name__)


class TallyError(Exception):
    """A wave could not be settled, and nothing of it was touched."""


@dataclass(frozen=True)
class Tally:
    """Where ballots and keys are. ``step`` is called with the name of each step that a crash may follow."""

    url: str
    keys: KeyFiles
    trustee: bytes | None = None
    step: Callable[[str], None] = field(default=lambda _: None)

    @classmethod
    def from_environment(cls) -> Tally:
        """BALLOTS_TALLY_URL and TALLY_KEYS; TRUSTEE_PUBLIC_KEY (64 hex digits) where there is a trustee."""
        trustee = os.environ.get("TRUSTEE_PUBLIC_KEY", "")
        return cls(
            url=os.environ["BALLOTS_TALLY_URL"],
            keys=KeyFiles(Path(os.environ["TALLY_KEYS"])),
            trustee=bytes.fromhex(trustee) if trustee else None,
        )


# -- Before ------------------------------------------------------------------------------------------


def prepare_wave(tally: Tally, wave: UUID) -> None:
    """Make a wave's key and the place for its ballots, so that it can be sent. Again: changes nothing."""
    with _alone(tally) as cursor:
        cursor.execute("SELECT state FROM wave WHERE id = %s FOR UPDATE", [str(wave)])
        found = cursor.fetchone()
        if found is None:
            raise TallyError(f"There is no wave {wave}.")
        if found[0] != "planned":
            return
        # Kept before the wave knows it: after a crash here, the next run finds the same key.
        private = tally.keys.make(keyfiles.private_key(wave), sealing.new_private_key())
        if tally.trustee is not None:
            tally.keys.make(keyfiles.key_copy(wave), sealing.seal_key(tally.trustee, wave, private))
        tally.step("key made")
        database.add_partition(cursor, wave)
        cursor.execute(
            "UPDATE wave SET public_key = %s, trustee_copy = %s, state = 'ready' WHERE id = %s",
            [sealing.public_key_of(private), tally.trustee is not None, str(wave)],
        )


# -- After the close ----------------------------------------------------------------------------------


def settle(tally: Tally, on: date, *, today: date | None = None) -> None:
    """Let out or hold every wave whose last day is before ``on``, by the company's calendar.

    A wave waits until it is known how many were invited and what its comments may not show.
    Raises TallyError at the end, when all others are done, for waves that could not be settled.
    """
    _refuse_future(on, today)
    troubles: list[str] = []
    with database.connected(tally.url) as cursor:
        cursor.execute(DUE, [on])
        due = [UUID(str(each)) for (each,) in cursor.fetchall()]
    for wave in due:
        try:
            _settle_one(tally, wave, on, troubles)
        except (TallyError, KeyMissingError) as error:
            troubles.append(_trouble(wave, error))
        except Exception as error:
            # Its kind only: the words of an error may quote a ballot.
            troubles.append(_trouble(wave, TallyError(type(error).__name__)))
    destroy_keys(tally, on)
    if troubles:
        raise TallyError("; ".join(troubles))


def destroy_expired(tally: Tally, on: date, *, today: date | None = None) -> None:
    """Destroy unread what was held, or could not be opened, for too long."""
    _refuse_future(on, today)
    with _alone(tally) as cursor:
        cursor.execute(
            """UPDATE wave SET state = 'destroyed', settled_on = %s, next_release = NULL
               WHERE state IN ('ready', 'held') AND closes + make_interval(months => %s) <= %s
               RETURNING id""",
            [on, HELD_MONTHS, on],
        )
        for (wave,) in cursor.fetchall():
            _forget(cursor, wave)
        tally.step("expired")
    destroy_keys(tally, on)
    say_missing_keys(tally)


def say_missing_keys(tally: Tally) -> None:
    """Of which waves that are to be opened the private key is not here, while it can be brought back."""
    with _alone(tally) as cursor:
        waves = read_waves(cursor, "state IN ('ready', 'held')")
        missing = [str(wave.id) for wave in waves if not _has_key(tally, wave)]
        cursor.execute(
            """UPDATE wave SET key_missing = id::text = ANY(%s)
               WHERE state IN ('ready', 'held') AND key_missing <> (id::text = ANY(%s))""",
            [missing, missing],
        )


def _has_key(tally: Tally, wave: Wave) -> bool:
    try:
        return bool(_key(tally, wave))
    except (TallyError, KeyMissingError):
        return False


def destroy_keys(tally: Tally, on: date) -> None:
    """Destroy the keys of settled waves and write down the day; also where an earlier run died before it."""
    with database.connected(tally.url) as cursor:
        cursor.execute("SELECT id FROM wave WHERE settled_on IS NOT NULL AND keys_destroyed_on IS NULL")
        settled = [str(each) for (each,) in cursor.fetchall()]
    for wave in settled:
        tally.keys.destroy(keyfiles.private_key(wave))
        tally.keys.destroy(keyfiles.key_copy(wave))
    tally.step("keys destroyed")
    with database.connected(tally.url) as cursor:
        cursor.execute("UPDATE wave SET keys_destroyed_on = %s WHERE id::text = ANY(%s)", [on, settled])
        cursor.execute(
            """UPDATE release SET keys_destroyed_on = %s
               WHERE keys_destroyed_on IS NULL AND NOT EXISTS (
                   SELECT FROM wave WHERE wave.id = ANY(release.waves) AND wave.keys_destroyed_on IS NULL)""",
            [on],
        )


def _refuse_future(on: date, today: date | None) -> None:
    """Whoever rings the bell cannot close a wave early. Where it is latest, it is UTC+14."""
    if on > (today or datetime.now(timezone(timedelta(hours=14))).date()):
        raise TallyError(f"{on} has not come yet.")


def _settle_one(tally: Tally, wave: UUID, on: date, troubles: list[str]) -> None:
    with _alone(tally) as cursor:
        due = read_waves(cursor, "id = %s AND state = 'ready'", str(wave))
        if not due:
            return  # another run was faster
        opened = _open(tally, cursor, due[0], troubles)
        tally.step("opened")
        surplus = [each.wave for each in opened if each.is_surplus]
        _hold_back(cursor, surplus)
        rest = [each for each in opened if each.wave not in surplus]
        if due[0] in surplus:  # those that waited for it wait for the one after it
            _hold(cursor, [each.wave for each in rest], due[0])
        else:
            _decide(tally, cursor, rest, on)
        tally.step("written")
    tally.step("committed")


def _decide(tally: Tally, cursor: Any, opened: list[Opened], on: date) -> None:
    """Let out together, or held together."""
    waves = [each.wave for each in opened]
    ballots = release.shuffled([ballot for each in opened for ballot in each.ballots], CHANCE.shuffle)
    decision = release.decide(_frame(cursor, waves), ballots, CHANCE.shuffle)
    if decision.held:
        _hold(cursor, waves, waves[-1])
    else:
        _let_out(tally, cursor, opened, decision, on)


@contextmanager
def _alone(tally: Tally) -> Iterator[Any]:
    """A cursor in a transaction that no other tally shares."""
    with database.connected(tally.url) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield cursor


# -- Opening ------------------------------------------------------------------------------------------


def _open(tally: Tally, cursor: Any, due: Wave, troubles: list[str]) -> list[Opened]:
    """A wave and those of its programme that are held. Held ones without their key stay as they are."""
    opened = []
    held = read_waves(
        cursor, "programme = %s AND state = 'held' AND held_for IS DISTINCT FROM %s", due.programme, SURPLUS
    )
    for wave in [*held, due]:
        try:
            private = _key(tally, wave)
        except (TallyError, KeyMissingError) as error:
            if wave is due:
                raise
            troubles.append(_trouble(wave.id, error))
            continue
        opened.append(opening.open_wave(cursor, wave, due.asked, private))
    return opened


def _key(tally: Tally, wave: Wave) -> bytes:
    private = tally.keys.read(keyfiles.private_key(wave.id))
    try:
        fits = sealing.public_key_of(private) == wave.public_key
    except ValueError:
        fits = False
    if not fits:
        raise TallyError("the private key is not the one that belongs to its public key")
    return private


def _frame(cursor: Any, waves: list[Wave]) -> release.Frame:
    """What was fixed for these waves together: the questions of the newest, the highest of the floors."""
    newest = waves[-1]
    invited: dict[str, int] = {}
    for wave in waves:
        for cell, count in wave.invited.items():
            invited[cell] = invited.get(cell, 0) + int(count)
    shared = [each for each in newest.dimensions if all(each in wave.dimensions for wave in waves)]
    cursor.execute(
        """SELECT cell, question, item, sum(amount)::int
           FROM figure JOIN release ON release.id = figure.release
           WHERE programme = %s AND measure = 'n' GROUP BY 1, 2, 3""",
        [newest.programme],
    )
    earlier = {(cell, question, item): int(n) for cell, question, item, n in cursor.fetchall()}
    policy = release.strictest(wave.policy for wave in waves)
    return release.Frame(newest.asked, policy, shared, invited, earlier)


# -- Writing ------------------------------------------------------------------------------------------


def _hold(cursor: Any, waves: list[Wave], newest: Wave) -> None:
    """Too few: they stay sealed and wait for the next wave of their programme."""
    cursor.execute(
        "SELECT min(closes) FROM wave WHERE programme = %s AND state IN ('planned', 'ready') AND closes > %s",
        [newest.programme, newest.closes],
    )
    (following,) = cursor.fetchone()
    day = None if following is None else following + timedelta(days=1)
    cursor.execute(
        "UPDATE wave SET state = 'held', held_for = %s, next_release = %s WHERE id::text = ANY(%s)",
        [FEW, day, [str(wave.id) for wave in waves]],
    )
    _forget_tags(cursor, waves)


def _forget_tags(cursor: Any, waves: list[Wave]) -> None:
    """A ballot from before there were marks lies beside the tag of its link; nobody needs that any more."""
    ids = [str(wave.id) for wave in waves if wave.unmarked]
    if ids:
        cursor.execute(
            "UPDATE ballot SET tag = uuid_send(gen_random_uuid()) WHERE wave::text = ANY(%s)", [ids]
        )


def _hold_back(cursor: Any, waves: list[Wave]) -> None:
    """More answers than mails: somebody made links of their own. None of it is ever let out."""
    for wave in waves:
        logger.error("Wave %s is held: it has more ballots than mails were handed over.", wave.id)
        cursor.execute(
            "UPDATE wave SET state = 'held', held_for = %s, next_release = NULL WHERE id = %s",
            [SURPLUS, str(wave.id)],
        )
    _forget_tags(cursor, waves)


def _let_out(tally: Tally, cursor: Any, opened: list[Opened], decision: release.Decision, on: date) -> None:
    waves = [each.wave for each in opened]
    ids = [str(wave.id) for wave in waves]
    cursor.execute("SELECT words FROM redaction WHERE wave::text = ANY(%s)", [ids])
    names = redaction.Names(word for (words,) in cursor.fetchall() for word in words)
    chosen = uuid4()
    cursor.execute(
        """INSERT INTO release (id, programme, label, waves, released_on, ballots, invalid, cells_withheld,
                                invited, response, fingerprints, code_version)
           VALUES (%s, %s, %s, %s::uuid[], %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            str(chosen), waves[-1].programme, " + ".join(wave.label for wave in waves), ids, on,
            decision.ballots, sum(each.invalid for each in opened), len(decision.hidden),
            decision.invited, decision.response,
            [sealing.fingerprint(wave.public_key) for wave in waves], code_version(),
        ],
    )  # fmt: skip
    execute_values(
        cursor,
        "INSERT INTO figure (release, cell, question, item, measure, amount) VALUES %s",
        [(str(chosen), f.cell, f.question, f.item, f.measure, f.amount) for f in decision.figures],
    )
    tally.step("half written")
    hidden = [(str(chosen), h.cell, h.question, h.item, h.reason) for h in decision.hidden]
    if hidden:
        execute_values(cursor, "INSERT INTO hidden (release, cell, question, item, reason) VALUES %s", hidden)
    comments = list(_comments(chosen, decision, names))
    if comments:
        execute_values(cursor, "INSERT INTO comment (id, release, question, text) VALUES %s", comments)
    cursor.execute(
        """UPDATE wave SET state = 'released', settled_on = %s, held_for = NULL, next_release = NULL
           WHERE id::text = ANY(%s)""",
        [on, ids],
    )
    for wave in waves:
        _forget(cursor, wave.id)


def _comments(
    chosen: UUID, decision: release.Decision, names: redaction.Names
) -> Iterator[tuple[str, str, str, str]]:
    """In the order of their random names, which is the order in which they are stored and read."""
    rows = [
        (str(uuid4()), str(chosen), question, redaction.redact(text, names))
        for question, texts in decision.comments.items()
        for text in texts
    ]
    yield from sorted(rows)


def _forget(cursor: Any, wave: object) -> None:
    database.drop_partition(cursor, wave)
    cursor.execute("DELETE FROM redaction WHERE wave = %s", [str(wave)])


def _trouble(wave: UUID, error: Exception) -> str:
    why = "its private key is missing" if isinstance(error, KeyMissingError) else str(error)
    logger.error("Wave %s was not settled: %s. Nothing of it was touched.", wave, why)
    return f"Wave {wave}: {why}"


def code_version() -> str:
    """What counted: a fingerprint of this package's files, the same wherever the same code runs."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
