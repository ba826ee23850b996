"""The box's few settings, read loudly: what is missing or wrong stops the start with one sentence."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

from ballotbox import database


def required(name: str, purpose: str) -> str:
    """A value that must be there. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {purpose}.")
    return value


def database_url(name: str, purpose: str) -> str:
    """The address of a database. Raises ImproperlyConfigured, without showing it: a password is in it."""
    url = required(name, purpose)
    try:
        database.words(url)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is no address of a database: it begins with postgres://."
        ) from None
    return url


def number(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured."""
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit():
        raise ImproperlyConfigured(f"{name}={text} is no number.")
    return int(text)


def words(name: str, default: str) -> list[str]:
    """A list, separated by commas."""
    text = os.environ.get(name, "").strip() or default
    return [word.strip() for word in text.split(",") if word.strip()]
