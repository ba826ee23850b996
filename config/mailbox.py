"""Pages that show the mail a trial installation has caught instead of sending it. Admins only."""

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from users.access import require_admin
from users.http import Request

SHOWN = 100


@dataclass(frozen=True)
class Caught:
    """One message as the pages show it."""

    name: str
    to: str
    sender: str
    subject: str
    date: str
    body: str


def _folder() -> Path:
    return Path(str(settings.MAIL_SINK_DIR))


def read(path: Path) -> Caught:
    """Parse a kept message."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    part = message.get_body(preferencelist=("plain", "html"))
    return Caught(
        name=path.stem,
        to=str(message["X-Envelope-To"] or message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        date=str(message["Date"] or ""),
        body=str(part.get_content()) if part else "",
    )


def find(name: str) -> Path:
    """The file of a message. Raises Http404 for a name that is not simply one of them."""
    path = _folder() / f"{name}.eml"
    if path.parent != _folder() or not path.is_file():
        raise Http404
    return path


@require_safe
def listing(request: Request) -> HttpResponse:
    """The latest messages, newest first."""
    require_admin(request.user)
    files = sorted(_folder().glob("*.eml"), reverse=True)
    context = {
        "messages_caught": [read(path) for path in files[:SHOWN]],
        "total": len(files),
        "shown": SHOWN,
    }
    return render(request, "config/mail_list.html", context)


@require_safe
def message(request: Request, name: str) -> HttpResponse:
    """One message as plain text."""
    require_admin(request.user)
    return render(request, "config/mail_message.html", {"caught": read(find(name))})
