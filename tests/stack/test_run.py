"""`make run` through its life: first start, kill -9 of each part, second start, Ctrl-C."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.stack.conftest import ROOT, Installation, eventually, free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installation")]

CHILDREN = {
    "web": "gunicorn",
    "worker": "celery -A config worker",
    "beat": "config beat",
    "mail": "mailsink",
    "box": "ballotbox.box",
}


@pytest.fixture
def running(installation: Installation) -> Installation:
    """The module's installation, running."""
    if installation.process is None or installation.process.poll() is not None:
        installation.start()
    return installation


def child_of(installation: Installation, name: str) -> int:
    """The process that the supervisor itself started under this name; 0 when it does not run."""
    assert installation.process is not None
    own = {p.pid for p in psutil.Process(installation.process.pid).children()}
    return next((pid for pid in installation.supervised(CHILDREN[name]) if pid in own), 0)


def still_running(pids: list[int]) -> list[int]:
    """Those that run; a zombie that nobody has buried yet does not."""
    return [p for p in pids if psutil.pid_exists(p) and psutil.Process(p).status() != psutil.STATUS_ZOMBIE]


def remember(installation: Installation) -> None:
    installation.sql("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")


def remembered(installation: Installation) -> int:
    return int(installation.sql("SELECT count(*) FROM kept"))


def test_the_first_start_runs_everything(running: Installation) -> None:
    assert running.answers()
    for name, word in CHILDREN.items():
        assert running.supervised(word), f"{name} does not run\n{running.logs()}"


