"""The nightly work, each time beside a bare INSERT … SELECT of the rows it made."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, transaction

from bench import facts, memory
from cadences.engine import reconcile
from cadences.models import Schedule, Touchpoint
from cadences.nightly import run_night
from stack import postgres, services
from stack.say import Problem

BARE = "bench_bare"
TABLE = Touchpoint._meta.db_table


@dataclass
class Night:
    """Seconds of each measured step, medians over the repeats, and how many rows there were."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    rows: int = 0
    changed: dict[str, Any] = field(default_factory=dict)
    backend_peak: int = 0

    def add(self, step: str, seconds: float) -> None:
        self.seconds.setdefault(step, []).append(seconds)

    def median(self, step: str) -> float:
        return median(self.seconds[step])

    def ratio(self, step: str) -> float:
        return self.median(step) / self.median("bare insert")


def settle() -> None:
    """Write dirty pages out, so that no step pays for the one before. Needs the superuser: only embedded."""
    if services.own_database():
        try:
            postgres.psql("CHECKPOINT")
        except Problem:
            return


def timed(work: Callable[[], Any]) -> float:
    settle()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def make_bare_table() -> None:
    """Columns, defaults, constraints, indexes and foreign keys of the touchpoints, and nothing in it."""
    facts.execute(f"CREATE TABLE {BARE} (LIKE {TABLE} INCLUDING ALL)")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'f'",
            [TABLE],
        )
        keys = [definition for (definition,) in cursor.fetchall()]
    for position, definition in enumerate(keys):
        facts.execute(f"ALTER TABLE {BARE} ADD CONSTRAINT {BARE}_fk{position} {definition}")


def bare_insert() -> None:
    """The rows that are there, once more: the least that writing them can cost."""
    with transaction.atomic():
        facts.execute(f"INSERT INTO {BARE} SELECT * FROM {TABLE}")


def measure(accounts: int, today: date, repeats: int, say: Callable[[str], None]) -> Night:
    """From nothing, again with nothing to do, and a night in which one account in a hundred changed."""
    night = Night()
    Schedule.objects.update_or_create(id=1, defaults={"is_on": True})
    make_bare_table()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    with memory.PrivatePeak(backend) as watched:

        def done(text: str) -> None:
            say(f"  {text}; database session so far at most {watched.peak >> 20} MB")

        for turn in range(repeats):
            _from_nothing(night, today)
            done(
                f"run {turn + 1} of {repeats}: {night.rows:,} touchpoints, "
                f"{night.seconds['from nothing'][-1]:.1f} s, bare {night.seconds['bare insert'][-1]:.1f} s"
            )
        for _ in range(repeats):
            night.add("nothing changed", timed(lambda: reconcile_all(today)))
        done(f"nothing changed: {night.median('nothing changed'):.1f} s")
        _normal_nights(night, accounts, today, repeats, done)
    night.backend_peak = watched.peak
    return night


def reconcile_all(today: date) -> Any:
    with transaction.atomic():
        return reconcile(None, today)


def _from_nothing(night: Night, today: date) -> None:
    facts.execute(f"TRUNCATE {TABLE}, {BARE} CASCADE")  # meetings and gifts name rows; here are none
    night.add("from nothing", timed(lambda: reconcile_all(today)))
    night.rows = Touchpoint.objects.count()
    facts.execute(f"VACUUM ANALYZE {TABLE}")
    night.add("bare insert", timed(bare_insert))
    facts.execute(f"TRUNCATE {BARE}")


def _normal_nights(
    night: Night, accounts: int, today: date, repeats: int, done: Callable[[str], None]
) -> None:
    """The whole job of a night, re-tiering and run log included, on the days after the first."""
    run_night(today, asked_by="bench")
    for turn in range(1, repeats + 1):
        day = today + timedelta(days=turn)
        facts.change_one_percent(accounts, day, turn)
        night.add("normal night", timed(partial(_run, night, day)))
    done(f"normal night: {night.median('normal night'):.1f} s, {night.changed}")


def _run(night: Night, day: date) -> None:
    run = run_night(day, asked_by="bench")
    night.changed = {key: value for key, value in run.counts.items() if isinstance(value, int)}
