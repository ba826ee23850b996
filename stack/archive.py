"""Backup and restore: one file with the databases, uploaded files, and what is needed to trust it.

A backup is a tar with `manifest.json` (checksums, rows per table, versions), `database.dump`
(pg_dump's custom format), `ballots.dump` where surveys are set up, and `media/`. Rows are counted in
the very snapshot that is dumped, and counted again after a restore: a backup that restores to
something else is refused. Secrets (`var/secrets`) are not in it: keep them elsewhere, a stolen backup
must not open sessions. Keys (`var/keys`) are not in it either, and may be kept nowhere else: what
they open is destroyed with them.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from stack import ballots, paths, postgres, services, surveys
from stack.say import Problem

FORMATS = (1, 2)  # those that can be read; the last one is written. The first has no ballots.
MANIFEST, DUMP, BALLOTS, MEDIA = "manifest.json", "database.dump", "ballots.dump", "media"
TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


def database_url() -> str:
    """The database that is backed up."""
    return os.environ.get("DATABASE_URL") or services.database_url()


def ballots_url() -> str:
    """The ballots' database as its owner reaches it; empty where there is none or another host has it."""
    if any(os.environ.get(variable) for variable in ballots.ROLES):
        return os.environ.get(ballots.TALLY, "")
    return surveys.find_addresses().get(ballots.TALLY, "")


def connection_words(url: str, database: str = "") -> dict[str, str]:
    """A database address as libpq's keywords. Raises Problem when it names no PostgreSQL."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql", "psql", "pgsql"}:
        raise Problem("DATABASE_URL is no PostgreSQL address: it begins with postgres://.")
    folder, _, name = (
        parts.path.lstrip("/").rpartition("/") if parts.hostname is None else ("", "", parts.path[1:])
    )
    words = {
        "host": f"/{folder}" if folder else parts.hostname or "",
        "port": str(parts.port or ""),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": database or unquote(name),
    }
    encryption = {key: value for key, value in parse_qsl(parts.query) if key.startswith("ssl")}
    return encryption | {key: value for key, value in words.items() if value}


def connect(url: str, database: str = "") -> Any:
    """A connection. Raises Problem with the server's sentence."""
    try:
        return psycopg2.connect(make_dsn(**connection_words(url, database)), connect_timeout=10)
    except psycopg2.OperationalError as error:
        raise Problem(f"The database does not answer: {' '.join(str(error).split())}") from error


def _program(name: str, url: str, *arguments: str, database: str = "") -> None:
    """Run pg_dump or pg_restore; the password goes by environment, where `ps` does not show it."""
    words = connection_words(url, database)
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    env = postgres.environment() | {names.get(key, f"PG{key.upper()}"): value for key, value in words.items()}
    command = [str(postgres.binaries() / name), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{name} failed: {postgres.last_sentence(done.stderr)}")


# -- backup ----------------------------------------------------------------------------------------


def backup(target: Path | None = None) -> Path:
    """Write a backup of the databases and uploaded files. Returns the file."""
    url = database_url()
    file = target or paths.BACKUPS / f"tend-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    paths.make_private(paths.BACKUPS)
    with _workplace(file.parent) as work:
        counted = {"rows": _dump(url, work / DUMP)}
        parts = [work / DUMP]
        if ballots_url():
            counted["ballots"] = _dump(ballots_url(), work / BALLOTS)
            parts.append(work / BALLOTS)
        parts += _media_files(work / MEDIA)
        manifest = {
            "format": FORMATS[-1],
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **counted,
            "sha256": {str(part.relative_to(work)): _checksum(part) for part in parts},
        }
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1))
        draft = work / "backup.tar"
        with tarfile.open(draft, "w") as tar:
            for part in [work / MANIFEST, *parts]:
                tar.add(part, str(part.relative_to(work)))
        draft.chmod(0o600)
        draft.replace(file)
    return file


def _dump(url: str, target: Path) -> dict[str, int]:
    """Dump one snapshot of the database and count the rows of every table in that snapshot."""
    with closing(connect(url)) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            _program("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges",
                     f"--snapshot={snapshot}", f"--file={target}")  # fmt: skip
            return _count_rows(cursor)


def _count_rows(cursor: Any) -> dict[str, int]:
    cursor.execute(TABLES)
    rows = {}
    for (table,) in cursor.fetchall():
        schema, _, name = table.partition(".")
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema.strip('"'), name.strip('"')))
        )
        rows[table] = cursor.fetchone()[0]
    return rows


def _media_files(work: Path) -> list[Path]:
    """Copies of the uploaded files: an import that is done may delete its file at any moment."""
    folder = media_root()
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.is_file():
            copy = work / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                shutil.copy2(path, copy)
    return sorted(path for path in work.rglob("*") if path.is_file())


def media_root() -> Path:
    """Where uploaded files are."""
    return Path(os.environ.get("MEDIA_ROOT") or paths.MEDIA)


