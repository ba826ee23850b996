"""Opening a wave's ballots, in memory: what is valid, and of every invitation the first."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from ballotbox import database, questionnaire, release, sealing
from ballotbox.policy import Policy
from ballotbox.questionnaire import Questionnaire

MARK = re.compile(r"[0-9a-f]{32}")
LAST_DAY = 10_000  # of a wave; none lasts as long


@dataclass(frozen=True)
class Wave:
    """A wave as the tally needs it. ``mailed``: mails that may have arrived, those that bounced included."""

    id: UUID
    programme: str
    label: str
    closes: date
    asked: Questionnaire
    policy: Policy
    dimensions: list[str]
    invited: Mapping[str, int]
    mailed: int | None  # None: held since before it was told
    public_key: bytes
    unmarked: bool  # may hold ballots from before there were marks


@dataclass(frozen=True)
class Opened:
    """The ballots of a wave, in no order that means anything."""

    wave: Wave
    ballots: list[release.Ballot] = field(default_factory=list)
    invalid: int = 0

    @property
    def is_surplus(self) -> bool:
        """Whether more invitations were answered than mailed: nobody can say which ones are real."""
        return self.wave.mailed is not None and len(self.ballots) > self.wave.mailed


class First(NamedTuple):
    """The earliest ballot of an invitation so far."""

    day: int
    ballot: release.Ballot


def read_waves(cursor: Any, where: str, *values: Any) -> list[Wave]:
    """Waves, locked, in the order in which they closed."""
    cursor.execute(
        f"""SELECT id, programme, label, closes, questionnaire, policy, dimensions, invited, mailed,
                public_key, unmarked
            FROM wave WHERE {where} ORDER BY closes, id FOR UPDATE""",  # noqa: S608 - our own words
        values,
    )
    return [
        Wave(
            UUID(str(each[0])), each[1], each[2], each[3], Questionnaire.from_json(_json(each[4])),
            Policy.from_json(_json(each[5])), list(each[6]), _json(each[7]), each[8], bytes(each[9]),
            each[10],
        )
        for each in cursor.fetchall()
    ]  # fmt: skip


def open_wave(cursor: Any, wave: Wave, asked: Questionnaire, private: bytes) -> Opened:
    """All its ballots, of each invitation the first; their answers as those to ``asked``."""
    # Whoever answers in this moment waits, and is then told that the survey is over.
    cursor.execute(database.lock_partition(wave.id))
    cursor.execute("SELECT sealed FROM ballot WHERE wave = %s", [str(wave.id)])
    found: dict[str, First] = {}
    invalid = 0
    for (sealed,) in cursor:
        read = _read(wave, private, bytes(sealed))
        if read is None:
            invalid += 1
            continue
        mark, first = read
        # Of one day there are two only when the box was started anew between them: the one that lies first.
        if mark not in found or first.day < found[mark].day:
            found[mark] = first
    ballots = [
        release.Ballot(release.carried(each.ballot.answers, wave.asked, asked), each.ballot.codes)
        for each in found.values()
    ]
    return Opened(wave, ballots, invalid)


def _read(wave: Wave, private: bytes, sealed: bytes) -> tuple[str, First] | None:
    """The mark and the ballot, or None for one that is none. Whoever seals by hand can put anything in."""
    try:
        said = sealing.unseal(private, wave.id, sealed)
        return _marked(wave, said)
    except (sealing.SealError, ValueError, RecursionError):  # with those of an encoding
        return None


def _marked(wave: Wave, said: dict[str, Any]) -> tuple[str, First] | None:
    mark, day, ballot = said.get("mark"), said.get("day"), _ballot(wave, said)
    if ballot is not None and wave.unmarked and "mark" not in said and "day" not in said:
        # Beside it lay the tag of its invitation, once in a wave: no other ballot is of the same one.
        return uuid4().hex, First(0, ballot)
    if ballot is None or not isinstance(mark, str) or not MARK.fullmatch(mark):
        return None
    if type(day) is not int or not 0 <= day <= LAST_DAY:
        return None
    return mark, First(day, ballot)


def _ballot(wave: Wave, said: dict[str, Any]) -> release.Ballot | None:
    answers, codes = said.get("answers"), said.get("codes") or {}
    if not isinstance(answers, dict) or not questionnaire.valid(wave.asked, answers):
        return None
    if not isinstance(codes, dict) or not all(isinstance(value, str) for value in codes.values()):
        return None
    return release.Ballot(answers, codes)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
