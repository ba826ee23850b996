"""Three roles on one machine: who knows which address and enters which database, what the server keeps."""

from __future__ import annotations

import json
import shutil
import stat
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from ballotbox import database, tickets
from ballotbox.keyfiles import KeyFiles
from stack import ballots, supervisor, surveys
from tests.stack.conftest import Installation

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installation of surveys")]

ROLES = {"tend", "tend_tally", "tend_box", "tend_results"}
SILENT = {
    "log_statement": "none", "log_min_duration_statement": "-1", "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0", "track_commit_timestamp": "off", "log_disconnections": "off",
    "log_duration": "off",
}  # fmt: skip


@pytest.fixture
def running(installation: Installation) -> Installation:
    if installation.process is None or installation.process.poll() is not None:
        installation.start()
    return installation


def environment_of(pid: int) -> dict[str, str]:
    words = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(word.split("=", 1) for word in words if "=" in word)


def url_of(installation: Installation, role: str, name: str) -> str:
    """The address under which that role would try to enter a database."""
    secret = {"tend": "app", "tend_tally": "tally", "tend_box": "box", "tend_results": "results"}[role]
    password = (installation.var / "secrets" / f"postgres-{secret}").read_text()
    sockets = Path(installation.command("services").stdout.splitlines()[0].split()[-1])
    return f"postgres://{role}:{password}@/{sockets}/{name}"


def may_enter(installation: Installation, role: str, name: str) -> bool:
    try:
        with database.connected(url_of(installation, role, name)) as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.OperationalError as error:
        if "permission denied for database" not in str(error):
            raise
        return False
    return True


def test_each_role_enters_its_own_database_only(running: Installation) -> None:
    assert {role for role in ROLES if may_enter(running, role, "tend")} == {"tend"}
    assert {role for role in ROLES if may_enter(running, role, "tend_ballots")} == ROLES - {"tend"}


def test_no_role_is_more_than_it_must_be(running: Installation) -> None:
    asked = """
        SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'tend%'
        AND NOT (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)
    """
    assert set(running.sql(asked).split()) == ROLES
    assert running.sql("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
                       "WHERE r.rolname LIKE 'tend%'") == "0"  # fmt: skip


@pytest.mark.parametrize("role", sorted(ROLES - {"tend"}))
def test_the_server_keeps_nothing_of_a_ballot_in_its_log(running: Installation, role: str) -> None:
    with database.connected(url_of(running, role, "tend_ballots")) as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(SILENT),))
        assert dict(cursor.fetchall()) == SILENT
        for name, value in (
            ("log_min_error_statement", "panic"),
            ("log_error_verbosity", "terse"),
            ("track_activities", "off"),
            *([] if role == "tend_tally" else [("log_min_messages", "panic"), ("track_counts", "off")]),
        ):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,), name


def test_a_refused_ballot_leaves_no_trace_in_the_log(running: Installation) -> None:
    tag = b"\xca\xfe\xba\xbe" * 4
    with (
        pytest.raises(psycopg2.Error),
        database.connected(url_of(running, "tend_box", "tend_ballots")) as cursor,
    ):
        cursor.execute("INSERT INTO ballot VALUES (gen_random_uuid(), %s, 'too short')", (tag,))
    log = (running.var / "log" / "postgres.log").read_text()
    for trace in ("cafebabe", "INSERT INTO ballot", "no partition", "violates"):
        assert trace not in log, trace


def test_a_start_that_ended_half_way_is_made_good_by_the_next(running: Installation) -> None:
    """Roles and database were there, and not yet closed."""
    running.sql("GRANT CONNECT ON DATABASE tend_ballots TO PUBLIC")
    running.sql("ALTER ROLE tend_box RESET ALL")
    running.sql("REVOKE CONNECT ON DATABASE tend_ballots FROM tend_results")
    running.python("from stack import ballots; ballots.create_missing('tend')")
    assert {role for role in ROLES if may_enter(running, role, "tend_ballots")} == ROLES - {"tend"}
    with database.connected(url_of(running, "tend_box", "tend_ballots")) as cursor:
        cursor.execute("SHOW log_min_messages")
        assert cursor.fetchone() == ("panic",)


