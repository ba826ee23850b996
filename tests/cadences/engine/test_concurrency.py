"""Ten at once on real connections, and a worker killed at every step: the same rows as undisturbed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts.models import Account
from cadences.ledger import check
from cadences.models import Touchpoint
from cadences.nightly import run_night
from cadences.reconcile import reconcile
from core.models import JobRun
from tests.cadences.engine.seeded import customer, rows, seed
from tests.factories import make_interaction
from tests.queue import _database_url

DAY = date(2026, 3, 10)
ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@contextmanager
def own_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


def _world() -> list[int]:
    owner = seed()
    accounts = [
        customer(owner, DAY - timedelta(days=days), tier)
        for days in (1, 20, 45, 100, 200)
        for tier in ("Small", "Medium", "Large")
    ]
    return [account.pk for account in accounts]


def _ten(work: list[tuple[list[int] | None, date]]) -> None:
    def one(job: tuple[list[int] | None, date]) -> None:
        with own_connection():
            reconcile(*job)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(one, work))


def test_ten_runs_at_once_give_the_rows_of_one() -> None:
    ids = _world()
    reconcile(None, DAY)
    alone = rows()
    Touchpoint.objects.all().delete()
    _ten([(None, DAY)] * 5 + [(ids, DAY)] * 3 + [(ids[:5], DAY), (ids[5:], DAY)])
    assert rows() == alone
    assert check(DAY) == []


def test_ten_runs_at_once_after_a_gap_close_and_move_once() -> None:
    ids = _world()
    reconcile(None, DAY)
    for pk in ids:
        for days in (30, 62):
            make_interaction(account_of(pk), happened_on=DAY + timedelta(days=days))
    later = DAY + timedelta(days=63)
    with transaction.atomic():
        reconcile(None, later)
        alone = rows()
        transaction.set_rollback(True)
    _ten([(None, later)] * 4 + [(ids, later)] * 4 + [(ids[::2], later), (ids[1::2], later)])
    assert rows() == alone
    assert check(later) == []


def account_of(pk: int) -> Account:
    return Account.objects.get(pk=pk)


NIGHT = (
    "from datetime import date; from cadences.nightly import run_night; run_night(date(2026, 3, 10), 'kill')"
)


def _night_in_a_process(kill_at: str) -> int:
    env = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": _database_url(),
        "TEND_KILL_AT": kill_at,
    }
    code = f"import django; django.setup(); {NIGHT}"
    return subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, env=env, timeout=60).returncode


def test_a_night_killed_at_any_step_and_run_again_gives_the_same_rows() -> None:
    _world()
    with transaction.atomic():
        reconcile(None, DAY)
        undisturbed = rows()
        transaction.set_rollback(True)
    for step in ("claimed", "retiered", "reconciled", "finished", "committed"):
        assert _night_in_a_process(step) == -9, step
        if step != "committed":
            assert rows() == [], step
            assert JobRun.objects.get().state == JobRun.State.RUNNING
    assert rows() == undisturbed
    assert JobRun.objects.get().state == JobRun.State.DONE
    run = run_night(DAY, asked_by="a person")
    assert rows() == undisturbed
    assert run.attempts == 6
    assert check(DAY) == []
