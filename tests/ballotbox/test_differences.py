"""All releases of a programme against each other: what follows from their sums and differences (T14).

The attacker takes every number of answers that was ever published, and solves for the answers of each wave
and tier. What is determined must be nothing, or large enough to be shown.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest

from ballotbox.policy import DEFAULT
from tests.ballotbox.waves import cast, close, open_wave, settle
from tests.ballots import Ballots

TIERS = ("A", "B", "C")
FIRST = date(2024, 1, 28)
Atom = tuple[str, str]  # a wave and a tier
Row = dict[Atom, Fraction]


class Knowledge:
    """Linear equations over atoms, in reduced form: what can be worked out of what is known."""

    def __init__(self) -> None:
        self.rows: list[tuple[Atom, Row, Fraction]] = []

    def learn(self, atoms: Sequence[Atom], value: int) -> None:
        row, rest = self._reduced(dict.fromkeys(atoms, Fraction(1)), Fraction(value))
        if not row:
            assert rest == 0, "what is published agrees with itself"
            return
        pivot = min(row)
        row, rest = {a: f / row[pivot] for a, f in row.items()}, rest / row[pivot]
        self.rows = [(p, *_minus(r, v, row, rest, r.get(pivot, Fraction(0)))) for p, r, v in self.rows]
        self.rows.append((pivot, row, rest))

    def value_of(self, atoms: Sequence[Atom]) -> int | None:
        """How many answers all of them have together, None when that cannot be known."""
        row, rest = self._reduced(dict.fromkeys(atoms, Fraction(1)), Fraction(0))
        return None if row else int(-rest)

    def _reduced(self, row: Row, value: Fraction) -> tuple[Row, Fraction]:
        for pivot, known, said in self.rows:
            row, value = _minus(row, value, known, said, row.get(pivot, Fraction(0)))
        return row, value


def _minus(row: Row, value: Fraction, other: Row, said: Fraction, times: Fraction) -> tuple[Row, Fraction]:
    found = {
        a: row.get(a, Fraction(0)) - times * other.get(a, Fraction(0)) for a in row.keys() | other.keys()
    }
    return {a: f for a, f in found.items() if f}, value - times * said


def learn_all(ballots: Ballots, tiers: Sequence[str] = TIERS) -> tuple[Knowledge, list[list[str]]]:
    """Everything that was published, and the waves of each release."""
    known, groups = Knowledge(), []
    releases = ballots.rows("SELECT id::text, waves::text[], ballots FROM release ORDER BY released_on")
    for release, waves, total in releases:
        groups.append(list(waves))
        known.learn([(wave, tier) for wave in waves for tier in tiers], total)
        rows = ballots.rows(
            """SELECT cell, amount::int FROM figure
               WHERE release::text = %s AND question = 'recommend' AND measure = 'n' AND cell <> ''""",
            release,
        )
        for cell, n in rows:
            known.learn([(wave, cell.removeprefix("tier:")) for wave in waves], n)
    return known, groups


def found(known: Knowledge, groups: Sequence[Sequence[str]], truth: Mapping[Atom, int]) -> list[str]:
    """What is certain and should not be: few answers, or those of one wave that was let out with others."""
    wrong = []
    for waves in groups:
        sets = [[(wave, tier) for wave in waves] for tier in TIERS]
        sets += [[(wave, tier)] for wave in waves for tier in TIERS if len(waves) > 1]
        sets += [[(wave, tier) for tier in TIERS] for wave in waves if len(waves) > 1]
        for atoms in sets:
            value = known.value_of(atoms)
            if value is not None:
                assert value == sum(truth[atom] for atom in atoms)
                if 0 < value < DEFAULT.score:
                    wrong.append(f"{atoms} have {value} answers")
    return wrong


@pytest.mark.parametrize("seed", range(3))
def test_no_sums_and_differences_of_releases_give_few_answers_away(ballots: Ballots, seed: int) -> None:
    """Six waves, some of them held and let out with the next, on the real tally."""
    chance = random.Random(seed)
    truth: dict[Atom, int] = {}
    closes = [FIRST + timedelta(days=91 * n) for n in range(6)]
    waves = [open_wave(ballots, closes=day, label=f"wave {n}") for n, day in enumerate(closes)]
    for number, (wave, day) in enumerate(zip(waves, closes, strict=True)):
        most = 2 if number in (0, 3) else 14  # the first and the fourth have too few
        for tier in TIERS:
            n = (
                chance.choice([0, chance.randint(1, 7), chance.randint(5, 20)])
                if most > 2
                else chance.randint(0, 2)
            )
            truth[str(wave), tier] = n
            cast(ballots, wave, *({"recommend": chance.randint(0, 10)} for _ in range(n)), tier=tier)
        invited = {"": 90} | {f"tier:{tier}": 30 for tier in TIERS}
        close(ballots, wave, invited)
        settle(ballots, day + timedelta(days=1))
    known, groups = learn_all(ballots)
    assert groups
    assert max(len(each) for each in groups) > 1  # some had to wait for each other
    each_once = [wave for waves_ in groups for wave in waves_]
    assert len(each_once) == len(set(each_once))  # no ballot is ever published a second time
    assert found(known, groups, truth) == []


def test_the_attacker_is_able() -> None:
    """Control: had a held wave been shown with the next one, and the next one by itself."""
    truth = {("one", tier): n for tier, n in zip(TIERS, (1, 2, 0), strict=True)}
    truth |= {("two", tier): n for tier, n in zip(TIERS, (9, 12, 3), strict=True)}
    known = Knowledge()
    known.learn(list(truth), 27)
    known.learn([("two", tier) for tier in TIERS], 24)
    assert known.value_of([("one", tier) for tier in TIERS]) == 3
    for tier in "AB":
        known.learn([("one", tier), ("two", tier)], truth["one", tier] + truth["two", tier])
    wrong = found(known, [["one", "two"]], truth)
    assert len(wrong) == 2  # the wave "one", and tier C of both
