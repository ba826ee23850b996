"""What an answer of a mail server or a provider means for the mail."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import requests
from anymail import exceptions as anymail
from django.core.mail import EmailMessage


class Outcome(Enum):
    SENT = auto()  # the mail server has taken responsibility
    TEMPORARY = auto()  # it said "later" (SMTP 4yz, HTTP 429 and 503)
    REFUSED = auto()  # it said "never" about this mail
    BOUNCED = auto()  # it said "never" about this address
    DOUBTFUL = auto()  # nobody knows whether it has it
    BARRED = auto()  # it lets no mail of this sender through: about us, no fault of mail or recipient
    HUNG_UP = auto()  # it ended the connection before it got the text
    DOWN = auto()  # it cannot be reached, or does not let us in: no fault of this mail


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    words: str = ""
    provider_id: str = ""


# RFC 3463: 5.1.x is about the address, 5.2.1 a mailbox that is switched off. 5.2.2 (full) passes, and 5.7.x
# (policy) says something about us.
ADDRESS_IS_BAD = re.compile(r"\b5\.(1\.\d{1,3}|2\.1|4\.4)\b")
STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
# Without an enhanced status: 550 no such mailbox, 551 moved, 553 name not allowed.
ADDRESS_CODES = frozenset({550, 551, 553})
NOT_LET_IN = frozenset({530, 534, 535, 538})
HTTP_LATER = frozenset({425, 429, 503})
HTTP_NOT_LET_IN = frozenset({401, 407})
# No money left, or a sender that the provider does not know: one sender must not stop the mail of all.
HTTP_BARRED = frozenset({402, 403})


def accepted(email: EmailMessage) -> Result:
    """What a backend that raised nothing has to say; providers refuse addresses without an error, too."""
    status: Any = getattr(email, "anymail_status", None)
    if status is None:
        return Result(Outcome.SENT)
    said = set(status.status or ())
    if said and not said & {"sent", "queued", "unknown"}:
        outcome = Outcome.BOUNCED if "invalid" in said else Outcome.REFUSED
        return Result(outcome, f"The provider said: {', '.join(sorted(map(str, said)))}")
    return Result(Outcome.SENT, provider_id=str(status.message_id or "")[:200])


def judge(error: Exception, *, in_doubt: bool) -> Result:
    """The outcome that an exception of a mail backend stands for."""
    words = words_of(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return Result(_about_recipient(code, _text(said)), f"{code} {_text(said)}"[:1000])
    if isinstance(error, smtplib.SMTPResponseException):
        return Result(_about_mail(error.smtp_code), f"{error.smtp_code} {_text(error.smtp_error)}"[:1000])
    if isinstance(error, anymail.AnymailError):
        return Result(_of_provider(error), words)
    if isinstance(error, smtplib.SMTPServerDisconnected | OSError):
        return Result(Outcome.DOUBTFUL if in_doubt else Outcome.HUNG_UP, words)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):  # BadHeaderError, UnicodeError
        return Result(Outcome.REFUSED, words)
    return Result(Outcome.DOUBTFUL if in_doubt else Outcome.REFUSED, words)


def is_bad_address(code: int, words: str) -> bool:
    """Whether a permanent refusal is about the address, and not about us or about a full mailbox."""
    if not 500 <= code < 600:
        return False
    if STATUS.search(words):
        return ADDRESS_IS_BAD.search(words) is not None
    return code in ADDRESS_CODES


def words_of(error: Exception) -> str:
    """What the row and the page say about an exception."""
    return f"{type(error).__name__}: {error}"[:1000].replace("\x00", "")


def _about_recipient(code: int, words: str) -> Outcome:
    if is_bad_address(code, words):
        return Outcome.BOUNCED
    return _about_mail(code)


def _about_mail(code: int) -> Outcome:
    if code in NOT_LET_IN:
        return Outcome.DOWN
    if 400 <= code < 500:
        return Outcome.TEMPORARY
    return Outcome.REFUSED


def _of_provider(error: anymail.AnymailError) -> Outcome:
    if not isinstance(error, anymail.AnymailAPIError):
        return Outcome.REFUSED  # all recipients refused, or never sent: an address it cannot write
    status = error.status_code
    return _without_answer(error) if status is None else _of_status(status)


def _of_status(status: int) -> Outcome:
    if status in HTTP_LATER:
        return Outcome.TEMPORARY
    if status in HTTP_NOT_LET_IN:
        return Outcome.DOWN
    if status in HTTP_BARRED:
        return Outcome.BARRED
    if 400 <= status < 500 and status != 408:
        return Outcome.REFUSED
    return Outcome.DOUBTFUL


def _without_answer(error: Exception) -> Outcome:
    """Not even connected, or connected and then silence?"""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Outcome.DOWN
    if isinstance(error, requests.exceptions.ConnectionError) and "NewConnectionError" in str(error):
        return Outcome.DOWN
    return Outcome.DOUBTFUL


def _text(said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return words.replace("\x00", "")  # which no column of text takes
