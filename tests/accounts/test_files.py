"""Files on an account: what gets in, who may, and how they come out again."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import files, stored_files
from accounts.models import Account, AccountFile
from core.history_reading import changes_of
from core.models import JobRun
from tests import factories as make

PDF = b"%PDF-1.7\n%quote"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def kari(db):
    return make.make_user(display_name="Kari Holm")


@pytest.fixture
def account(kari):
    return make.make_account(kari, name="Acme")


def text(answer):
    return answer.content.decode()


def upload(content=PDF, name="Quote 2026.pdf"):
    return SimpleUploadedFile(
        name, content, content_type="text/html"
    )  # what a browser claims is not believed


def office(*names: str, **members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as parts:
        for name in names:
            parts.writestr(name, b"x")
        for name, content in members.items():
            parts.writestr(name, content)
    return held.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")
TAKEN = {
    "a.pdf": (PDF, "application/pdf"),
    "a.png": (b"\x89PNG\r\n\x1a\n....", "image/png"),
    "a.JPG": (b"\xff\xd8\xff\xe0", "image/jpeg"),
    "a.webp": (b"RIFF0000WEBPVP8 ", "image/webp"),
    "a.txt": ("Åse sa ja.\n".encode(), "text/plain"),
    "a.csv": ("Preis;Stück\n1,5;2\n".encode("cp1252"), "text/csv"),
    "a.eml": (b"From: eva@acme.example\nSubject: Quote\n\nHello", "message/rfc822"),
    "a.docx": (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (
        office("[Content_Types].xml", "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a.odt": (
        office(mimetype=b"application/vnd.oasis.opendocument.text"),
        "application/vnd.oasis.opendocument.text",
    ),
    "a.msg": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/vnd.ms-outlook"),
}
REFUSED = {
    "a program by another name": ("quote.pdf", b"MZ\x90\x00\x03"),
    "a PDF by another name": ("quote.png", PDF),
    "a web page": ("quote.txt", b"  <!DOCTYPE html><script>alert(1)</script>"),
    "a web page of its own": ("quote.html", b"<html></html>"),
    "a drawing that may carry scripts": ("quote.svg", b"<svg xmlns='x'></svg>"),
    "an archive": ("quote.zip", office("a.txt")),
    "an archive as a document": ("quote.docx", office("a.txt")),
    "a document with macros": (
        "quote.docx",
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    ),
    "a table as a letter": ("quote.docx", office("[Content_Types].xml", "xl/workbook.xml")),
    "half an archive": ("quote.docx", DOCX[:40]),
    "binary text": ("quote.txt", b"abc\x00def"),
    "no ending": ("quote", b"hello"),
    "nothing": ("quote.pdf", b""),
}


def test_a_small_file_that_unpacks_into_much_costs_little(kari, account):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", b"0" * 64 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(ValidationError):
        files.add_file(kari, account, upload(held.getvalue(), "quote.odt"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * 1024 * 1024


def test_a_broken_part_is_refused_in_words(kari, account):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", b"application/vnd.oasis.opendocument.text" * 50)
    broken = bytearray(held.getvalue())
    broken[40:60] = b"\xff" * 20
    with pytest.raises(ValidationError):
        files.add_file(kari, account, upload(bytes(broken), "quote.odt"))


@pytest.mark.parametrize("name", TAKEN)
def test_what_people_exchange_gets_in_by_its_content(kari, account, name):
    content, kind = TAKEN[name]
    kept = files.add_file(kari, account, upload(content, name))
    assert (kept.kind, kept.size) == (kind, len(content))
    with kept.file.open("rb") as stored:
        assert stored.read() == content


@pytest.mark.parametrize("case", REFUSED)
def test_everything_else_is_refused_and_leaves_nothing(kari, account, media, case):
    name, content = REFUSED[case]
    with pytest.raises(ValidationError) as refused:
        files.add_file(kari, account, upload(content, name))
    assert "file" in refused.value.message_dict
    assert not AccountFile.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_the_limit_is_the_setting_and_is_said(kari, account, settings):
    settings.ACCOUNT_FILE_MB = 1
    assert files.add_file(kari, account, upload(PDF.ljust(1024 * 1024))).size == 1024 * 1024
    with pytest.raises(ValidationError, match="at most 1 MB"):
        files.add_file(kari, account, upload(PDF.ljust(1024 * 1024 + 1)))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\quotes\\Angebot Ä.pdf", "Angebot Ä.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("...", "file"),
    ],
)
def test_names_lose_what_means_something_to_a_system(given, kept):
    assert files.safe_name(given) == kept


def test_it_is_stored_under_a_random_name(kari, account, media):
    kept = files.add_file(kari, account, upload(name="Quote 2026.pdf"))
    (stored,) = [path for path in media.rglob("*") if path.is_file()]
    assert "Quote" not in str(stored.relative_to(media))
    assert stored.suffix == ""
    assert Path(kept.file.path) == stored


def test_everybody_adds_and_reads_and_it_comes_out_as_a_download(client, account):
    desk = make.make_user("reader", display_name="Anna Desk")
    client.force_login(desk)
    typed = {"file": upload(), "about": "Signed", "token": str(uuid4())}
    answer = client.post(reverse("accounts:file_add", args=[account.pk]), typed)
    assert answer["Location"] == reverse("accounts:detail", args=[account.pk])
    kept = AccountFile.objects.get()
    assert (kept.name, kept.about, kept.added_by) == ("Quote 2026.pdf", "Signed", desk)
    client.force_login(make.make_user())
    assert "Quote 2026.pdf" in text(client.get(reverse("accounts:files", args=[account.pk])))
    answer = client.get(reverse("accounts:file", args=[kept.pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="Quote 2026.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_the_same_form_twice_adds_once(client, kari, account):
    client.force_login(kari)
    token = str(uuid4())
    for _ in range(2):
        client.post(reverse("accounts:file_add", args=[account.pk]), {"file": upload(), "token": token})
    assert AccountFile.objects.count() == 1


def test_a_refused_one_says_why_and_keeps_the_words(client, kari, account):
    client.force_login(kari)
    typed = {"file": upload(b"MZ", "x.pdf"), "about": "The quote", "token": str(uuid4())}
    answer = client.post(reverse("accounts:file_add", args=[account.pk]), typed)
    assert answer.status_code == 422
    assert "the content must be what the name says" in text(answer)
    assert 'value="The quote"' in text(answer)
    answer = client.post(reverse("accounts:file_add", args=[account.pk]), {"token": str(uuid4())})
    assert "Choose a file." in text(answer)


def test_removed_it_is_gone_for_all_until_that_is_undone(client, kari, account):
    kept = files.add_file(kari, account, upload())
    client.force_login(kari)
    client.post(reverse("accounts:file_remove", args=[kept.pk]))
    assert client.get(reverse("accounts:file", args=[kept.pk])).status_code == 404
    assert "Quote" not in text(client.get(reverse("accounts:files", args=[account.pk])))
    client.post(reverse("accounts:file_restore", args=[kept.pk]))
    assert client.get(reverse("accounts:file", args=[kept.pk])).status_code == 200
    kept.refresh_from_db()
    assert {change.field for change in changes_of(kept)} >= {"Removed at", "Removed by"}


def on_disk(media):
    return {path for path in media.rglob("*") if path.is_file()}


@pytest.mark.django_db(transaction=True)
def test_a_removed_file_leaves_the_disk_after_30_days(client, kari, account, media):
    kept, removed = files.add_file(kari, account, upload()), files.add_file(kari, account, upload())
    files.remove_file(kari, removed)
    stored_files.sweep()
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert stored_files.sweep() == {"removed": 0, "stray": 0}
    assert len(on_disk(media)) == 2  # so long it can be brought back
    with time_machine.travel(timezone.now() + timedelta(days=30, hours=1)):
        assert stored_files.sweep() == {"removed": 1, "stray": 0}
        assert stored_files.sweep() == {"removed": 0, "stray": 0}
    assert on_disk(media) == {Path(kept.file.path)}
    client.force_login(kari)
    client.post(reverse("accounts:file_restore", args=[removed.pk]))
    assert "its content is deleted" in text(client.get(reverse("accounts:detail", args=[account.pk])))
    removed.refresh_from_db()
    assert removed.removed_by == kari


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_deletes_nothing(kari, account, media):
    removed = files.remove_file(kari, files.add_file(kari, account, upload()))
    with transaction.atomic():
        assert stored_files.forget_removed(timezone.now() + timedelta(days=1)) == 1
        transaction.set_rollback(True)
    removed.refresh_from_db()
    assert on_disk(media) == {Path(removed.file.path)}


def test_files_that_no_row_names_are_swept_a_day_later(kari, account, media):
    kept = files.add_file(kari, account, upload())
    stray = Path(kept.file.path).with_name("stray")
    stray.write_bytes(PDF)
    elsewhere = media / "imports" / "file.csv"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"a,b")
    assert stored_files.sweep()["stray"] == 0  # its row may be on its way
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert stored_files.sweep()["stray"] == 1
    assert on_disk(media) == {Path(kept.file.path), elsewhere}


def test_the_tick_sweeps_once_a_day(kari, account):
    assert stored_files.tick().counts == {"removed": 0, "stray": 0}
    assert stored_files.tick() is None


def test_removed_by_who_added_it_or_looks_after_the_account(kari, account):
    desk, stranger = make.make_user("reader"), make.make_user()
    kept = files.add_file(desk, account, upload())
    with pytest.raises(PermissionDenied):
        files.remove_file(stranger, kept)
    assert files.remove_file(desk, kept).removed_by == desk
    assert files.restore_file(kari, kept).removed_at is None
    with pytest.raises(PermissionDenied):
        files.add_file(make.make_user(is_active=False), account, upload())


def test_a_file_that_is_missing_on_the_disk_is_said_to_be_missing(client, kari, account):
    kept = files.add_file(kari, account, upload())
    Path(kept.file.path).unlink()
    client.force_login(kari)
    assert client.get(reverse("accounts:file", args=[kept.pk])).status_code == 404


def test_the_panel_costs_the_same_for_two_and_twenty(client, kari, account, django_assert_num_queries):
    client.force_login(kari)
    for count in (2, 18):
        for _ in range(count):
            make.make_file(account, make.make_user())
        with django_assert_num_queries(4):  # session, user, account, files
            client.get(reverse("accounts:files", args=[account.pk]))
    assert Account.objects.count() == 1


def test_a_sweep_that_fails_is_shown_on_the_engine_page(client, db):
    make.make_company()
    JobRun.objects.create(job="files", period="2026-11-24", state="dead", error="disk is read-only")
    client.force_login(make.make_user("admin"))
    assert "disk is read-only" in text(client.get(reverse("cadences:engine")))
