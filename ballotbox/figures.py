"""The numbers that are let out of a set of answers, and when two of them differ clearly.

Pure. Percentages run from 0 to 100. Whether a number may be shown at all is decided in ``release``; here is
how much of it: below ``policy.cautious`` answers everything is rounded to 5 and nothing finer than bands is
told, and below ``policy.even`` answers "all of them" is told as "at least 90 %" (of the company only: a tier
that is so even shows nothing).

Measures of a question (or of one line of an ``items`` question):

- ``n`` always; ``cautious`` (1) where figures are rounded
- nps: ``nps``, ``nps_low``, ``nps_high``, ``promoters``, ``passives``, ``detractors``, ``option:<0..10>``
- scale, agree, items: ``top2``, ``top2_low``, ``top2_high``, ``mean``, ``option:<k>``; items also ``na``
- single, multi: ``option:<key>``, per cent of those who answered the question
- ``at_least_90:<band>`` instead of exact shares: ``promoters``, ``passives``, ``detractors``, ``top2``,
  ``below`` or the key of an option
- text: only ``n``
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ballotbox.policy import Policy
from ballotbox.questionnaire import NOT_APPLICABLE, Question

Z95 = NormalDist().inv_cdf(0.975)
ROUND_TO = 5
ALMOST_ALL = 90
FEWEST_FOR_ALMOST_ALL = 10  # below, "at least 90 %" would mean all of them
FEWEST_FOR_CHANGE = 30  # answers on both sides, before a difference is called one
SIGNIFICANT = 0.05
PROMOTERS, PASSIVES, DETRACTORS = "promoters", "passives", "detractors"
TOP2, BELOW = "top2", "below"
RATED = ("scale", "agree", "items")
TOP_FROM = {"scale": 4, "items": 4, "agree": 5}

Answer = int | str | list[str]
Measures = Mapping[str, float]


# -- Intervals and changes ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Interval:
    """A 95 % interval in per cent or NPS points."""

    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """From one release to a later one: points (observed), and the probability of such a gap by chance."""

    points: float
    p: float
    clear: bool

    @property
    def direction(self) -> int:
        """1 up, -1 down, 0 where no clear change was measured."""
        return (self.points > 0) - (self.points < 0) if self.clear else 0


def nps_interval(promoters: float, detractors: float, n: float) -> Interval:
    """Adjusted Wald (Rocks 2016): 3 added to n, 3/4 to promoters and to detractors; within -100 … 100.

    Takes counts.
    """
    centre, variance = _adjusted_nps(promoters, detractors, n)
    half = Z95 * math.sqrt(variance)
    return Interval(max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half)))


def wilson(count: float, n: float) -> Interval:
    """Of a share: Wilson's score interval (1927), in per cent. Takes counts."""
    share, z2 = count / n, Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(max(0.0, 100 * (centre - half)), min(100.0, 100 * (centre + half)))


def nps_change(before: Measures, after: Measures) -> Change:
    """Between two sets of released measures of an NPS question: the adjusted-Wald test of a difference."""
    sides = []
    for side in (before, after):
        n = side["n"]
        sides.append(_adjusted_nps(side[PROMOTERS] * n / 100, side[DETRACTORS] * n / 100, n))
    return _change(after["nps"] - before["nps"], sides, before, after)


def top2_change(before: Measures, after: Measures) -> Change:
    """Between two released top-two shares: adjusted Wald (Agresti and Caffo 2000: 1 added to each side)."""
    sides = []
    for side in (before, after):
        share = (side[TOP2] * side["n"] / 100 + 1) / (side["n"] + 2)
        sides.append((share, share * (1 - share) / (side["n"] + 2)))
    return _change(after[TOP2] - before[TOP2], sides, before, after)


def clear_change(after: Measures, before: Measures) -> int:
    """1 higher, -1 lower, 0 where nothing clear can be said, as where one side tells only "at least 90 %"."""
    sides = set(after) & set(before)
    if {"nps", PROMOTERS, DETRACTORS} <= sides:
        return nps_change(before, after).direction
    return top2_change(before, after).direction if TOP2 in sides else 0