def _checksum(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _workplace(beside: Path) -> Iterator[Path]:
    """A private folder on the same disk, so that the finished file can be renamed into place."""
    folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# -- restore ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """One dump and the database it belongs into, by its owner's address."""

    url: str
    name: str
    dump: str
    rows: dict[str, int]
    embedded: bool
    ballots: bool = False


def restore(file: Path) -> dict[str, int]:
    """Replace the embedded databases, or fill empty ones of one's own. Returns rows per table.

    Nothing that exists is touched before the backup was unpacked, checked, restored beside it and
    counted. The embedded databases that were replaced stay as `tend_before_<time>` and
    `tend_ballots_before_<time>`.
    """
    if not file.is_file():
        raise Problem(f"There is no file {file}: name one, as in `make restore FILE=var/backups/….tar`.")
    with _workplace(paths.BACKUPS) as work:
        manifest = _unpack(file, work)
        _restore_all(work, _plans(manifest))
        _restore_media(work / MEDIA)
    rows: dict[str, int] = manifest["rows"]
    return rows


def _plans(manifest: dict[str, Any]) -> list[Plan]:
    plans = [Plan(database_url(), services.DATABASE, DUMP, manifest["rows"], services.own_database())]
    if "ballots" in manifest and ballots_url():
        name, own = ballots.name(services.DATABASE), not os.environ.get(ballots.TALLY)
        plans.append(Plan(ballots_url(), name, BALLOTS, manifest["ballots"], own, ballots=True))
    return plans


def _unpack(file: Path, work: Path) -> dict[str, Any]:
    """Unpack and verify. Raises Problem when anything is missing, added or altered."""
    try:
        with tarfile.open(file) as tar:
            for member in tar.getmembers():
                # Python 3.11.2 has no extraction filter: only plain files, and only below `work`.
                inside = (work / member.name).resolve().is_relative_to(work.resolve())
                if not member.isfile() or not inside:
                    raise Problem(f"{file} holds something a backup never holds: {member.name}.")
                tar.extract(member, work, set_attrs=False)
        manifest: dict[str, Any] = json.loads((work / MANIFEST).read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        raise Problem(f"{file} is no complete backup ({type(error).__name__}).") from error
    if manifest.get("format") not in FORMATS:
        known = " and ".join(map(str, FORMATS))
        raise Problem(f"{file} has format {manifest.get('format')}, this program reads {known}.")
    found = {str(p.relative_to(work)) for p in work.rglob("*") if p.is_file()} - {MANIFEST}
    expected = manifest["sha256"]
    damaged = sorted(
        name for name in found | set(expected)
        if name not in found or expected.get(name) != _checksum(work / name)
    )  # fmt: skip
    if damaged:
        raise Problem(f"{file} is damaged: {damaged[0]} does not match its checksum.")
    return manifest


def _restore_all(work: Path, plans: list[Plan]) -> None:
    """Embedded ones are filled beside the present ones; only when all are complete they change places."""
    for plan in plans:
        if not plan.embedded:
            _refuse_full(plan)
    stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    made: dict[str, str] = {}
    try:
        for plan in plans:
            if plan.embedded:
                made[plan.name] = f"{plan.name}_restoring_{stamp}"
                (ballots.create_database if plan.ballots else services.create_database)(made[plan.name])
            _fill(work, plan, made.get(plan.name, ""))
    except Problem:
        for fresh in made.values():
            postgres.psql('DROP DATABASE IF EXISTS :"fresh" WITH (FORCE)', fresh=fresh)
        raise
    for name, fresh in made.items():
        postgres.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'now';\n"
            'ALTER DATABASE :"now" RENAME TO :"old"; ALTER DATABASE :"fresh" RENAME TO :"now";',
            now=name, old=f"{name}_before_{stamp}", fresh=fresh,
        )  # fmt: skip


def _refuse_full(plan: Plan) -> None:
    with closing(connect(plan.url)) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        if cursor.fetchone():
            variable = ballots.TALLY if plan.ballots else "DATABASE_URL"
            raise Problem(f"The database of {variable} is not empty: create an empty one and name that.")


def _fill(work: Path, plan: Plan, database: str) -> None:
    """Restore a dump and count again. Raises Problem when the rows differ from the manifest."""
    name = connection_words(plan.url, database)["dbname"]
    _program("pg_restore", plan.url, "--exit-on-error", "--single-transaction", "--no-owner",
             "--no-privileges", f"--dbname={name}", str(work / plan.dump), database=database)  # fmt: skip
    with closing(connect(plan.url, database)) as connection, connection.cursor() as cursor:
        rows = _count_rows(cursor)
        cursor.execute("ANALYZE")
        connection.commit()
    if rows != plan.rows:
        different = sorted(t for t in rows.keys() | plan.rows if rows.get(t) != plan.rows.get(t))
        raise Problem(
            f"The restored database differs from the backup in {different[0]}: nothing was replaced."
        )
    if plan.ballots:
        ballots.prepare(_addresses_in(database))  # a dump carries no rights: each role gets its own again


def _addresses_in(database: str) -> dict[str, str]:
    """Each role's address, of a database beside the usual one if that is named."""
    return ballots.embedded(database) if database else surveys.find_addresses()


def _restore_media(folder: Path) -> None:
    """Add the backup's files; those uploaded since stay where they are and hurt nobody."""
    if folder.is_dir():
        shutil.copytree(folder, paths.make_private(media_root()), dirs_exist_ok=True)
