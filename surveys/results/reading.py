"""Released figures as the tally wrote them. Nothing is computed here from answers: there are none to read.

Whatever reads raises UnreachableError while the ballots' database does not answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ballotbox.policy import Policy
from ballotbox.questionnaire import Questionnaire
from surveys.ballots import has_address, reached

COMPANY = ""  # the cell of everybody

WAVES = """
    SELECT id, label, closes, state, next_release, (policy ->> 'score')::int, held_for = 'surplus'
    FROM wave WHERE state IN ('planned', 'ready', 'held') AND opens <= %(today)s
    ORDER BY closes
"""
RELEASES = """
    SELECT id, label, waves, released_on, invited, response, invalid, cells_withheld,
        fingerprints, keys_destroyed_on
    FROM release {where} ORDER BY released_on DESC, label DESC
"""
FIGURES = "SELECT release, cell, question, item, measure, amount FROM figure WHERE release = ANY(%s::uuid[])"
HIDDEN = "SELECT cell, question, item, reason FROM hidden WHERE release = %s"
COMMENTS = "SELECT question, text FROM comment WHERE release = %s ORDER BY id"  # ids are random: so is this
ASKED = """
    SELECT questionnaire, policy, closes FROM wave WHERE id = ANY(%s::uuid[]) ORDER BY closes DESC LIMIT 1
"""

Measures = Mapping[str, float]


@dataclass(frozen=True)
class Wave:
    """A wave that has not been released. Before its close there is nothing to tell but the date."""

    id: UUID
    label: str
    closes: date
    state: str
    next_release: date | None
    floor: int
    is_surplus: bool | None  # more answers than mails: none of it is ever let out

    def is_held(self, today: date) -> bool:
        return self.state == "held" and self.closes < today


@dataclass(frozen=True)
class Release:
    """One publication: a wave, or several that had to wait for each other."""

    id: UUID
    label: str
    waves: tuple[UUID, ...]
    released_on: date
    invited: int | None
    response: int | None
    invalid: int
    withheld: int
    fingerprints: tuple[str, ...]
    keys_destroyed_on: date | None


@dataclass(frozen=True)
class Figures:
    """The figures of one release, by cell, question and line of a question."""

    values: Mapping[tuple[str, str, str], Measures] = field(default_factory=dict)

    def of(self, question: str, item: str = "", cell: str = COMPANY) -> Measures:
        return self.values.get((cell, question, item), {})

    @property
    def cells(self) -> list[str]:
        """What figures are shown by, besides the whole company."""
        return sorted({cell for cell, _, _ in self.values if cell != COMPANY})


@dataclass(frozen=True)
class Report:
    """Everything that one release says."""

    release: Release
    figures: Figures
    hidden: Mapping[tuple[str, str, str], str]  # (cell, question or "", line or "") -> reason
    comments: Mapping[str, list[str]]
    asked: Questionnaire
    policy: Policy
    closes: date

    def why_hidden(self, question: str, cell: str = COMPANY, item: str = "") -> str:
        """The reason why a figure is not shown; "" when none was noted."""
        places = ((cell, question, item), (cell, question, ""), (cell, "", ""))
        return next((self.hidden[place] for place in places if place in self.hidden), "")


def is_set_up() -> bool:
    """Whether this installation has a ballots' database."""
    return has_address()


def unreleased(today: date) -> list[Wave]:
    """Waves that are open or held, the next to close first."""
    with reached() as cursor:
        cursor.execute(WAVES, {"today": today})
        return [Wave(UUID(str(pk)), *rest) for pk, *rest in cursor.fetchall()]


def releases(waves: Iterable[UUID] | None = None) -> list[Release]:
    """All releases, or those that these waves are part of; the newest first."""
    where = "" if waves is None else "WHERE waves && %(waves)s::uuid[]"
    with reached() as cursor:
        cursor.execute(RELEASES.format(where=where), {"waves": [str(wave) for wave in waves or ()]})
        return [_release(row) for row in cursor.fetchall()]


def report(pk: UUID) -> Report | None:
    """One release with all it says, or None."""
    with reached() as cursor:
        cursor.execute(RELEASES.format(where="WHERE id = %(id)s"), {"id": str(pk)})
        row = cursor.fetchone()
        if row is None:
            return None
        release = _release(row)
        figures = _figures(cursor, [release.id])[release.id]
        cursor.execute(HIDDEN, [str(pk)])
        hidden = {(cell, question, item): reason for cell, question, item, reason in cursor.fetchall()}
        cursor.execute(COMMENTS, [str(pk)])
        comments: dict[str, list[str]] = defaultdict(list)
        for question, text in cursor.fetchall():
            comments[question].append(text)
        cursor.execute(ASKED, [[str(wave) for wave in release.waves]])
        asked, policy, closes = cursor.fetchone()
    return Report(
        release, figures, hidden, comments, Questionnaire.from_json(asked), Policy.from_json(policy), closes
    )


def figures_of(found: Iterable[Release]) -> dict[UUID, Figures]:
    """The figures of several releases, read at once."""
    with reached() as cursor:
        return _figures(cursor, [release.id for release in found])


def _release(row: Any) -> Release:
    pk, label, waves, *rest, fingerprints, destroyed = row
    released_on, invited, response, invalid, withheld = rest
    return Release(
        id=UUID(str(pk)), label=label, waves=tuple(UUID(str(wave)) for wave in _array(waves)),
        released_on=released_on, invited=invited, response=response, invalid=invalid, withheld=withheld,
        fingerprints=tuple(fingerprints), keys_destroyed_on=destroyed,
    )  # fmt: skip


def _array(value: Any) -> list[Any]:
    """An array of uuids: psycopg2 knows the type only when it was told, else it hands over the text."""
    return value.strip("{}").split(",") if isinstance(value, str) else list(value)


def _figures(cursor: Any, ids: list[UUID]) -> dict[UUID, Figures]:
    values: dict[UUID, dict[tuple[str, str, str], dict[str, float]]] = {each: {} for each in ids}
    cursor.execute(FIGURES, [[str(each) for each in ids]])
    for release, cell, question, item, measure, amount in cursor.fetchall():
        place = values[UUID(str(release))].setdefault((cell, question, item), {})
        place[measure] = float(amount) if isinstance(amount, Decimal) else amount
    return {pk: Figures(found) for pk, found in values.items()}
