"""A mail server that delivers nothing: every message becomes a file under `var/mail`.

Listens on a Unix socket, so that no other user of the machine and nobody outside can reach it.
"""

import os
import secrets
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import UnixSocketController
from aiosmtpd.smtp import SMTP, Envelope, Session

from stack import paths

LARGEST_BYTES = 25_000_000


class Keep:
    """Writes each message to a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer 250 only after the message is on disk; the addressees go in front as headers."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}.eml"
        draft = self.folder / f".{name}"
        content = envelope.original_content or b""
        draft.write_bytes(_envelope_headers(envelope) + content)
        draft.rename(self.folder / name)
        return f"250 kept as {name}"


def _envelope_headers(envelope: Envelope) -> bytes:
    """Who it was really sent to: Bcc appears in no other header."""
    to = ", ".join(envelope.rcpt_tos)
    return f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {to}\r\n".encode()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    paths.prepare()
    paths.MAIL_SOCKET.unlink(missing_ok=True)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    os.umask(0o077)
    server = UnixSocketController(Keep(paths.MAIL), str(paths.MAIL_SOCKET), data_size_limit=LARGEST_BYTES)
    server.start()
    ended.wait()
    server.stop()


if __name__ == "__main__":
    main()
