"""Texts that only this installation can read or make, bound to SECRET_KEY (and its fallbacks).

Used for mails that wait in the database with a link for a password in them, and for the tokens of
unsubscribe links: neither tells an address or an id to whoever sees it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class BrokenSealError(Exception):
    """Not made here, changed on its way, or the key is gone."""


def seal(purpose: str, text: str) -> str:
    """Encrypt and sign; letters that are safe in an address."""
    return _box(purpose, _keys()).encrypt(text.encode()).decode().rstrip("=")


def unseal(purpose: str, sealed: str) -> str:
    """The text again. Raises BrokenSealError."""
    try:
        padded = sealed.encode("ascii") + b"=" * (-len(sealed) % 4)
        return _box(purpose, _keys()).decrypt(padded).decode()
    except (InvalidToken, UnicodeError, ValueError) as error:
        raise BrokenSealError from error


def fingerprint(purpose: str, text: str) -> str:
    """The same 26 letters for the same text, in this installation; they say nothing about it."""
    digest = hmac.digest(_derived(purpose, str(settings.SECRET_KEY)), text.encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:26]


def _keys() -> tuple[str, ...]:
    return (str(settings.SECRET_KEY), *(str(key) for key in settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=16)
def _box(purpose: str, keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(purpose, key))) for key in keys])


@lru_cache(maxsize=16)
def _derived(purpose: str, key: str) -> bytes:
    return hashlib.sha256(f"correspondence.{purpose}\x00{key}".encode()).digest()
