"""Putting mails into the outbox, in the transaction of whoever wants them sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from correspondence import seal
from correspondence.addresses import normalised, one_line
from correspondence.models import Message, Topic

logger = logging.getLogger(__name__)
AT_ONCE = 2_000  # rows per statement

INSERT = """
INSERT INTO correspondence_message (
    created_at, updated_at, kind, topic, recipient, key, contact_id, payload, stored, from_name, from_address,
    reply_to, state, reason, attempts, not_before, next_try_at, handing_over, has_slot, is_urgent,
    message_id, provider_id, last_error
)
SELECT %(now)s, %(now)s, kind, topic, recipient, key, contact_id, payload, stored, from_name, from_address,
    reply_to, 'pending', '', 0, not_before, greatest(%(now)s, not_before), false, false, is_urgent,
    message_id, '', ''
FROM jsonb_to_recordset(%(rows)s::jsonb) AS draft (
    kind text, topic text, recipient text, key text, contact_id bigint, payload jsonb, stored text,
    from_name text, from_address text, reply_to text, not_before timestamptz, is_urgent boolean,
    message_id text
)
ON CONFLICT (kind, recipient, key) DO NOTHING
"""


@dataclass(frozen=True)
class Identity:
    """Who a mail is from. Empty ``address``: DEFAULT_FROM_EMAIL."""

    name: str = ""
    address: str = ""
    reply_to: str = ""


@dataclass(frozen=True)
class Draft:
    """A mail to be. ``key``: the same kind, address and key again is the same mail.

    ``payload`` holds ids, what they stand for is rendered when the mail leaves. ``not_before`` is a moment.
    """

    kind: str
    topic: str
    to: str
    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    contact_id: int | None = None
    not_before: datetime | None = None
    identity: Identity | None = None
    is_urgent: bool = False
    stored: str = ""


def enqueue(draft: Draft) -> Message:
    """The row of this mail; the one that is there already if it was put in before.

    Raises ValidationError when the address is none.
    """
    enqueue_many([draft])
    found: Message = Message.objects.get(kind=draft.kind, recipient=normalised(draft.to), key=draft.key)
    return found


def enqueue_many(drafts: Sequence[Draft]) -> int:
    """Put mails in, set-based; returns how many are new. They leave when the caller's transaction commits.

    Raises ValidationError when an address is none (nothing is put in then), ValueError for an unknown topic.
    """
    rows = [_row(draft) for draft in drafts]
    new = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for some in _batches(rows):
            cursor.execute(INSERT, {"rows": json.dumps(some), "now": timezone.now()})
            new += cursor.rowcount
    if new:
        transaction.on_commit(ring, robust=True)
    return new


def ring() -> None:
    """Wake the dispatcher. Without a broker nothing is lost: beat rings twice a minute."""
    from correspondence import tasks  # noqa: PLC0415 - tasks import the services

    try:
        tasks.send_due.apply_async(retry=False, expires=60)
    except Exception:
        logger.warning("The broker does not answer; mail leaves at beat's next bell.", exc_info=True)


def message_id_of(kind: str, recipient: str, key: str, sender: str) -> str:
    """``<letters@the sender's domain>``: the same for the same mail, in every attempt."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    # no separator of ours can be part of a kind or an address
    return f"<{seal.fingerprint('message-id', f'{kind} {recipient} {key}')}@{domain}>"


def _batches(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _row(draft: Draft) -> dict[str, Any]:
    recipient, identity = normalised(draft.to), draft.identity or Identity()
    address = normalised(identity.address) if identity.address else ""
    return {
        "kind": draft.kind,
        "topic": Topic(draft.topic).value,
        "recipient": recipient,
        "key": draft.key,
        "contact_id": draft.contact_id,
        "payload": draft.payload,
        "stored": draft.stored,
        "from_name": one_line(identity.name, 100),
        "from_address": address,
        "reply_to": normalised(identity.reply_to) if identity.reply_to else "",
        "not_before": draft.not_before.isoformat() if draft.not_before else None,
        "is_urgent": draft.is_urgent,
        "message_id": message_id_of(
            draft.kind, recipient, draft.key, address or str(settings.DEFAULT_FROM_EMAIL)
        ),
    }