def test_each_process_knows_only_what_it_needs(running: Installation) -> None:
    (box,) = {frozenset(environment_of(pid).items()) for pid in running.supervised("ballotbox.box")}
    known = dict(box)
    assert {"BALLOTS_BOX_URL", "BOX_WAVES", "BOX_BIND", "TEND_SUPERVISED"} <= set(known)
    assert not set(known) & {
        "DATABASE_URL", "SECRET_KEY", "REDIS_URL", "BALLOTS_TALLY_URL", "BALLOTS_RESULTS_URL", "SURVEY_KEYS",
        "TALLY_KEYS", "TEND_VAR",
    }  # fmt: skip
    for word in ("gunicorn", "config worker", "config beat"):
        for pid in running.supervised(word):
            assert not set(environment_of(pid)) & {"BALLOTS_TALLY_URL", "BALLOTS_BOX_URL", "TALLY_KEYS"}, word


def test_given_addresses_of_others_do_not_reach_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ballots.ROLES, "TALLY_KEYS", "SECRET_KEY", "DATABASE_URL"):
        monkeypatch.setenv(name, f"given-{name}")
    survey = surveys.planned(8000)
    assert survey is not None
    told = {child.name: set(child.env) for child in supervisor.children(8000, survey, reload=False)}
    for name in ("web", "worker", "beat", "mail"):
        assert not told[name] & {"BALLOTS_TALLY_URL", "BALLOTS_BOX_URL", "TALLY_KEYS"}, name
        assert told[name] >= {"BALLOTS_RESULTS_URL", "DATABASE_URL"}, name
    assert not told["box"] & {
        "BALLOTS_TALLY_URL",
        "BALLOTS_RESULTS_URL",
        "TALLY_KEYS",
        "DATABASE_URL",
        "SECRET_KEY",
    }
    tally = set(survey.tally_environment())
    assert tally >= {"BALLOTS_TALLY_URL", "TALLY_KEYS", "REDIS_URL"}
    assert not tally & {"BALLOTS_BOX_URL", "BALLOTS_RESULTS_URL", "SURVEY_KEYS", "DATABASE_URL", "SECRET_KEY"}


