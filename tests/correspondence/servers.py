"""A small mail server that does what a test wants: refuse, say later, hang up at a named step."""

from __future__ import annotations

import email
import email.policy
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Kept:
    """One mail the server has accepted."""

    sender: str
    recipient: str
    message: EmailMessage


@dataclass
class Server:
    """``answers``: step (``connect``, ``mail``, ``rcpt``, ``data``, ``text``) -> answer, or ``hang up``.

    The server keeps what it got whole, also when it hangs up instead of answering (``text``): that is the
    mail nobody knows about.
    """

    answers: dict[str, str] = field(default_factory=dict)
    hang_up_after: int = 0  # mails per connection; 0: as many as one likes
    kept: list[Kept] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                outer.talk(self)

        class Threaded(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self._server = Threaded(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def talk(self, line: socketserver.StreamRequestHandler) -> None:
        """One connection."""
        sender = recipient = ""
        before = len(self.kept)
        going = self._say(line, "connect", "220 test")
        while going and (words := line.rfile.readline().decode().strip()):
            verb, address = words.upper(), words.partition("<")[2].partition(">")[0]
            if verb.startswith("MAIL FROM"):
                sender = address
                if self.hang_up_after and len(self.kept) - before >= self.hang_up_after:
                    return
                going = self._say(line, "mail", "250 fine")
            elif verb.startswith("RCPT TO"):
                recipient = address
                going = self._say(line, "rcpt", "250 fine")
            elif verb == "DATA":
                going = self._data(line, sender, recipient)
            else:
                self._say(line, "other", "250 fine")
                going = verb != "QUIT"

    def _say(self, line: socketserver.StreamRequestHandler, step: str, usual: str) -> bool:
        """Answer; False when the connection is to end here."""
        answer = self.answers.get(step, usual)
        if answer == "hang up":
            line.connection.shutdown(socket.SHUT_RDWR)
            return False
        line.wfile.write(f"{answer}\r\n".encode())
        return True

    def _data(self, line: socketserver.StreamRequestHandler, sender: str, recipient: str) -> bool:
        going = self._say(line, "data", "354 go ahead")
        if going and self.answers.get("data", "354").startswith("354"):
            self._keep(line, sender, recipient)
            going = self._say(line, "text", "250 taken")
        return going

    def _keep(self, line: socketserver.StreamRequestHandler, sender: str, recipient: str) -> None:
        lines = []
        while (text := line.rfile.readline()) != b".\r\n":
            if not text:
                return
            lines.append(text.removeprefix(b".") if text.startswith(b"..") else text)
        if self.answers.get("text", "250").startswith(("250", "hang up")):
            message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            self.kept.append(Kept(sender, recipient, message))  # type: ignore[arg-type]
