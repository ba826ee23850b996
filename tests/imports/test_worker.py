"""Workers die, brokers are down, two workers take one batch: nothing is half-done, nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.models import Account
from contacts.models import Contact
from core import facts
from imports import pipeline, refused, services, tasks
from imports.errors import BadFileError
from imports.models import ImportBatch
from tests.factories import make_user
from users.models import User

CSV = "customer_id,company_name,contact_name\n" + "".join(f"A{i},Acme {i},Eva Lind{i}\n" for i in range(50))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whom the bell was rung for; nobody hears it."""
    heard: list[int] = []
    monkeypatch.setattr(tasks.work, "apply_async", lambda args, **_more: heard.append(args[0]))
    return heard


@pytest.fixture
def checked(admin: User, rung: list[int]) -> ImportBatch:
    """A file that was uploaded, mapped and checked."""
    batch = services.upload(admin, "accounts", SimpleUploadedFile("customers.csv", CSV.encode()))
    services.start_check(admin, batch, batch.mapping, {})
    services.work(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("checked", 50)
    rung.clear()
    return batch


def test_effect_and_done_commit_together(checked: ImportBatch, admin: User, rung: list[int]) -> None:
    services.confirm(admin, checked)
    assert rung == [checked.pk]
    services.work(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, checked.rows_read, checked.lease_until) == ("done", 50, None)
    assert Account.objects.count() == Contact.objects.count() == 50


def test_facts_are_told_once_with_every_account(
    checked: ImportBatch, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[frozenset[int]] = []
    monkeypatch.setattr(facts, "_listeners", [lambda accounts, _users: told.append(accounts)])
    services.confirm(admin, checked)
    services.work(checked.pk)
    assert told == [frozenset(Account.objects.values_list("pk", flat=True))]


def test_saying_yes_twice_runs_once(checked: ImportBatch, admin: User, rung: list[int]) -> None:
    services.confirm(admin, checked)
    services.confirm(admin, checked)
    assert len(rung) == 1
    services.work(checked.pk)
    services.work(checked.pk)
    assert Account.objects.count() == 50


def test_two_admins_say_yes_and_the_first_one_did_it(
    checked: ImportBatch, admin: User, rung: list[int]
) -> None:
    other = make_user("admin")
    seen = ImportBatch.objects.get(pk=checked.pk)  # both have the page open
    assert services.confirm(other, checked)
    assert not services.confirm(admin, seen)
    assert len(rung) == 1
    services.work(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, checked.confirmed_by, checked.created_by) == ("done", other, admin)


def test_yes_to_a_check_that_was_made_again_runs_nothing(
    checked: ImportBatch, admin: User, rung: list[int]
) -> None:
    seen, earlier = ImportBatch.objects.get(pk=checked.pk), checked.check_key
    services.start_check(admin, checked, checked.mapping, {"as_of": "1998-01-30"})
    services.work(checked.pk)
    assert not services.confirm(admin, seen)
    checked.refresh_from_db()
    assert not services.confirm(admin, checked, earlier)
    assert checked.state == "checked"
    assert services.confirm(admin, checked, checked.check_key)


def test_who_reads_the_file_anew_does_not_stop_what_runs(checked: ImportBatch, admin: User) -> None:
    seen = ImportBatch.objects.get(pk=checked.pk)
    services.confirm(admin, checked)
    services.reread(admin, seen, "utf-8", "")
    services.start_check(admin, seen, seen.mapping, {})
    services.work(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, Account.objects.count()) == ("done", 50)


def test_a_file_is_deleted_once_it_is_in_and_its_refused_rows_stay(admin: User, rung: list[int]) -> None:
    text = CSV + "A50,,Without a name\n"
    batch = services.upload(admin, "accounts", SimpleUploadedFile("customers.csv", text.encode()))
    path = Path(batch.file.path)
    services.start_check(admin, batch, batch.mapping, {})
    services.work(batch.pk)
    batch.refresh_from_db()
    services.confirm(admin, batch)
    assert services.forget_files() == 0  # a worker needs it
    services.work(batch.pk)
    assert (services.forget_files(), path.exists()) == (1, False)
    assert services.forget_files() == 0
    batch.refresh_from_db()
    assert "Without a name" in "".join(refused.lines(batch))


def test_a_file_that_nobody_went_on_with_is_deleted_after_a_month(checked: ImportBatch, admin: User) -> None:
    path = Path(checked.file.path)
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert services.forget_files() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert (services.forget_files(), path.exists()) == (1, False)
    checked.refresh_from_db()
    with pytest.raises(BadFileError, match="Upload it again"):
        services.reread(admin, checked, "utf-8", "")
    services.confirm(admin, checked)
    services.work(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, "Upload it again" in checked.error) == ("failed", True)


def test_without_a_broker_the_batch_waits_and_is_taken_up(
    checked: ImportBatch, admin: User, rung: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: Any, **_more: Any) -> None:
        raise ConnectionError("no broker")

    with monkeypatch.context() as broken:
        broken.setattr(tasks.work, "apply_async", down)
        services.confirm(admin, checked)
    checked.refresh_from_db()
    assert checked.state == "running"
    assert services.resume_waiting() == 0  # just rung: a worker may be on its way
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert services.resume_waiting() == 1
    assert rung == [checked.pk]


def test_a_worker_that_died_is_replaced(checked: ImportBatch, admin: User, rung: list[int]) -> None:
    services.confirm(admin, checked)
    ImportBatch.objects.update(lease_until=timezone.now() + timedelta(minutes=5), attempts=1)
    services.work(checked.pk)  # somebody else has it
    assert not Account.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        assert services.resume_waiting() == 1
        services.work(checked.pk)
    assert Account.objects.count() == 50


def test_a_batch_that_kills_five_workers_is_given_up(checked: ImportBatch, admin: User) -> None:
    services.confirm(admin, checked)
    ImportBatch.objects.update(attempts=5)
    services.work(checked.pk)
    checked.refresh_from_db()
    assert checked.state == "failed"
    assert "five times" in checked.error


@pytest.mark.parametrize("error", [DatabaseError("deadlock"), RuntimeError("bug")])
def test_what_breaks_in_the_middle_leaves_nothing(
    checked: ImportBatch, admin: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def breaks(_ids: Any) -> None:
        assert Account.objects.count() == 50
        raise error

    services.confirm(admin, checked)
    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "refresh_status", breaks)
        services.work(checked.pk)
    assert not Account.objects.exists()
    assert not Contact.objects.exists()
    checked.refresh_from_db()
    if isinstance(error, DatabaseError):
        assert (checked.state, checked.lease_until) == ("running", None)
        services.work(checked.pk)
        assert Account.objects.count() == 50
    else:
        assert "nothing was written" in checked.error


def test_who_is_no_admin_any_more_imports_nothing(checked: ImportBatch, admin: User) -> None:
    services.confirm(admin, checked)
    User.objects.filter(pk=admin.pk).update(roles=["salesperson"])
    services.work(checked.pk)
    checked.refresh_from_db()
    assert checked.state == "failed"
    assert not Account.objects.exists()


def test_a_file_that_is_gone_is_asked_for_again(checked: ImportBatch, admin: User) -> None:
    services.confirm(admin, checked)
    Path(checked.file.path).unlink()
    services.work(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, "Upload it again" in checked.error) == ("failed", True)


def test_two_files_at_once_with_the_same_accounts(checked: ImportBatch, admin: User) -> None:
    other = services.upload(admin, "accounts", SimpleUploadedFile("again.csv", CSV.encode()))
    services.start_check(admin, other, other.mapping, {})
    services.work(other.pk)
    other.refresh_from_db()
    for batch in (checked, other):
        services.confirm(admin, batch)

    def run(pk: int) -> None:
        services.work(pk)
        connection.close()

    threads = [
        threading.Thread(target=run, args=(pk,)) for pk in (checked.pk, other.pk, checked.pk, other.pk)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Account.objects.count() == Contact.objects.count() == 50
    states = ImportBatch.objects.order_by("id").values_list("state", "counts__new")
    assert sorted(states) == [("done", 0), ("done", 50)]


KILLED = """
import os, sys
import django
django.setup()
from imports import pipeline, services
point, pk = sys.argv[1], int(sys.argv[2])
kill = lambda *a, **k: os.kill(os.getpid(), 9)
module, name = {"stage": (pipeline.staging, "refuse_from_judged"), "apply": (pipeline, "tell"),
                "facts": (pipeline, "refresh_status"), "keep": (services, "_keep")}[point]
setattr(module, name, kill)
services.work(pk)
"""


@pytest.mark.slow
@pytest.mark.parametrize("point", ["stage", "apply", "facts", "keep"])
def test_kill_9_and_again_is_like_one_clean_run(
    checked: ImportBatch, admin: User, point: str, settings: Any
) -> None:
    services.confirm(admin, checked)
    database = connection.settings_dict
    place = f"/{database['NAME']}?host={database['HOST']}"
    address = f"postgres://{database['USER']}:{database['PASSWORD']}@{place}"
    env = os.environ | {
        "DATABASE_URL": address,
        "MEDIA_ROOT": settings.MEDIA_ROOT,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    killed = subprocess.run([sys.executable, "-c", KILLED, point, str(checked.pk)], env=env, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not Account.objects.exists()
    checked.refresh_from_db()
    assert checked.state == "running"
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        services.work(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, checked.counts["new"]) == ("done", 50)
    assert Account.objects.count() == Contact.objects.count() == 50


def test_the_name_behind_the_changes(checked: ImportBatch, admin: User) -> None:
    services.confirm(admin, checked)
    services.work(checked.pk)
    changed = CSV.replace("Acme 7,", "Acme Seven,")
    again = services.upload(admin, "accounts", SimpleUploadedFile("again.csv", changed.encode()))
    services.start_check(admin, again, again.mapping, {})
    services.work(again.pk)
    again.refresh_from_db()
    services.confirm(admin, again)
    services.work(again.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.name, c.metadata->>'user' FROM accounts_accountevent e "
            "JOIN pghistory_context c ON c.id = e.pgh_context_id"
        )
        assert cursor.fetchall() == [("Acme 7", str(admin.pk))]
