"""The archive of everything: complete, of one moment, inert in a spreadsheet, gone after its time."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from correspondence.models import Message
from imports.bin.kinds import KINDS
from imports.bin.services import put_in
from imports.models import BinRow, TakeOut
from imports.taking_out import archives
from surveys.models import Asked
from tests.factories import (
    make_account,
    make_company,
    make_contact,
    make_file,
    make_interaction,
    make_purchase,
    make_user,
)
from tests.surveys import factories as survey
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

EVIL = "=HYPERLINK(1)"
LIVE = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@pytest.fixture
def admin() -> User:
    make_company(currency="EUR")
    return make_user("admin", password="a-long-password-7", email="ada@tend.example")


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """It works at once."""
    monkeypatch.setattr(archives, "ring", archives.work)


def make(admin: User, **more: Any) -> ZipFile:
    archive = archives.ask(admin, **({"with_files": False} | more))
    archive.refresh_from_db()
    assert archive.state == TakeOut.State.READY, archive.error
    return ZipFile(archive.path)


def rows(archive: ZipFile, name: str) -> list[dict[str, str]]:
    text = archive.read(f"csv/{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def objects(archive: ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"json/{name}.jsonl").decode().splitlines()]


def test_every_row_is_there_as_it_is_stored_and_inert_in_a_spreadsheet(admin):
    account = make_account(admin, name='Borg "& Co", Åre\nsecond line')
    contact = make_contact(account, last_name="Lind", phone="+47 22", refused_channels=["email", "text"])
    for start in LIVE:
        make_contact(account, last_name=f"{start}cmd")
    contact.job_title = EVIL
    contact.save()
    contact.job_title = "Buyer"
    contact.save()
    make_purchase(account, timezone.localdate(), "-12.5")
    archive = make(admin)
    assert rows(archive, "accounts_account")[0]["name"] == account.name
    assert rows(archive, "sales_purchase")[0]["amount"] == "-12.5000", "a number is no formula"
    found = {one["id"]: one for one in objects(archive, "contacts_contact")}
    assert found[contact.pk]["phone"] == "+47 22"
    assert found[contact.pk]["refused_channels"] == ["email", "text"]
    assert found[contact.pk]["account_id"] == account.pk
    cells = [one["last_name"] for one in rows(archive, "contacts_contact")]
    assert cells == ["Lind", *(f"'{start}cmd" for start in LIVE)]
    assert [one["job_title"] for one in rows(archive, "history_contacts_contact")] == ["", f"'{EVIL}"]


def test_no_secret_is_in_it_and_files_if_asked_for(admin):
    Message.objects.create(
        kind="account_mail", topic="service", recipient="ada@tend.example", key="1", stored="sealed-words",
        message_id="<return-path@tend>", next_try_at=timezone.now(),
    )  # fmt: skip
    make_file(make_account(admin), admin, b"%PDF-1.7 a quote")
    archive = make(admin, with_files=True)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"ada@tend.example" in everything
    for secret in (admin.password, "sealed-words", "return-path@tend", str(TakeOut.objects.get().key)):
        assert secret.encode() not in everything
    (name,) = [name for name in archive.namelist() if name.startswith("files/")]
    assert name == f"files/{objects(archive, 'accounts_accountfile')[0]['file']}"
    assert archive.read(name) == b"%PDF-1.7 a quote"


def test_all_tables_are_of_one_moment(admin, monkeypatch):
    """What is written while it is being made is not in it: no contact without its account."""
    make_contact(make_account(admin))
    real, meanwhile = archives.writing._copy, []

    def copy(*args: Any) -> int:
        number = real(*args)
        if not meanwhile:
            meanwhile.append(make_contact(make_account(admin, name="Later")))
        return number

    monkeypatch.setattr(archives.writing, "_copy", copy)
    archive = make(admin)
    assert len(rows(archive, "contacts_contact")) == 1
    assert len(rows(archive, "accounts_account")) == 1
    assert Contact.objects.count() == 2


def test_a_dead_worker_is_followed_by_another(admin, monkeypatch):
    monkeypatch.setattr(archives, "ring", lambda pk: None)
    archive = archives.ask(admin, with_files=False)
    assert archives.ask(admin, with_files=False) == archive, "one at a time"
    assert archives._claim(archive.pk), "a worker takes it, and dies"
    archives.work(archive.pk)
    archive.refresh_from_db()
    assert archive.state == TakeOut.State.RUNNING, "its lease has not run out"
    rung: list[int] = []
    monkeypatch.setattr(archives, "ring", rung.append)
    with time_machine.travel(timezone.now() + archives.LEASE + timedelta(minutes=1)):
        archives.resume_waiting()
        archives.work(archive.pk)
    archive.refresh_from_db()
    assert rung == [archive.pk]
    assert archive.state == TakeOut.State.READY


def test_a_full_disk_is_said_in_words(admin, monkeypatch):
    def full(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives.writing, "write", full)
    archive = archives.ask(admin, with_files=False)
    archive.refresh_from_db()
    assert archive.state == TakeOut.State.FAILED
    assert "No space left on device" in archive.error
    assert not list(archive.path.parent.iterdir()), "no half archive lies about"


def test_asked_for_and_fetched_by_admins_and_gone_after_a_week(admin, client: Client, monkeypatch):
    monkeypatch.setattr(archives, "ring", lambda pk: None)
    client.force_login(admin)
    page = reverse("taking_out:everything")
    assert client.post(page).status_code == 302
    assert "Waiting for a worker" in client.get(page).content.decode()
    archive = TakeOut.objects.get()
    archives.work(archive.pk)
    shown = client.get(page).content.decode()
    assert "Download" in shown
    assert "hx-trigger" not in shown.split('id="archives"')[1].split(">")[0], "nothing is asked again"
    address = reverse("taking_out:fetch", args=[archive.pk])
    client.force_login(make_user("manager"))
    assert client.post(address).status_code == 403
    client.force_login(admin)
    answer = client.post(address)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment")
    assert ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    archive.refresh_from_db()
    assert archive.fetched_by == admin
    with time_machine.travel(timezone.now() + TakeOut.KEPT + timedelta(hours=1)):
        assert archives.forget_old() == 1
    assert not archive.path.exists()
    client.force_login(admin)
    assert client.post(address).status_code == 404


def test_memory_does_not_grow_with_the_tables(admin):
    """The rows go through: the biggest thing in Python's hands is a block of the pipe."""
    account = make_account(admin)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_interaction (account_id, kind, direction, outcome, reached, by_owner_side,"
            " happened_on, summary, refused_reason, no_next_reason, covered, source, withdrawn_reason,"
            " created_at, updated_at) SELECT %s, 'call', 'out', 'talked', true, true, current_date,"
            " repeat(md5(n::text), 100), '', '', '{}', 'page', '', now(), now()"
            " FROM generate_series(1, 5000) n",
            [account.pk],
        )
    import tracemalloc

    tracemalloc.start()
    archive = make(admin)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert archive.getinfo("csv/contacts_interaction.csv").file_size > 15_000_000
    assert most < 8_000_000


def test_copies_of_rows_for_undo_do_not_bring_out_what_is_left_out(admin):
    contact = make_contact(make_account(admin))
    talk = make_interaction(contact.account, admin, contact=contact, token=uuid4())
    programme = survey.make_programme()
    Asked.objects.create(programme=programme, contact=contact, sent_on=date(2026, 11, 2))
    put_in(admin, KINDS["interaction"], talk)
    put_in(admin, KINDS["contact"], contact)
    assert BinRow.objects.filter(model="surveys.asked").exists(), "else this test shows nothing"
    archive = make(admin)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert str(talk.token).encode() not in everything
    assert b"surveys.asked" not in everything
