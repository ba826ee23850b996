"""Browsers in which somebody signed in before: their failed tries are counted apart from the world's.

So guessing from many addresses is slowed down per user, and yet nobody can lock a colleague out of the
browser they always use. After OWASP's "device cookies".
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

SALT = "users.known_browsers"
LIFETIME = 180 * 24 * 60 * 60  # seconds


def cookie_name() -> str:
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "tend-known"


def remember(response: HttpResponse, login: str) -> None:
    """Mark the browser that gets this response as one in which ``login`` has signed in."""
    value = signing.dumps([login.lower(), get_random_string(12)], salt=SALT)
    response.set_cookie(
        cookie_name(),
        value,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def attempts_key(request: HttpRequest, login: str) -> str:
    """What failed tries are counted by: this browser if it is known to ``login``, else everybody else."""
    login = login.lower()
    try:
        known, nonce = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return f"anybody:{login}"
    return f"known:{login}:{nonce}" if known == login else f"anybody:{login}"
