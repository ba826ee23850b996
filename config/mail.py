"""Sending mail to the sink of a trial or development installation, over its Unix socket."""

import smtplib
import socket
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from correspondence.transport import Careful


class _UnixSMTP(Careful):
    """SMTP whose host is the path of a Unix socket."""

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: object = None
    ) -> tuple[int, bytes]:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(host)
        code, message = self.getreply()
        if code != 220:
            self.close()
        return code, message


class SinkBackend(EmailBackend):
    """Django's SMTP backend, connected to settings.MAIL_SINK_SOCKET."""

    def __init__(self, **options: Any) -> None:
        options |= {"host": str(settings.MAIL_SINK_SOCKET), "timeout": 10, "use_tls": False, "use_ssl": False}
        super().__init__(**options)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _UnixSMTP
