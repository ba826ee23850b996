"""From a row and its text to the mail as it leaves: headers, sender, return path."""

from __future__ import annotations

import re
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from correspondence import unsubscribe
from correspondence.addresses import one_line
from correspondence.kinds import CalendarPart, Rendered
from correspondence.models import Message

HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
METHOD = re.compile(r"[A-Z]{1,20}")
# What the outbox writes itself, and nobody overrides.
OURS = frozenset({
    "from", "to", "cc", "bcc", "subject", "message-id", "reply-to", "return-path", "list-id",
    "list-unsubscribe", "list-unsubscribe-post", "idempotency-key",
})  # fmt: skip
# Providers that let each mail have a return path of its own.
RETURN_PATH_PROVIDERS = frozenset({"", "amazon_ses", "mailjet", "postal", "sparkpost"})

RETURN_PATH_LETTERS = 16  # 80 bits: nobody guesses one

# Providers that take a key with the mail and drop a second one of it. Others want it in the request, where
# their backends do not let us write.
IDEMPOTENT_BY_HEADER = frozenset({"brevo"})


def build(message: Message, rendered: Rendered) -> EmailMessage:
    """The mail. Its headers hold no id of ours, and no line that somebody smuggled in."""
    sender = sender_of(message)
    email = EmailMultiAlternatives(
        subject=one_line(rendered.subject),
        body=rendered.text,
        from_email=sender,
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=_headers(message, rendered, parseaddr(sender)[1]),
    )
    if rendered.html:
        email.attach_alternative(rendered.html, "text/html")
    if rendered.calendar:
        _attach_calendar(email, rendered.calendar)
    for file in rendered.attachments:
        email.attach(one_line(file.name) or None, file.content, file.content_type)
    if return_path := return_path_of(message):
        email.extra_headers["From"] = sender
        email.from_email = return_path
    # Read by providers' backends: nobody is followed into their mailbox.
    email.track_opens = email.track_clicks = False  # type: ignore[attr-defined]
    return email


def _attach_calendar(email: EmailMultiAlternatives, part: CalendarPart) -> None:
    """Where Gmail and Outlook look for it. Providers' APIs know no such part: there it is a file alone."""
    method = part.method if METHOD.fullmatch(part.method) else "PUBLISH"
    if settings.MAIL_PROVIDER:
        email.attach("invite.ics", part.content.decode(), f"text/calendar; method={method}")
        return
    email.attach_alternative(part.content.decode(), f"text/calendar; method={method}")
    email.attach("invite.ics", part.content, "application/ics")


def sender_of(message: Message) -> str:
    """Name and address in the From header."""
    name, address = parseaddr(str(settings.DEFAULT_FROM_EMAIL))
    if message.from_address:
        name, address = message.from_name, message.from_address
    return formataddr((one_line(message.from_name or name, 100), address))


def return_path_of(message: Message) -> str:
    """Where a bounce of exactly this mail comes back to; "" without a domain for bounces."""
    domain = str(settings.MAIL_BOUNCE_DOMAIN)
    if not domain or settings.MAIL_PROVIDER not in RETURN_PATH_PROVIDERS:
        return ""
    return f"b+{message.message_id[1 : 1 + RETURN_PATH_LETTERS]}@{domain}"


def _headers(message: Message, rendered: Rendered, address: str) -> dict[str, str]:
    headers = {
        name: one_line(value, 900)
        for name, value in rendered.headers.items()
        if HEADER_NAME.fullmatch(name) and name.lower() not in OURS
    }
    headers |= {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<{message.topic}.{address.rpartition('@')[2] or 'localhost'}>",
    }
    if rendered.language:
        headers["Content-Language"] = one_line(rendered.language, 20)
    if settings.MAIL_PROVIDER in IDEMPOTENT_BY_HEADER:
        headers["Idempotency-Key"] = message.message_id[1:27]  # the same in every attempt
    if message.topic in unsubscribe.TOPICS:
        link = unsubscribe.url_for(message.recipient, message.topic)
        headers["List-Unsubscribe"] = f"<{link}>"
        if link.startswith("https:"):  # RFC 8058 knows no other
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
