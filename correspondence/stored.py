"""Mails that came ready-made through Django's mail API: kept sealed until they are sent."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage as Parsed

from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from correspondence import seal
from correspondence.kinds import Attachment, Rendered
from correspondence.models import Message
from correspondence.models.message import READY_MADE

KIND = READY_MADE
LABEL = _("Mail about logins")
PURPOSE = "stored mail"
# Written anew by whoever sends the mail.
OWN_HEADERS = frozenset({
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "reply-to", "content-type",
    "content-transfer-encoding", "mime-version",
})  # fmt: skip


def pack(message: EmailMessage) -> str:
    """The whole mail as one sealed text. Raises BadHeaderError when somebody smuggles a header in."""
    return seal.seal(PURPOSE, message.message().as_bytes().decode("latin-1"))


def render(message: Message) -> Rendered | None:
    """The mail as it was handed in; None when its text is gone."""
    if not message.stored:
        return None
    source = seal.unseal(PURPOSE, message.stored).encode("latin-1")
    parsed = email.message_from_bytes(source, policy=email.policy.default)
    return Rendered(
        subject=str(parsed["Subject"] or ""),
        text=_content(parsed, "plain"),
        html=_content(parsed, "html"),
        headers={name: str(value) for name, value in parsed.items() if name.lower() not in OWN_HEADERS},
        attachments=[
            Attachment(part.get_filename() or "", _bytes(part), part.get_content_type())
            for part in parsed.iter_attachments()
        ],
    )


def _content(parsed: Parsed, subtype: str) -> str:
    part = parsed.get_body(preferencelist=(subtype,))
    return str(part.get_content()) if part else ""


def _bytes(part: Parsed) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