def test_only_web_and_ballot_box_listen_on_the_network(running: Installation) -> None:
    family = [running.server("postgres"), running.server("valkey"), *running.supervised()]
    listening = {
        connection.laddr
        for pid in family
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", running.port), ("127.0.0.1", running.survey_port)}


def test_what_is_private_is_private(running: Installation) -> None:
    folders = [running.var, running.var / "secrets", running.var / "mail", running.var / "backups"]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert {stat.S_IMODE(file.stat().st_mode) for file in (running.var / "secrets").iterdir()} == {0o600}


def test_the_application_is_no_superuser(running: Installation) -> None:
    asked = "SELECT rolsuper OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = 'tend'"
    assert running.sql(asked) == "f"


def test_a_second_run_in_the_same_place_is_refused_in_one_sentence(running: Installation) -> None:
    refused = running.command("run", PORT=str(free_port()))
    assert refused.returncode == 1
    assert "runs already here" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert running.answers()


@pytest.mark.parametrize("name", list(CHILDREN))
def test_a_killed_child_comes_back(running: Installation, name: str) -> None:
    victim = child_of(running, name)
    os.kill(victim, signal.SIGKILL)
    assert running.says(f"{name} ended (signal 9)", 10)
    assert eventually(lambda: child_of(running, name) not in (0, victim), 20), running.logs()
    assert eventually(running.answers)


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_killed_server_comes_back_with_its_data(running: Installation, name: str) -> None:
    remember(running)
    before, victim = remembered(running), running.server(name)
    os.kill(victim, signal.SIGKILL)
    assert running.says("starting it again", 15)
    assert eventually(lambda: running.command("services").stdout.count("running") == 2, 30), running.logs()
    assert remembered(running) == before
    assert eventually(running.answers)


def test_after_kill_9_of_the_supervisor_a_new_start_takes_over(running: Installation) -> None:
    remember(running)
    before, orphans = remembered(running), set(running.supervised())
    running.kill()
    running.start()
    assert orphans.isdisjoint(running.supervised())
    assert len(running.supervised("config beat")) == 1
    assert remembered(running) == before


def test_after_kill_9_of_everything_a_new_start_has_the_data(running: Installation) -> None:
    remember(running)
    before = remembered(running)
    victims = [*running.supervised(), running.server("postgres"), running.server("valkey")]
    running.kill()
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    running.start()
    assert remembered(running) == before


def test_ctrl_c_stops_everything_and_a_new_start_has_the_data(running: Installation) -> None:
    remember(running)
    before = remembered(running)
    family = [*running.supervised(), running.server("postgres"), running.server("valkey")]
    sockets = Path(running.command("services").stdout.split()[-1]).parent
    assert running.interrupt() == 0
    assert not still_running(family)
    assert not sockets.exists()
    running.start()
    assert remembered(running) == before


def test_the_second_start_is_quick(running: Installation) -> None:
    running.interrupt()
    took = running.start()
    done = " ".join(running.lines)
    assert "Python environment" not in done
    assert "Database tables" not in done
    # Goal: 10 seconds, or what a few programs of this size take on a machine that is busy with other things.
    began = time.monotonic()
    running.manage("check")
    assert took < max(10.0, 6 * (time.monotonic() - began))


def test_two_installations_run_side_by_side(running: Installation, another: Installation) -> None:
    another.start()
    assert running.answers()
    assert another.answers()
    assert {running.server("postgres"), running.server("valkey")}.isdisjoint(
        {another.server("postgres"), another.server("valkey")}
    )
    assert another.interrupt() == 0
    assert running.answers()


def test_a_database_of_your_own_replaces_the_embedded_one(
    running: Installation, another: Installation
) -> None:
    running.sql("CREATE DATABASE elsewhere OWNER tend")
    another.env["DATABASE_URL"] = running.database_url().removesuffix("/tend") + "/elsewhere"
    another.start()
    assert another.answers()
    assert any(line.strip().startswith("Surveys are not set up") for line in another.lines)
    assert not another.supervised("ballotbox")
    assert "postgres" not in another.command("services").stdout
    assert not list(another.var.glob("pg*"))
    done = another.command("backup")
    assert done.returncode == 0, done.stderr
    assert another.interrupt() == 0


def test_a_busy_port_is_one_sentence(another: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", another.port))
        taken.listen()
        refused = another.command("run")
    assert refused.returncode == 1
    assert refused.stderr.strip().startswith(f"Port {another.port} is in use")
    assert f"`make run PORT={another.port + 2}`" in refused.stderr  # the next one is the ballot box's
    assert len(refused.stderr.splitlines()) == 1
    assert not (another.var / "pg18").exists()


def test_a_busy_port_of_the_ballot_box_is_one_sentence(another: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", another.survey_port))
        taken.listen()
        refused = another.command("run")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {another.survey_port} is in use")
    assert "`make run SURVEY_PORT=" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("port", ["box", "0", "70000"])
def test_a_port_of_the_ballot_box_that_is_none_is_one_sentence(another: Installation, port: str) -> None:
    refused = another.command("run", SURVEY_PORT=port)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"SURVEY_PORT={port} is no free port number")
    assert len(refused.stderr.splitlines()) == 1


def test_half_of_the_ballots_addresses_is_one_sentence(another: Installation) -> None:
    refused = another.command("run", BALLOTS_BOX_URL="postgres://tend_box@db.example.org/ballots")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Set BALLOTS_TALLY_URL, BALLOTS_RESULTS_URL too:")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("port", ["web", "0", "70000"])
def test_a_port_that_is_none_is_one_sentence(another: Installation, port: str) -> None:
    refused = another.command("run", PORT=port)
    assert refused.returncode == 1
    assert refused.stderr.strip() == f"PORT={port} is not a port number: choose one from 1024 to 65535."


def test_a_data_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = Installation(tmp_path / "file" / "var").command("run")
    assert refused.returncode == 1
    assert "Cannot create" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_data_of_another_postgresql_are_not_hidden_by_an_empty_database(another: Installation) -> None:
    (another.var / "pg11").mkdir(parents=True)
    (another.var / "pg11" / "PG_VERSION").write_text("11\n")
    refused = another.command("services", "start")
    assert refused.returncode == 1
    assert "was written by PostgreSQL 11" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_stop_ends_what_a_killed_supervisor_left(another: Installation) -> None:
    another.start()
    family = [*another.supervised(), another.server("postgres"), another.server("valkey")]
    another.kill()
    began = time.monotonic()
    assert another.command("stop").returncode == 0
    assert time.monotonic() - began < 40
    assert not still_running(family)


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = f"mount -t tmpfs -o size=20m none {small} && exec {sys.executable} -m stack run"
    namespace = ["--mount"] if os.getuid() == 0 else ["--user", "--map-root-user", "--mount"]
    refused = subprocess.run(
        ["unshare", *namespace, "sh", "-c", script],
        cwd=ROOT,
        env=Installation(small / "var").env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert "almost full" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
