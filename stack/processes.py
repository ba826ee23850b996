"""Finding, starting and stopping processes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

POLL_SECONDS = 0.05


def command_line(pid: int) -> str:
    """The command of a process, or an empty string when there is none (or only a zombie)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition. False when it did not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def start_detached(
    command: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that it outlives whoever started it."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )


def reap(pid: int) -> None:
    """Take the exit status if the process was our child, so that it is no zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except (ChildProcessError, OSError):
        pass


def gone(pid: int) -> bool:
    """True when no such process runs any more.

    Not the command line decides: it is empty for a moment while a new program is being loaded.
    """
    reap(pid)
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


def stop(pid: int, how: signal.Signals, seconds: float) -> None:
    """Ask a process to end; insist with SIGKILL when it has not after `seconds`."""
    for number, patience in ((how, seconds), (signal.SIGKILL, 10)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: gone(pid), patience):
            return


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log, to show with an error."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
