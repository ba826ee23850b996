"""Oracle against engine: plays worlds on both, and tells a disagreement so that a person can judge it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date

import time_machine
from django.db import transaction

from . import loading, oracle
from .facts import Account, Row, Rows, World
from .happenings import Change, pass_time
from .worlds import make_world

#: Columns of the oracle's rows that the database does not have.
NOT_STORED = {"who": "owner", "lapse_after": None}


Runner = Callable[[date], None]


class DisagreementError(AssertionError):
    """Oracle and engine see one account otherwise; the text tells which and how."""


@dataclass
class Disagreement:
    """One account that the engine sees otherwise, after one of its runs."""

    seed: int
    number: int
    as_of: date
    world: World
    account: Account
    before: Rows
    got: Rows
    told: list[str]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        yield f"seed {self.seed}, account number {self.number}, run of {self.as_of}"
        yield from (f"  fact: {line}" for line in facts_of(self.account))
        plan = self.world.plan
        yield f"  plan {plan.version} from {plan.effective_from}, horizon {self.world.horizon} days"
        slots = {key[0] for key in self.differing()}
        items = [item for item in plan.items if item.slot in slots or item.is_track]
        yield from (f"  item: {shown(item)}" for item in items)
        yield from (f"  done: {line}" for line in self.told)
        others = [row for row in self.before.values() if row.slot in slots or row.anchor == "agreed"]
        yield from (f"  row : {shown(row)}" for row in others if row.key not in self.differing())
        for key in self.differing():
            yield f"  {'/'.join(key)}"
            yield f"    before  : {shown(plain(self.before.get(key)))}"
            yield f"    expected: {shown(plain(self.account.rows.get(key)))}"
            yield f"    got     : {shown(self.got.get(key))}"

    def differing(self) -> list[tuple[str, str]]:
        expected = {key: plain(row) for key, row in self.account.rows.items()}
        keys = expected.keys() | self.got.keys()
        return sorted(key for key in keys if expected.get(key) != self.got.get(key))


def plain(row: Row | None) -> Row | None:
    """The row without what the database does not hold."""
    return replace(row, **NOT_STORED) if row else None


def shown(record: object) -> str:
    """A record with only what is said about it."""
    if record is None:
        return "no row"
    told = [
        f"{field.name}={value}"
        for field in fields(record)
        if (value := getattr(record, field.name)) != field.default
    ]
    return " ".join(told)


def facts_of(account: Account) -> Iterator[str]:
    yield shown(replace(account, rows={}, purchases=[], talks=[]))
    yield from (shown(purchase) for purchase in sorted(account.purchases, key=lambda p: p.day))
    yield from (shown(talk) for talk in sorted(account.talks, key=lambda t: t.day))


@time_machine.travel("2035-07-04 12:00", tick=False)
def play(
    seed: int, numbers: Iterable[int], steps: int, run: Runner = loading.run_engine
) -> Iterator[tuple[World, date]]:
    """One world in the database, run after run; yields after each run, when both agreed.

    ``run`` makes the engine's run. Everything is rolled back at the end. Raises DisagreementError.
    """
    with transaction.atomic():
        world, today = make_world(seed, numbers)
        loading.load(world)
        change, before = Change(), {}
        for step in range(steps):
            oracle.run(world, today)
            run(today)
            check(seed, world, today, before, change)
            yield world, today
            before = {account.id: dict(account.rows) for account in world.accounts}
            today, change = pass_time(world, seed, step, today)
            loading.tell(world, change)
        transaction.set_rollback(True)


def check(seed: int, world: World, today: date, before: dict[int, Rows], change: Change) -> None:
    found = next(disagreements(seed, world, today, before, change), None)
    if found is not None:
        raise DisagreementError(f"\n{found}")


def disagreements(
    seed: int, world: World, today: date, before: dict[int, Rows], change: Change
) -> Iterator[Disagreement]:
    got = loading.stored()
    for account in world.accounts:
        expected = {key: plain(row) for key, row in account.rows.items()}
        if expected != got.get(account.id, {}):
            told = [line for line in change.told if line.startswith(f"{account.id} ")]
            number = account.id - seed * 10_000 - 1
            yield Disagreement(
                seed, number, today, world, account, before.get(account.id, {}), got.get(account.id, {}), told
            )
