"""How much must have been said before anything is shown. Pure; floors that no setting can lower.

Frozen with its wave before the first mail goes out; while the wave is open it may only be raised, which the
database enforces too. The reasons stand in docs/anonymity.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Policy:
    """Floors of a wave, each a number of ballots, answers or invitations."""

    score: int = 8  # valid answers before any number of a wave or of one of its cells
    comment: int = 10  # answers with text to that question before any comment
    remainder: int = 5  # what a shown cell leaves of its whole: nothing, or at least this many
    increment: int = 5  # new answers since the last publication of the same figure
    cell: int = 20  # invited with a value before the tally keeps that value of a ballot
    cautious: int = 30  # below this many answers: rounded figures, no trend
    even: int = 20  # below this many answers, an answer that all gave is shown as "at least 90 %"

    def to_json(self) -> dict[str, int]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Policy:
        """Back from plain data. Raises ValueError for a floor below its lowest."""
        policy = cls(**{each.name: int(data[each.name]) for each in fields(cls) if each.name in data})
        low = policy.below(LOWEST)
        if low:
            raise ValueError(f"Below the lowest floor: {', '.join(low)}.")
        return policy

    def below(self, other: Policy) -> list[str]:
        """The names of floors that lie below those of another policy."""
        return [each.name for each in fields(self) if getattr(self, each.name) < getattr(other, each.name)]

    def raised(self, **floors: int) -> Policy:
        """The same with some floors higher. Raises ValueError when one would be lower."""
        new = replace(self, **floors)
        if new.below(self):
            raise ValueError(f"A floor may only be raised: {', '.join(new.below(self))}.")
        return new


LOWEST = Policy(score=5, comment=8, remainder=5, increment=5, cell=15, cautious=30, even=20)
DEFAULT = Policy()
FEWEST_ELIGIBLE = 20  # a one-off wave with fewer people who can be asked is refused
FEWEST_QUARTERLY = 30  # fewer expected invitations: waves last half a year and show the whole company alone
HELD_MONTHS = 12  # a wave that never had enough answers is destroyed unread after this time
CLOSES_AFTER_DAYS = 28  # after the last day of sending
FOLLOW_UP_DAYS = 7
TAG_KEY_DAYS = 14  # a send day's tag key is destroyed at the latest this long after sending
KEYS_AHEAD_DAYS = 14  # keys of the next wave exist this long before it opens