def test_the_tally_is_told_of_a_trustee(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ballots.ROLES:
        monkeypatch.setenv(name, f"given-{name}")
    survey = surveys.planned(8000)
    assert survey is not None
    monkeypatch.delenv("TRUSTEE_PUBLIC_KEY", raising=False)
    assert "TRUSTEE_PUBLIC_KEY" not in survey.tally_environment()
    monkeypatch.setenv("TRUSTEE_PUBLIC_KEY", "ab" * 32)
    assert survey.tally_environment()["TRUSTEE_PUBLIC_KEY"] == "ab" * 32
    assert "TRUSTEE_PUBLIC_KEY" not in survey.box_environment()


def test_the_application_is_told_where_surveys_are(running: Installation) -> None:
    names = ("BALLOTS_RESULTS_URL", "SURVEY_KEYS", "BOX_WAVES", "SURVEY_URL")
    show = "from django.conf import settings as s; print(*(getattr(s, n) for n in {!r}), sep='\\n')"
    url, keys, waves, link = running.manage("shell", "-v", "0", "-c", show.format(names)).splitlines()
    assert url.startswith("postgres://tend_results:")
    assert (keys, waves) == (str(running.var / "keys/mailer"), str(running.var / "keys/box"))
    assert link == f"http://127.0.0.1:{running.survey_port}"


def test_folders_of_keys_are_private_and_apart(running: Installation) -> None:
    folders = [running.var / "keys", *(running.var / "keys").iterdir()]
    assert sorted(folder.name for folder in folders) == ["box", "keys", "mailer", "tally"]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_the_box_answers_and_logs_no_address(running: Installation) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{running.survey_port}/s/secret-ticket", timeout=10)
    assert refused.value.code == 404
    log = (running.var / "log" / "box.log").read_text()
    assert "Listening at" in log
    assert "secret-ticket" not in log
    assert "/s/" not in log


# -- Backup and restore, and installations from before --------------------------------------------------

PREPARE = """
from stack import ballots, surveys
surveys.make_folders()
ballots.prepare(surveys.find_addresses())
"""
RELEASED = "00000000-0000-4000-8000-00000000000a"
RELEASE = f"""
    INSERT INTO release VALUES ('{RELEASED}', 'p', '2026 Q3', '{{}}', '2026-10-30', 40, 0, 0, 90, 45, '{{}}',
                                NULL, 'test');
    INSERT INTO figure VALUES ('{RELEASED}', '', 'recommend', '', 'nps', 31);
"""


def released(installation: Installation) -> list[int]:
    with database.connected(url_of(installation, "tend_results", "tend_ballots")) as cursor:
        cursor.execute("SELECT amount FROM figure")
        return [int(amount) for (amount,) in cursor.fetchall()]


def rights(installation: Installation) -> str:
    with database.connected(url_of(installation, "tend_tally", "tend_ballots")) as cursor:
        cursor.execute("""
            SELECT string_agg(format('%s %s %s', grantee, table_name, privilege_type), ', ' ORDER BY 1)
            FROM (SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants
                  WHERE grantee <> 'tend_tally'
                  UNION ALL SELECT grantee, table_name || '.' || column_name, privilege_type
                  FROM information_schema.column_privileges WHERE grantee <> 'tend_tally') given
        """)
        return str(cursor.fetchone()[0])


@pytest.fixture
def filled(another: Installation) -> Installation:
    """Its servers run; there are released results, and keys in every folder."""
    assert another.command("services", "start").returncode == 0
    another.python(PREPARE)
    with database.connected(url_of(another, "tend_tally", "tend_ballots")) as cursor:
        cursor.execute(RELEASE)
    for folder in (another.var / "keys").iterdir():
        KeyFiles(folder).make("wave.key", tickets.new_key())
    return another


def test_released_results_survive_a_restore_and_no_key_is_in_the_backup(filled: Installation) -> None:
    before = rights(filled)
    done = filled.command("backup")
    assert done.returncode == 0, done.stderr
    file = max((filled.var / "backups").glob("*.tar"))
    content = file.read_bytes()
    for key in (filled.var / "keys").glob("*/*"):
        assert key.read_bytes() not in content, key
        assert key.read_bytes().hex().encode() not in content, key
    with tarfile.open(file) as tar:
        assert sorted(tar.getnames()) == ["ballots.dump", "database.dump", "manifest.json"]

    filled.sql("DROP DATABASE tend_ballots WITH (FORCE)")
    restored = filled.command("restore", FILE=str(file))

    assert restored.returncode == 0, restored.stderr
    assert released(filled) == [31]
    assert rights(filled) == before
    assert {role for role in ROLES if may_enter(filled, role, "tend_ballots")} == ROLES - {"tend"}


def test_a_backup_from_before_there_were_ballots_still_restores(filled: Installation, tmp_path: Path) -> None:
    assert filled.command("backup").returncode == 0
    old = tmp_path / "old.tar"
    as_format_1(max((filled.var / "backups").glob("*.tar")), old, tmp_path / "parts")
    done = filled.command("restore", FILE=str(old))
    assert done.returncode == 0, done.stderr
    assert released(filled) == [31]  # untouched


def as_format_1(new: Path, old: Path, work: Path) -> None:
    with tarfile.open(new) as tar:
        tar.extractall(work)
    (work / "ballots.dump").unlink()
    manifest = json.loads((work / "manifest.json").read_text())
    del manifest["ballots"], manifest["sha256"]["ballots.dump"]
    (work / "manifest.json").write_text(json.dumps(manifest | {"format": 1}))
    with tarfile.open(old, "w") as tar:
        for path in sorted(p for p in work.rglob("*") if p.is_file()):
            tar.add(path, path.relative_to(work))


def test_an_installation_from_before_gets_roles_and_database_at_its_next_start(filled: Installation) -> None:
    filled.sql("DROP DATABASE tend_ballots WITH (FORCE)")
    filled.sql("DROP ROLE tend_tally, tend_box, tend_results")
    assert filled.command("services", "stop").returncode == 0
    shutil.rmtree(filled.var / "keys")
    assert filled.command("services", "start").returncode == 0
    filled.python(PREPARE)  # as `make run` does
    assert {role for role in ROLES if may_enter(filled, role, "tend_ballots")} == ROLES - {"tend"}
    assert released(filled) == []
    assert len(list((filled.var / "keys").iterdir())) == 3