def _adjusted_nps(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    return p - d, (p + d - (p - d) ** 2) / (n + 3)


def _change(points: float, sides: list[tuple[float, float]], before: Measures, after: Measures) -> Change:
    (old, old_variance), (new, new_variance) = sides
    z = (new - old) / math.sqrt(old_variance + new_variance)
    p = 2 * (1 - NormalDist().cdf(abs(z)))
    enough = min(before["n"], after["n"]) >= FEWEST_FOR_CHANGE
    return Change(points, p, clear=enough and p < SIGNIFICANT)


# -- Answers in bands ---------------------------------------------------------------------------------


def band(question: Question, value: Any) -> str:
    """The coarsest thing that is told of one answer."""
    if value == NOT_APPLICABLE and question.type == "items":
        return NOT_APPLICABLE
    if question.type == "nps":
        return PROMOTERS if value >= 9 else PASSIVES if value >= 7 else DETRACTORS
    if question.type in RATED:
        return TOP2 if value >= TOP_FROM[question.type] else BELOW
    return str(value)


def bands(question: Question, answers: Sequence[Answer]) -> Counter[str]:
    """How many answers lie in each band. Of several choices each counts."""
    if question.type == "multi":
        return Counter(key for each in answers if isinstance(each, list) for key in each)
    return Counter(band(question, each) for each in answers)


def given(question: Question, answers: Sequence[Answer]) -> list[Answer]:
    """The answers that say something: without "not applicable"."""
    return [each for each in answers if not (question.type == "items" and each == NOT_APPLICABLE)]


def almost_all(question: Question, answers: Sequence[Answer], policy: Policy) -> str:
    """The band of (almost) all answers where so few gave one that this may not be told exactly; or ""."""
    said = given(question, answers)
    if not 0 < len(said) < policy.even:
        return ""
    fullest = bands(question, said).most_common(1)
    key, count = fullest[0] if fullest else ("", 0)
    return key if 100 * count >= ALMOST_ALL * len(said) else ""


def all_alike(question: Question, answers: Sequence[Answer]) -> bool:
    """True when every one of them, or every one that says something, is the same."""
    said = given(question, answers)
    sets = [each for each in (said, answers) if each]
    return any(max(bands(question, each).values(), default=0) == len(each) for each in sets)


# -- Measures -----------------------------------------------------------------------------------------


def measures(question: Question, answers: Sequence[Answer], policy: Policy) -> dict[str, float]:
    """Everything that is told of these answers. There is at least one that says something."""
    said = given(question, answers)
    n = len(said)
    found: dict[str, float] = {"n": n}
    cautious = n < policy.cautious
    if cautious:
        found["cautious"] = 1
    if question.type == "text":
        return {"n": n}
    if question.type == "items":
        found["na"] = _shown(100 * (len(answers) - n) / len(answers), cautious)
    if almost_all(question, answers, policy):
        return found | _almost_all(question, said, policy)
    if question.type in ("single", "multi"):
        return found | _shares(question, said, cautious)
    exact = _nps(question, said) if question.type == "nps" else _rated(question, said)
    found |= {
        name: _outwards(name, amount) if cautious else round(amount, 2) for name, amount in exact.items()
    }
    return found if cautious else found | _fine(question, said)


def _nps(question: Question, said: Sequence[Answer]) -> dict[str, float]:
    count, n = bands(question, said), len(said)
    interval = nps_interval(count[PROMOTERS], count[DETRACTORS], n)
    shares = {key: 100 * count[key] / n for key in (PROMOTERS, PASSIVES, DETRACTORS)}
    nps = 100 * (count[PROMOTERS] - count[DETRACTORS]) / n
    return {"nps": nps, "nps_low": interval.low, "nps_high": interval.high, **shares}


def _rated(question: Question, said: Sequence[Answer]) -> dict[str, float]:
    count, n = bands(question, said)[TOP2], len(said)
    interval = wilson(count, n)
    return {TOP2: 100 * count / n, "top2_low": interval.low, "top2_high": interval.high}


def _fine(question: Question, said: Sequence[Answer]) -> dict[str, float]:
    """What is told only where there are enough: the single values, and the mean of a scale."""
    count, n = Counter(said_as_number(each) for each in said), len(said)
    found = {f"option:{value}": round(100 * count[value] / n, 2) for value in question.values}
    if question.type in RATED:
        found["mean"] = round(sum(value * times for value, times in count.items()) / n, 3)
    return found


def said_as_number(value: Answer) -> int:
    """An answer on a scale."""
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no number.")
    return value


def _shares(question: Question, said: Sequence[Answer], cautious: bool) -> dict[str, float]:
    count = bands(question, said)
    return {f"option:{key}": _shown(100 * count[key] / len(said), cautious) for key in question.option_keys}


def _almost_all(question: Question, said: Sequence[Answer], policy: Policy) -> dict[str, float]:
    """Of several choices, those that not (almost) all have made are told as usual."""
    count, n = bands(question, said), len(said)
    alike = {key for key, times in count.items() if 100 * times >= ALMOST_ALL * n}
    found: dict[str, float] = {f"at_least_90:{key}": ALMOST_ALL for key in sorted(alike)}
    if question.type == "multi":
        usual = _shares(question, said, n < policy.cautious)
        found |= {name: share for name, share in usual.items() if name.partition(":")[2] not in alike}
    return found


def _shown(amount: float, cautious: bool) -> float:
    return ROUND_TO * math.floor(amount / ROUND_TO + 0.5) if cautious else round(amount, 2)


def _outwards(name: str, amount: float) -> float:
    """Rounded; the ends of an interval away from its middle, so that it never looks more certain."""
    steps = amount / ROUND_TO
    if name.endswith("_low"):
        return ROUND_TO * math.floor(steps + 1e-9)
    if name.endswith("_high"):
        return ROUND_TO * math.ceil(steps - 1e-9)
    return _shown(amount, cautious=True)
