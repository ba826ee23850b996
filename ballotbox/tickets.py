"""The link in a survey mail: an encrypted ticket, stored nowhere, that nobody can forge or list.

A ticket names its wave in clear, so that the box knows which key opens it, and carries under that key: the
tag (which makes a second ballot of the same invitation impossible), the coarse codes of the invitation, its
language, and whether it is a test. ``tag = HMAC-SHA256(tag key of wave and send day, invitation)[:16]``: once
that key is destroyed, nobody can say which tag was whose. A ballot carries, inside its seal, the mark that
follows from the tag under the ticket key: by it two ballots of one invitation are told when they are opened.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
TAG_BYTES = 16
NONCE_BYTES = 12
INSIDE_BYTES = 80  # codes, language and mark of a test, padded: tickets do not differ in length
END = "1"  # the version; also keeps "-" and "_" from the end, where mail programs cut links
SHAPE = re.compile(r"[A-Za-z0-9_-]{100,400}1")


class TicketError(Exception):
    """Forged, damaged, or of a wave whose key is not here. Says no more: all look alike to a stranger."""


@dataclass(frozen=True)
class Ticket:
    """What a link carries. ``codes``: dimension -> coarse value, e.g. ``{"tier": "Large"}``."""

    wave: UUID
    tag: bytes
    language: str = "en"
    codes: dict[str, str] = field(default_factory=dict)
    is_test: bool = False


def new_key() -> bytes:
    """A fresh key for tickets or tags."""
    return os.urandom(KEY_BYTES)


def tag_of(tag_key: bytes, invitation: UUID) -> bytes:
    """The tag of an invitation:

    The same in its mail and in its follow-up, and unguessable without the key.
    """
    return hmac.new(tag_key, invitation.bytes, hashlib.sha256).digest()[:TAG_BYTES]


def mark_of(ticket_key: bytes, ticket: Ticket) -> bytes:
    """What tells ballots of one invitation from those of others, once they are opened.

    Whoever opens them learns no tag: without the ticket key, which is destroyed then, it says nothing.
    """
    said = b"tend mark 1 " + ticket.wave.bytes + ticket.tag
    return hmac.digest(ticket_key, said, "sha256")[:TAG_BYTES]


def write(key: bytes, ticket: Ticket) -> str:
    """The ticket as it stands in a link, about 170 characters of ``A-Za-z0-9_-``.

    Raises ValueError when its codes are too long.
    """
    if len(ticket.tag) != TAG_BYTES:
        raise ValueError(f"A tag has {TAG_BYTES} bytes.")
    said = {"c": ticket.codes, "l": ticket.language, **({"t": 1} if ticket.is_test else {})}
    inside = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    if len(inside) > INSIDE_BYTES:
        raise ValueError(f"Codes and language take {len(inside)} bytes, {INSIDE_BYTES} fit.")
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, ticket.tag + inside.ljust(INSIDE_BYTES), ticket.wave.bytes)
    return base64.urlsafe_b64encode(ticket.wave.bytes + nonce + sealed).decode().rstrip("=") + END


def wave_of(text: str) -> UUID:
    """The wave that a ticket claims to be of. Raises TicketError for what cannot be a ticket."""
    return UUID(bytes=_bytes(text)[:16])


def read(key: bytes, text: str) -> Ticket:
    """Open a ticket. Raises TicketError."""
    raw = _bytes(text)
    wave, nonce, sealed = raw[:16], raw[16 : 16 + NONCE_BYTES], raw[16 + NONCE_BYTES :]
    try:
        plain = AESGCM(key).decrypt(nonce, sealed, wave)
    except (InvalidTag, ValueError) as error:
        raise TicketError from error
    said = json.loads(plain[TAG_BYTES:])
    return Ticket(
        wave=UUID(bytes=wave),
        tag=plain[:TAG_BYTES],
        language=said["l"],
        codes=said["c"],
        is_test=bool(said.get("t")),
    )


def _bytes(text: str) -> bytes:
    if not SHAPE.fullmatch(text):
        raise TicketError
    body = text[: -len(END)]
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError) as error:
        raise TicketError from error
    if len(raw) < 16 + NONCE_BYTES + TAG_BYTES:
        raise TicketError
    return raw
