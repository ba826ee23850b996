"""Which tier an account is in: rules assign, people override (R28).

One statement judges all accounts by the rules (``sql/tiering.sql``); the night writes its answer, the page
of tiers shows it beforehand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import connection, transaction
from django_countries import countries

from accounts.models import Tier, TierCondition, TierLift
from cadences import chain
from cadences.tier_rules import Condition, Lift, Rule, Rules, compiled
from users.clock import company_today
from users.models import Company

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

SLICE = 10_000  # accounts per statement that writes: some 60 MB for their old rows and history


@dataclass(frozen=True)
class Weight:
    """A tier in numbers: in it now, after tonight, how many meet its own rule, and who is there for what."""

    rule: Rule
    now: int = 0
    tonight: int = 0
    caught: int = 0
    pinned: int = 0
    waiting: int = 0

    @property
    def change(self) -> int:
        return self.tonight - self.now


@dataclass(frozen=True)
class Move:
    """How many accounts go from one tier (None: from none yet) to another; steps count from 1."""

    old: Rule | None
    new: Rule
    count: int
    old_step: int
    new_step: int

    @property
    def is_up(self) -> bool:
        return self.new_step > self.old_step

    @property
    def key(self) -> str:
        return f"{self.old_step}-{self.new_step}"


@dataclass(frozen=True)
class TierWeighing:
    """What rules would do tonight. ``tiers``: lowest first."""

    tiers: list[Weight]
    moves: list[Move]
    total: int

    @property
    def moved(self) -> int:
        return sum(move.count for move in self.moves)

    @property
    def waiting(self) -> int:
        """Accounts whose rules give a lower tier, but not for long enough."""
        return sum(weight.waiting for weight in self.tiers)


@dataclass(frozen=True)
class Moving:
    """One account that would move tonight, with the reason that would be stored."""

    account_id: int
    name: str
    old: Rule | None
    new: Rule
    reason: str


def rules_now() -> Rules:
    """The rules as they are stored."""
    tiers = Tier.objects.order_by("rank").prefetch_related("conditions")
    lifts = tuple(Lift(lift.network, lift.tiers) for lift in TierLift.objects.all())
    return Rules(tuple(rule_of(tier) for tier in tiers), lifts, Company.get().currency)


def rule_of(tier: Tier) -> Rule:
    conditions = tuple(condition_of(row) for row in tier.conditions.all())
    return Rule(tier.pk, tier.name, tier.match, conditions, tier.demote_after_months)


def condition_of(row: TierCondition) -> Condition:
    labels = tuple(countries.name(code) or code for code in row.words) if row.fact == "country" else ()
    return Condition(row.fact, row.at_least, row.at_most, tuple(row.words), labels)


@transaction.atomic
def retier(account_ids: Collection[int] | None, as_of: date) -> int:
    """Assign tiers by the rules as of that day; returns how many accounts changed.

    Promotes at once; demotes after the tier's months below it. Writes ``tier``, ``tier_before``,
    ``tier_since``, ``below_since`` and the reason in words. An account's first tier has no ``tier_before``:
    it is no promotion, and leaves no event in the history. Pinned ones are left alone until their last day.
    """
    rules = rules_now()
    if not rules.tiers:
        return 0
    with connection.cursor() as cursor:
        with _tuned(cursor):
            cursor.execute("DROP TABLE IF EXISTS tend_tier_news")
            _execute(cursor, "keep", rules, account_ids, {"as_of": as_of})
            cursor.execute("CREATE INDEX ON tend_tier_news (account_id)")
            cursor.execute("ANALYZE tend_tier_news")
        cursor.execute("SELECT DISTINCT CASE WHEN is_move OR released THEN old_tier_id IS NULL END"
                       " FROM tend_tier_news")  # fmt: skip
        kinds = {kind for (kind,) in cursor.fetchall()}
        changed = 0
        if True in kinds:
            with pgtrigger.ignore("accounts.Account:update_update"):
                changed += _assign(cursor, as_of, first=True)
        if False in kinds:
            changed += _assign(cursor, as_of, first=False)
        if None in kinds:
            for after, until in _slices(cursor):
                cursor.execute(_texts()["wait"], {"after": after, "until": until})
        cursor.execute("DROP TABLE tend_tier_news")
    return changed


def weigh(rules: Rules | None = None, as_of: date | None = None) -> TierWeighing:
    """What the rules (None: the stored ones) would do to all accounts tonight. Reads only."""
    rules = rules or rules_now()
    if not rules.tiers:
        return TierWeighing([], [], 0)
    with connection.cursor() as cursor, _tuned(cursor):
        _execute(cursor, "weigh", rules, None, {"as_of": as_of or company_today()})
        return _weighing(rules, cursor.fetchall())


def moving(
    rules: Rules | None = None,
    as_of: date | None = None,
    *,
    steps: tuple[int, int] | None = None,
    offset: int = 0,
    limit: int = 20,
) -> list[Moving]:
    """The accounts that would move tonight, by name. ``steps``: only those from one step to another."""
    rules = rules or rules_now()
    if not rules.tiers:
        return []
    old, new = steps or (None, None)
    values = {"as_of": as_of or company_today(), "from": old, "to": new, "offset": offset, "limit": limit}
    with connection.cursor() as cursor, _tuned(cursor):
        _execute(cursor, "list", rules, None, values)
        rows = cursor.fetchall()
    steps_of = dict(enumerate(rules.tiers, 1))
    return [
        Moving(pk, name, steps_of.get(before), steps_of[after], reason)
        for pk, name, before, after, reason in rows
    ]


def _weighing(rules: Rules, rows: list[tuple[Any, ...]]) -> TierWeighing:
    now: Counter[int] = Counter()
    tonight: Counter[int] = Counter()
    caught: Counter[int] = Counter()
    pinned: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    moves: Counter[tuple[int, int]] = Counter()
    total = 0
    for old, new, given, is_pinned, count, met in rows:
        total += count
        now[old or 0] += count
        tonight[new or 0] += count
        pinned[new or 0] += count if is_pinned else 0
        waiting[old or 0] += count if not is_pinned and given < (new or 0) else 0
        caught.update(dict(enumerate(met, 2)))
        if not is_pinned and old != new:
            moves[old or 0, new] += count
    by_step = dict(enumerate(rules.tiers, 1))
    return TierWeighing(
        [
            Weight(rule, now[step], tonight[step], caught[step], pinned[step], waiting[step])
            for step, rule in by_step.items()
        ],
        [
            Move(by_step.get(old), by_step[new], count, old, new)
            for (old, new), count in sorted(moves.items())
        ],
        total,
    )


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    """The statements of ``sql/tiering.sql`` by their names."""
    parts = re.split(r"^-- name: (\w+)\n", chain.SQL["tiering"], flags=re.MULTILINE)
    texts = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {name: text.replace("@judge", texts["judge"].rstrip()) for name, text in texts.items()}


def _execute(
    cursor: CursorWrapper,
    name: str,
    rules: Rules,
    account_ids: Collection[int] | None,
    values: dict[str, Any],
) -> None:
    places = compiled(rules)
    text = _texts()[name]
    for place, part in places.places.items():
        text = text.replace("{" + place + "}", part)
    cursor.execute(
        chain.expand(text, account_ids is None),
        {**places.values, **values, "ids": list(account_ids or ())},
    )


@contextmanager
def _tuned(cursor: CursorWrapper) -> Iterator[None]:
    """Compiling costs more than it saves; the sums of a million accounts fit into this memory or spill."""
    with transaction.atomic():
        cursor.execute("SELECT set_config('jit', 'off', true), set_config('work_mem', '32MB', true)")
        yield


def _assign(cursor: CursorWrapper, as_of: date, *, first: bool) -> int:
    """Slice by slice: one statement over a million accounts would hold all their old rows in memory."""
    changed = 0
    for after, until in _slices(cursor):
        values = {"as_of": as_of, "first": first, "after": after, "until": until}
        # filled in beforehand: ignoring a trigger adds a parameter of the other style
        cursor.execute(cursor.mogrify(_texts()["assign"], values).decode())
        changed += cursor.fetchone()[0]
    return changed


def _slices(cursor: CursorWrapper) -> list[tuple[int, int]]:
    """Ranges of ids, each with at most ``SLICE`` accounts that change: first excluded, last included."""
    cursor.execute(
        "SELECT account_id FROM (SELECT account_id, row_number() OVER (ORDER BY account_id) AS place"
        " FROM tend_tier_news) numbered WHERE place %% %s = 0 ORDER BY account_id",
        [SLICE],
    )
    bounds = [pk for (pk,) in cursor.fetchall()]
    return list(zip([0, *bounds], [*bounds, 2**62], strict=True))
