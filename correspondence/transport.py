"""One reused connection to the mail server, and what its answer means.

A mail server that stops answering after it got the text leaves a question nobody can answer (RFC 1047): the
outcome is DOUBTFUL. Everything before that is definite, and so is every answer.
"""

from __future__ import annotations

import smtplib
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from correspondence import verdicts
from correspondence.verdicts import Outcome, Result


class Careful(smtplib.SMTP):
    """SMTP that knows whether the server may have a mail whose answer never came."""

    in_doubt = False

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()
        if code == 354:  # "go ahead": what follows is the text
            self.in_doubt = True
        return code, words

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.in_doubt = False
        try:
            answer = super().data(msg)
        except smtplib.SMTPDataError:
            self.in_doubt = False
            raise
        self.in_doubt = False
        return answer


class CarefulSSL(Careful, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class SmtpBackend(EmailBackend):
    """Django's SMTP backend with connections that know when there is doubt (MAIL_TRANSPORT for EMAIL_URL)."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return CarefulSSL if self.use_ssl else Careful


class Line:
    """A connection that is opened when it is needed, reused, and opened anew when the other side hangs up."""

    def __init__(self) -> None:
        self._backend: Any = get_connection(settings.MAIL_TRANSPORT)
        self._carried = -1  # mails over the present connection; -1: none is open

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def hand_over(self, email: EmailMessage) -> Result:
        """Give one mail to the mail server. Raises nothing."""
        reused = self._carried > 0
        result = self._try(email)
        if result.outcome == Outcome.HUNG_UP and reused:  # servers end long connections: that is no failure
            result = self._try(email)
        return result

    def _try(self, email: EmailMessage) -> Result:
        if self._carried < 0:
            try:
                self._backend.open()
            except Exception as error:
                self._hang_up()
                return Result(Outcome.DOWN, verdicts.words_of(error))
            self._carried = 0
        try:
            self._backend.send_messages([email])
        except Exception as error:
            result = verdicts.judge(error, in_doubt=self._in_doubt())
            if result.outcome in (Outcome.HUNG_UP, Outcome.DOUBTFUL, Outcome.DOWN) or self._is_gone():
                self._hang_up()
            return result
        self._carried += 1
        return verdicts.accepted(email)

    def _in_doubt(self) -> bool:
        """Of a connection that cannot tell, doubt is assumed."""
        if not isinstance(self._backend, EmailBackend):
            return True
        return bool(getattr(self._backend.connection, "in_doubt", True))

    def _is_gone(self) -> bool:
        connection = getattr(self._backend, "connection", None)
        return isinstance(connection, smtplib.SMTP) and connection.sock is None

    def _hang_up(self) -> None:
        self._carried = -1
        try:
            self._backend.close()
        except Exception:  # noqa: S110 - it is gone either way
            pass
        if isinstance(self._backend, EmailBackend):
            self._backend.connection = None
