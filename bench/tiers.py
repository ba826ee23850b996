"""Re-tiering after a change of rules, beside a bare UPDATE … FROM of the rows that it changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from accounts.models import Account
from bench import facts
from bench.engine import timed
from bench.report import Line
from cadences import tiering
from sales.models import Purchase

GOAL = 2.0  # at most twice the bare update plus one scan
ROWS, EVENTS = Account._meta.db_table, "accounts_accountevent"
COLUMNS = ("tier_id", "tier_before_id", "tier_since", "tier_reason", "below_since", "updated_at")


@dataclass
class Tiering:
    """Seconds of each step over the repeats, and how many accounts changed their tier."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    changed: int = 0

    def add(self, step: str, seconds: float) -> None:
        self.seconds.setdefault(step, []).append(seconds)

    def median(self, step: str) -> float:
        return median(self.seconds[step])


def measure(today: date, repeats: int) -> Tiering:
    """Higher thresholds move some tenth of the accounts; the bare update then takes exactly that back.

    The accounts must have tiers already.
    """
    found = Tiering()
    facts.execute("UPDATE accounts_tier SET demote_after_months = 0")
    for _turn in range(repeats):
        found.add("nothing changed", timed(lambda: tiering.retier(None, today)))
        found.add("preview", timed(tiering.weigh))
        found.add("scan", timed(_scan))
        facts.execute(f"CREATE TABLE bench_before AS SELECT id, {', '.join(COLUMNS)} FROM {ROWS}")
        _thresholds("1.5 * at_least")
        found.add("re-tiering", timed(lambda: _retier(found, today)))
        facts.execute(
            f"CREATE TABLE bench_kept AS SELECT before.* FROM bench_before before JOIN {ROWS} account "
            "USING (id) WHERE before.tier_id <> account.tier_id"
        )
        facts.execute(f"VACUUM ANALYZE {ROWS}, {EVENTS}, bench_kept")
        found.add("bare update", timed(_bare_update))
        _thresholds("at_least / 1.5")
        facts.execute("DROP TABLE bench_before, bench_kept")
        facts.execute(f"VACUUM ANALYZE {ROWS}, {EVENTS}")
    return found


def lines(found: Tiering, accounts: int) -> list[Line]:
    """The figures with their goal, for the report."""
    bare, scan = found.median("bare update"), found.median("scan")
    took = found.median("re-tiering")
    return [
        Line(
            f"re-tiering, {accounts:,} accounts",
            took / (bare + scan),
            goal=GOAL,
            detail=f"{took:.2f} s for {found.changed:,} changes; bare update {bare:.2f} s, scan {scan:.2f} s",
        ),
        Line(f"re-tiering, nothing changed, {accounts:,} accounts", found.median("nothing changed"), "s"),
        Line(f"preview of rules, {accounts:,} accounts", found.median("preview"), "s"),
    ]


def _thresholds(new: str) -> None:
    facts.execute(f"UPDATE accounts_tiercondition SET at_least = {new}")


def _retier(found: Tiering, today: date) -> None:
    found.changed = tiering.retier(None, today)


def _scan() -> Any:
    """The least that judging costs: read the accounts and their purchases once."""
    facts.execute(f"SELECT max(tier_id), max(network_value) FROM {ROWS}")
    facts.execute(f"SELECT sum(amount) FROM {Purchase._meta.db_table} WHERE voided_at IS NULL")


def _bare_update() -> None:
    columns = ", ".join(f"{name} = kept.{name}" for name in COLUMNS)
    facts.execute(f"UPDATE {ROWS} account SET {columns} FROM bench_kept kept WHERE account.id = kept.id")
