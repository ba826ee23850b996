"""Mail about logins: text and HTML, in the reader's language, links from ``settings.SITE_URL`` only."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from users.models import Company, User

logger = logging.getLogger(__name__)


class NotSentError(Exception):
    """The mail did not go out. ``waits``: it is kept, and leaves by itself as soon as mail works again."""

    def __init__(self, *, waits: bool = False) -> None:
        super().__init__()
        self.waits = waits


def absolute(path: str) -> str:
    """An address for mails. Never built from the request: its Host header belongs to whoever sent it."""
    return str(settings.SITE_URL).rstrip("/") + path


def send(template_prefix: str, email: str, *, user: User | None = None, **context: Any) -> None:
    """Render ``<prefix>_subject.txt``, ``_message.txt``, ``_message.html`` and send them to one address.

    Once this returns they are on their way, and tried again if need be. Raises NotSentError when mail does
    not work just now, so that no page promises what will be late.
    """
    context |= {"user": user, "email": email, "site_url": absolute("/"), "company": Company.get()}
    with translation.override(user.language if user else settings.LANGUAGE_CODE):
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        text = render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n"
        html = render_to_string(f"{template_prefix}_message.html", context)
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [email])
    message.attach_alternative(html, "text/html")
    try:
        message.send()
    except (OSError, SMTPException) as error:
        logger.exception("The mail server did not take a mail: %s", template_prefix)
        raise NotSentError(waits=getattr(error, "kept", False)) from error
