"""What is thin about the people we know at an account (R21, R24): pure, from facts that are at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

SILENT_DAYS = 90
"""A champion not spoken to for so long is one we may be losing."""


class Gap(StrEnum):
    """One kind of warning."""

    ALL_LEFT = "all_left"
    ONLY_ONE = "only_one"
    NO_MAIN = "no_main"
    NO_DECIDER = "no_decider"
    SILENT_CHAMPION = "silent_champion"


class Person(Protocol):
    """What the rules ask of a contact; ``spoken_on``: when we last reached them."""

    decision_roles: list[str]
    is_main: bool
    left_on: date | None
    spoken_on: date | None


@dataclass(frozen=True)
class Warned:
    """A warning; ``people``: the only one, who left last, or the champions who are silent."""

    gap: Gap
    people: tuple[Any, ...] = ()

    @property
    def person(self) -> Any:
        """The first of them, where there is one."""
        return self.people[0] if self.people else None


def warnings_of(people: Iterable[Person], today: date) -> list[Warned]:
    """Nothing for an account without any people: its panel says already whom to add."""
    everybody = list(people)
    there = [one for one in everybody if one.left_on is None]
    last_gone = _last_gone(everybody)
    if not there:
        return [Warned(Gap.ALL_LEFT, last_gone)] if last_gone else []
    found = []
    if not any(one.is_main for one in there):
        found.append(Warned(Gap.NO_MAIN, last_gone))
    if len(there) == 1:
        found.append(Warned(Gap.ONLY_ONE, (there[0],)))
    if not any("decides" in one.decision_roles for one in there):
        found.append(Warned(Gap.NO_DECIDER))
    champions = [one for one in there if "champions" in one.decision_roles]
    silent = tuple(one for one in champions if is_silent(one.spoken_on, today))
    if silent:
        found.append(Warned(Gap.SILENT_CHAMPION, silent))
    return found


def _last_gone(people: list[Person]) -> tuple[Person, ...]:
    """The one who left last; of several on one day the first in the list. Empty for nobody."""
    last: tuple[Person, ...] = ()
    for one in people:
        if one.left_on is not None and (not last or one.left_on > (last[0].left_on or one.left_on)):
            last = (one,)
    return last


def is_silent(spoken_on: date | None, today: date) -> bool:
    return spoken_on is None or (today - spoken_on).days >= SILENT_DAYS
