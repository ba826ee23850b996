"""Django's mail API leads here (EMAIL_BACKEND): every mail becomes a row of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from correspondence import health, stored
from correspondence.models import Topic
from correspondence.services.enqueueing import Draft, Identity, enqueue_many


class MailWaitsError(OSError):
    """The mail is in the outbox, but just now nothing leaves it. It goes out by itself when that is over."""

    kept = True


class OutboxBackend(BaseEmailBackend):
    """Hands mails to the outbox; a worker sends them at once, and again when the mail server is away.

    Raises MailWaitsError where somebody waits for the mail and should hear that it will be late.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        taken = [message for message in email_messages if message.recipients()]
        new = enqueue_many([draft for message in taken for draft in _drafts(message)])
        # Inside a transaction an error would take the mail back out.
        if new and not self.fail_silently and not connection.in_atomic_block and not health.is_working():
            raise MailWaitsError("The mail waits in the outbox: nothing can be sent at the moment.")
        return len(taken)


def _drafts(message: EmailMessage) -> list[Draft]:
    """One for each address; each of them sees only itself."""
    name, address = parseaddr(message.from_email)
    reply_to = parseaddr(message.reply_to[0])[1] if message.reply_to else ""
    source, key = stored.pack(message), uuid4().hex
    return [
        Draft(
            kind=stored.KIND,
            topic=Topic.SERVICE,
            to=parseaddr(recipient)[1],
            key=key,
            identity=Identity(name, address, reply_to),
            is_urgent=True,
            stored=source,
        )
        for recipient in message.recipients()
    ]
