"""Reads the figures that were kept of a simulation: sums, averages, who is over and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

FIRST_FULL = 1
"""The week of the simulation is begun already and holds all that is late: it is shown, and judges nobody."""


@dataclass(frozen=True)
class Pair:
    """The same weeks under the running plan and under the draft."""

    old: Sequence[int]
    new: Sequence[int]

    def __add__(self, other: Pair) -> Pair:
        return Pair(
            [a + b for a, b in zip(self.old, other.old, strict=True)],
            [a + b for a, b in zip(self.new, other.new, strict=True)],
        )

    @property
    def weekly(self) -> tuple[float, float]:
        """Average of the full weeks."""
        return _mean(self.old), _mean(self.new)

    @property
    def change(self) -> float:
        return self.weekly[1] - self.weekly[0]

    @property
    def totals(self) -> tuple[int, int]:
        return sum(self.old), sum(self.new)


@dataclass(frozen=True)
class Run:
    """Weeks one after another in which somebody is over capacity; ``percent`` None: no working day at all."""

    first: int
    last: int
    minutes: int
    capacity: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.minutes / self.capacity) if self.capacity else None

    @property
    def over(self) -> int:
        return self.minutes - self.capacity


@dataclass(frozen=True)
class Person:
    """What a user would have to do, week by week. ``pk`` 0: nobody in person."""

    pk: int
    touchpoints: Pair
    minutes: Pair
    capacity: Sequence[int]

    @property
    def percents(self) -> tuple[int | None, int | None]:
        """Of the capacity of all full weeks: under the running plan, under the draft."""
        whole = sum(self.capacity[FIRST_FULL:])
        if not whole:
            return None, None
        old, new = (sum(side[FIRST_FULL:]) for side in (self.minutes.old, self.minutes.new))
        return round(100 * old / whole), round(100 * new / whole)

    @cached_property
    def over_weeks(self) -> list[int]:
        return self._over(self.minutes.new)

    @cached_property
    def was_over_weeks(self) -> list[int]:
        return self._over(self.minutes.old)

    @property
    def over_minutes(self) -> int:
        return sum(self.minutes.new[week] - self.capacity[week] for week in self.over_weeks)

    @cached_property
    def runs(self) -> list[Run]:
        """The worst first."""
        found = []
        for first, last in spans(self.over_weeks):
            weeks = slice(first, last + 1)
            found.append(Run(first, last, sum(self.minutes.new[weeks]), sum(self.capacity[weeks])))
        return sorted(found, key=lambda run: run.over, reverse=True)

    @property
    def worst(self) -> Run | None:
        return self.runs[0] if self.runs else None

    def _over(self, minutes: Sequence[int]) -> list[int]:
        if not self.pk:
            return []
        return [week for week in range(FIRST_FULL, len(minutes)) if minutes[week] > self.capacity[week]]


@dataclass(frozen=True)
class Figures:
    """All that a page shows of one simulation."""

    raw: dict[str, Any]

    @cached_property
    def weeks(self) -> list[date]:
        return [date.fromisoformat(week) for week in self.raw["weeks"]]

    @property
    def has_running(self) -> bool:
        return self.raw["running"] is not None

    @property
    def effect(self) -> dict[str, int]:
        found: dict[str, int] = self.raw["effect"]
        return found

    @property
    def effect_alone(self) -> dict[str, int] | None:
        """What a later first night would write under the running plan; None where it is the next night."""
        found: dict[str, int] | None = self.raw.get("effect_alone")
        return found

    @cached_property
    def kinds(self) -> dict[str, Pair]:
        """The busiest first."""
        pairs = {kind: Pair(**sides) for kind, sides in self.raw["kinds"].items()}
        return dict(sorted(pairs.items(), key=lambda item: -max(item[1].totals)))

    @cached_property
    def touchpoints(self) -> Pair:
        return _added(self.kinds.values(), len(self.weeks))

    @cached_property
    def people(self) -> list[Person]:
        """Whoever is most over capacity first, then by load; without "nobody in person"."""
        found = [self._person(user) for user in self.raw["users"] if user != "0"]
        return sorted(found, key=lambda one: (-one.over_minutes, -(one.percents[1] or 0), one.pk))

    @property
    def nobody(self) -> Person | None:
        """What is sent by the system, or has no owner."""
        return self._person("0") if "0" in self.raw["users"] else None

    @cached_property
    def minutes(self) -> Pair:
        """Of people; what nobody does in person costs no minutes of anybody."""
        return _added((one.minutes for one in self.people), len(self.weeks))

    @cached_property
    def capacity(self) -> list[int]:
        return [sum(column) for column in zip(*self.raw["capacity"].values(), strict=True)] or [
            0 for _ in self.weeks
        ]

    @property
    def over(self) -> list[Person]:
        return [one for one in self.people if one.over_weeks]

    def _person(self, user: str) -> Person:
        row = self.raw["users"][user]
        return Person(
            int(user),
            Pair(row["old"], row["new"]),
            Pair(row["old_minutes"], row["new_minutes"]),
            self.raw["capacity"].get(user, [0 for _ in self.weeks]),
        )


def spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of what follows without a gap."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _added(pairs: Iterable[Pair], weeks: int) -> Pair:
    total = Pair([0] * weeks, [0] * weeks)
    for pair in pairs:
        total = total + pair
    return total


def _mean(numbers: Sequence[int]) -> float:
    full = numbers[FIRST_FULL:]
    return sum(full) / len(full) if full else 0.0
