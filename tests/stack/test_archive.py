"""Backup and restore as a pair, and what must not be restored."""

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from stack import archive
from tests.stack.conftest import Installation

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("archive")]


@pytest.fixture(scope="module")
def filled(installation: Installation) -> Installation:
    """An installation with every table of the product, a few rows and an uploaded file."""
    assert installation.command("services", "start").returncode == 0
    installation.manage("migrate", "-v", "0")
    installation.manage("createcachetable")
    installation.manage("shell", "-v", "0", "-c", FILL)
    (installation.var / "media" / "imports").mkdir(parents=True)
    (installation.var / "media" / "imports" / "customers.csv").write_text("Åse;Łódź\n")
    return installation


FILL = """
from users.models import User
for n in range(20):
    User.objects.create_user(f"user{n}@example.org", display_name=f"Åse {n}")
User.objects.update(display_name="Renamed")  # leaves events
"""
COUNTS = """
from users.models import User
print(User.objects.filter(display_name="Renamed").count(), User.objects.count())
"""


def make_backup(installation: Installation) -> Path:
    done = installation.command("backup")
    assert done.returncode == 0, done.stderr
    return max((installation.var / "backups").glob("*.tar"))


def users(installation: Installation) -> list[str]:
    return installation.manage("shell", "-v", "0", "-c", COUNTS).split()


def test_a_restore_brings_back_rows_and_files(filled: Installation) -> None:
    file = make_backup(filled)
    upload = filled.var / "media" / "imports" / "customers.csv"
    filled.manage("shell", "-v", "0", "-c", "from users.models import User; User.objects.all().delete()")
    upload.unlink()
    assert users(filled) == ["0", "0"]

    done = filled.command("restore", FILE=str(file))

    assert done.returncode == 0, done.stderr
    assert "restored and verified" in done.stdout
    assert users(filled) == ["20", "20"]
    assert upload.read_text() == "Åse;Łódź\n"
    # Triggers, functions and constraints came back too: nothing is left to migrate, changes leave events.
    filled.manage("migrate", "--check")
    may_enter = "SELECT count(*) FROM pg_database, aclexplode(datacl) WHERE datname = 'tend' AND grantee = 0"
    assert filled.sql(may_enter) == "0"  # nobody but the application's role
    filled.manage("check")


def test_the_replaced_database_is_kept(filled: Installation) -> None:
    file = make_backup(filled)
    filled.command("restore", FILE=str(file))
    assert "tend_before_" in filled.sql("SELECT string_agg(datname, ' ') FROM pg_database")


def test_a_backup_can_only_be_read_by_its_owner(filled: Installation) -> None:
    assert make_backup(filled).stat().st_mode & 0o077 == 0


def test_a_backup_holds_no_secret(filled: Installation) -> None:
    with tarfile.open(make_backup(filled)) as tar:
        names = tar.getnames()
    assert sorted(names) == ["ballots.dump", "database.dump", "manifest.json", "media/imports/customers.csv"]


def test_an_upload_that_is_deleted_meanwhile_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media, copies = tmp_path / "media", tmp_path / "work"
    media.mkdir()
    for name in ("done.csv", "waits.csv"):
        (media / name).write_text(name)
    copy = shutil.copy2

    def after_the_worker(source: Path, target: Path) -> None:
        (media / "done.csv").unlink(missing_ok=True)
        copy(source, target)

    monkeypatch.setenv("MEDIA_ROOT", str(media))
    monkeypatch.setattr(archive.shutil, "copy2", after_the_worker)
    assert [path.name for path in archive._media_files(copies)] == ["waits.csv"]


@pytest.mark.parametrize("damage", ["cut", "altered", "added", "outside", "other format", "no tar"])
def test_a_damaged_backup_changes_nothing(filled: Installation, tmp_path: Path, damage: str) -> None:
    good, bad = make_backup(filled), tmp_path / "bad.tar"
    spoil(good, bad, damage, tmp_path)
    before = users(filled)

    refused = filled.command("restore", FILE=str(bad))

    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
    assert users(filled) == before


def spoil(good: Path, bad: Path, damage: str, work: Path) -> None:
    content = good.read_bytes()
    if damage == "no tar":
        bad.write_text("hello")
        return
    if damage == "cut":
        bad.write_bytes(content[: len(content) // 2])
        return
    folder = work / "parts"
    with tarfile.open(good) as tar:
        tar.extractall(folder)
    if damage == "altered":
        dump = folder / "database.dump"
        dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    if damage == "added":
        (folder / "media" / "extra.txt").write_text("never uploaded")
    if damage == "other format":
        manifest = json.loads((folder / "manifest.json").read_text()) | {"format": 99}
        (folder / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(bad, "w") as tar:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            tar.add(path, path.relative_to(folder))
        if damage == "outside":
            tar.add(folder / "manifest.json", "../../outside.json")


def test_a_missing_file_is_one_sentence(filled: Installation) -> None:
    refused = filled.command("restore", FILE="/nowhere/x.tar")
    assert refused.returncode == 1
    assert refused.stderr.startswith("There is no file /nowhere/x.tar")


def test_reset_asks_and_keeps_backups(filled: Installation) -> None:
    file = make_backup(filled)
    assert filled.command("reset", FORCE="1").returncode == 0
    assert [entry.name for entry in filled.var.iterdir()] == ["backups"]
    assert file.exists()


def test_encryption_that_an_address_asks_for_is_kept() -> None:
    words = archive.connection_words("postgres://tend@db.example.org/tend?sslmode=require&conn_max_age=60")
    assert words == {"host": "db.example.org", "user": "tend", "dbname": "tend", "sslmode": "require"}
