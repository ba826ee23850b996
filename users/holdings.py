"""What somebody still holds, asked of the apps that know: shown before a user is deactivated.

Apps to the right register a counter at start-up, so that this app need not know them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from users.models import User


@dataclass(frozen=True)
class Holding:
    """``count`` things of one sort, in words (a translated plural)."""

    count: int
    words: str


_counters: list[Callable[[User], Holding]] = []


def register(counter: Callable[[User], Holding]) -> None:
    """Registering the same function twice has no effect."""
    if counter not in _counters:
        _counters.append(counter)


def of(user: User) -> list[Holding]:
    """What the user holds; one query per registered counter, nothing with a count of 0."""
    return [holding for counter in _counters if (holding := counter(user)).count]
