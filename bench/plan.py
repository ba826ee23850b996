"""A draft of the plan beside the running one: simulated, then activated."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from unittest.mock import patch

from bench import engine
from bench.report import Line
from cadences import plans
from cadences.models import Plan
from cadences.simulation.computing import compute
from users.models import User

GOAL_SECONDS = 10.0  # a simulation of 200,000 accounts; beyond, its page shows progress
MEASURED_AT = 200_000


@dataclass
class Measured:
    """Seconds of each simulation and of the activation, and what its first night wrote."""

    simulations: list[float] = field(default_factory=list)
    activation: float = 0.0
    written: dict[str, int] = field(default_factory=dict)


def measure(today: date, repeats: int, say: Callable[[str], None]) -> Measured:
    """The last step changes the database: a new version runs afterwards."""
    admin = User.objects.create_user(email="planner@bench.example", display_name="Planner", roles=["admin"])
    draft, found = _draft(admin), Measured()
    for _ in range(repeats):
        found.simulations.append(engine.timed(lambda: compute(draft, today, lambda *_: None)))
    say(f"  simulation: {median(found.simulations):.1f} s")
    engine.settle()
    start = time.perf_counter()
    with patch("cadences.plans.versions.company_today", lambda: today):
        plans.activate(admin, draft, today)
    found.written = _counts(today)
    found.activation = time.perf_counter() - start
    say(f"  activation: {found.activation:.1f} s, {found.written}")
    return found


def lines(found: Measured, accounts: int) -> list[Line]:
    goal = GOAL_SECONDS if accounts <= MEASURED_AT else None
    written = ", ".join(f"{count:,} {word}" for word, count in found.written.items() if count)
    return [
        Line(f"simulation of a draft, {accounts:,} accounts", median(found.simulations), "s", goal),
        Line(
            f"activation of a version, {accounts:,} accounts",
            found.activation,
            "s",
            detail=f"until every touchpoint follows it: {written or 'nothing to write'}",
        ),
    ]


def _draft(admin: User) -> Plan:
    """Everybody who is called every few months is called twice as often."""
    draft = plans.draft_of(admin, None)
    for item in draft.items.filter(anchor="after_contact", every__gt=1):
        item.every = max(item.every // 2, 1)
        item.save()
    return draft


def _counts(today: date) -> dict[str, int]:
    """What the worker does that the activation of a big company asks for."""
    outcome = engine.reconcile_all(today)
    return {word: getattr(outcome, word) for word in ("created", "moved", "cancelled", "lapsed", "reopened")}
