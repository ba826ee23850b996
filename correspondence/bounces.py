"""Mails that came back: delivery status notifications (RFC 3464), as mail servers send them to a return path.

Every mail leaves with a return path of its own (VERP), so what comes back there is about exactly one mail.
Whoever knows a mail's return path can send anything to it: nothing here is believed but that the delivery of
that one mail, to the address that we wrote to, has failed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as Mail
from enum import Enum, auto

from django.conf import settings

from correspondence import reports
from correspondence.building import RETURN_PATH_LETTERS
from correspondence.models import DeliveryReport, Message
from correspondence.verdicts import is_bad_address

LARGEST_BYTES = 256_000  # a report quotes headers, not a whole mail; what is longer is cut
MOST_PARTS = 50
ADDRESSED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
CODE = re.compile(r"\b([245]\d\d)\b")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Came(Enum):
    """What became of something that came back."""

    NOTED = auto()
    KNOWN = auto()  # the same report again
    PASSING = auto()  # "still trying", "delivered", or a person's automatic answer
    STRANGE = auto()  # about no mail of ours, or nothing that can be read


@dataclass(frozen=True)
class Failure:
    """What a mail server says of one recipient."""

    is_hard: bool
    is_final: bool


def take(raw: bytes) -> Came:
    """Read one mail out of the mailbox of bounces. Raises nothing for whatever stands in it."""
    try:
        mail = message_from_bytes(raw[:LARGEST_BYTES], policy=policy.compat32)
        row = _row(mail)
        found = list(_failures(mail))
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError):  # of the e-mail package
        return Came.STRANGE
    if row is None:
        return Came.STRANGE
    final = [each for each in found if each.is_final]
    if not final:
        return Came.PASSING
    hard = all(each.is_hard for each in final)
    kind = DeliveryReport.Kind.HARD_BOUNCE if hard else DeliveryReport.Kind.SOFT_BOUNCE
    # One report of a mail is enough, whoever sends how many: three soft bounces are three mails.
    event = f"dsn {hashlib.sha256(row.message_id.encode()).hexdigest()[:32]} {kind}"
    return Came.NOTED if reports.note(kind, row.recipient, row.topic, event, row) else Came.KNOWN


def _row(mail: Mail) -> Message | None:
    """Our mail that this is about: by the return path that it came to."""
    letters = set(_letters(mail))
    if len(letters) != 1:  # none, or somebody who tries several
        return None
    return Message.objects.by_return_path(letters.pop()).first()


def _letters(mail: Mail) -> Iterator[str]:
    domain = str(settings.MAIL_BOUNCE_DOMAIN)
    if not domain:
        return
    ours = re.compile(
        rf"(?<![a-z0-9.+_-])b\+([a-z2-7]{{{RETURN_PATH_LETTERS}}})@{re.escape(domain)}(?![a-z0-9.-])",
        re.IGNORECASE,
    )
    for name in ADDRESSED_TO:
        for value in mail.get_all(name, []):
            yield from (each.lower() for each in ours.findall(str(value)))


def _failures(mail: Mail) -> Iterator[Failure]:
    """Per recipient in the part for programs; a mail without one is a person's or a machine's answer."""
    if mail.get_content_type() != "multipart/report":
        return
    for number, part in enumerate(mail.walk()):
        if number > MOST_PARTS:
            return
        if part.get_content_type() == "message/delivery-status":
            for fields in part.get_payload() if part.is_multipart() else ():
                if isinstance(fields, Mail) and fields.get("Action"):
                    yield _failure(fields)


def _failure(fields: Mail) -> Failure:
    is_final = str(fields["Action"]).strip().lower() == "failed"
    summary = STATUS.search(str(fields.get("Status", "")))
    words = str(fields.get("Diagnostic-Code", ""))
    if summary is None or summary[1] != "5":
        return Failure(is_hard=False, is_final=is_final)
    # The other server's own words tell more than the summary, which is often a mere 5.0.0.
    told = STATUS.search(words) or (summary if summary[0] != "5.0.0" else None)
    if told is not None:
        return Failure(is_bad_address(550, told[0]), is_final)
    code = CODE.search(words)
    return Failure(code is not None and is_bad_address(int(code[1]), ""), is_final)
