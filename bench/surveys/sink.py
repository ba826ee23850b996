"""``python -m bench.surveys.sink SOCKET``: a mail server that counts what it takes and keeps nothing.

Prints the count when it is told to stop.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import UnixSocketController
from aiosmtpd.smtp import SMTP, Envelope, Session

from stack import paths, processes


class Counted:
    """Takes everything."""

    mails = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.mails += 1
        return "250 taken"


class Sink:
    """The running server. ``mails`` is known once it has ended."""

    def __init__(self, socket: Path) -> None:
        self.socket, self.mails = socket, 0


@contextmanager
def running(socket: Path) -> Iterator[Sink]:
    """The sink as a process of its own: what it costs is not the sender's time."""
    found = Sink(socket)
    command = [sys.executable, "-m", "bench.surveys.sink", str(socket)]
    process = subprocess.Popen(command, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True)
    try:
        if not processes.wait_until(lambda: socket.exists() or process.poll() is not None, 30):
            raise RuntimeError("The mail sink did not start within 30 seconds.")
        yield found
    finally:
        process.terminate()
        said, _errors = process.communicate(timeout=20)
        found.mails = int(said.strip() or 0)


def main() -> None:
    """Serve until SIGTERM."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    taken = Counted()
    server = UnixSocketController(taken, sys.argv[1])
    server.start()
    ended.wait()
    server.stop()
    sys.stdout.write(f"{taken.mails}\n")


if __name__ == "__main__":
    main()
