"""What the pages of tiers show: the ladder in words, and what rules would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from accounts.models import Tier, TierLift
from cadences.tier_rules import REFUSED, Rules, troubles
from cadences.tier_words import condition_words, delay_words, lift_words, notes_words, trouble_words
from cadences.tiering import Moving, TierWeighing, moving, rule_of, weigh

EXAMPLES = 10  # accounts on one page of a preview


@dataclass(frozen=True)
class Rung:
    """A tier with its rule in words."""

    tier: Tier
    conditions: list[str]
    delay: str
    is_lowest: bool
    is_highest: bool


@dataclass(frozen=True)
class Ladder:
    """All tiers, highest first."""

    rungs: list[Rung]
    lifts: list[str]
    notes: list[str]

    @classmethod
    def of(cls, rows: list[Tier], currency: str) -> Self:
        """``rows``: highest first, with conditions and counts."""
        lowest_first = tuple(rule_of(tier) for tier in reversed(rows))
        rungs = [
            Rung(
                tier,
                [condition_words(condition, currency) for condition in rule.conditions],
                delay_words(rule.demote_after_months),
                is_lowest=tier is rows[-1],
                is_highest=tier is rows[0],
            )
            for tier, rule in zip(rows, reversed(lowest_first), strict=True)
        ]
        lifts = [lift_words(lift.network, lift.tiers) for lift in TierLift.objects.all()]
        return cls(rungs, lifts, notes_words(troubles(Rules(lowest_first))))


@dataclass(frozen=True)
class Preview:
    """What rules would do tonight: numbers, moves, a page of accounts, and what is odd about the rules."""

    weighing: TierWeighing
    accounts: list[Moving]
    chosen: str
    count: int
    page: int
    wrong: list[str]
    notes: list[str]

    @classmethod
    def of(cls, rules: Rules, steps: tuple[int, int] | None, page: int) -> Self:
        weighing = weigh(rules)
        chosen = "{}-{}".format(*steps) if steps else ""
        counts = {move.key: move.count for move in weighing.moves}
        if chosen not in counts:
            chosen, steps = "", None
        count = counts.get(chosen, weighing.moved)
        page = min(page, max((count + EXAMPLES - 1) // EXAMPLES, 1))
        found = []
        if count:
            found = moving(rules, steps=steps, offset=(page - 1) * EXAMPLES, limit=EXAMPLES)
        said = troubles(rules)
        return cls(
            weighing, found, chosen, count, page,
            [trouble_words(each) for each in said if each.code in REFUSED],
            notes_words(each for each in said if each.code not in REFUSED),
        )  # fmt: skip

    @property
    def first(self) -> int:
        return (self.page - 1) * EXAMPLES + 1

    @property
    def last(self) -> int:
        return self.first + len(self.accounts) - 1

    @property
    def previous_page(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if self.last < self.count else None
