"""The mailer's keys: behind the tickets of a wave, and behind the tags of one send day.

Files of their own in SURVEY_KEYS, never in a database or backup. Once a day's tag key is destroyed nobody can
say any more which tag was whose.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings

from ballotbox import tickets
from ballotbox.keyfiles import KeyFiles, KeyMissingError, tag_key, ticket_key

__all__ = [
    "KeyMissingError",
    "destroy_tags",
    "destroy_wave",
    "has_tags",
    "has_wave",
    "link_keys",
    "make_tags",
    "make_wave",
    "send_days",
    "store",
]


def store() -> KeyFiles:
    """The folder of the mailer's keys."""
    return KeyFiles(Path(settings.SURVEY_KEYS))


def make_wave(wave: UUID) -> bytes:
    """The ticket key of a wave, made when there is none."""
    return _make(ticket_key(wave))


def make_tags(wave: UUID, day: date) -> bytes:
    """The tag key of a wave and send day, made when there is none."""
    return _make(tag_key(wave, day.isoformat()))


def link_keys(wave: UUID, day: date) -> tuple[bytes, bytes]:
    """Ticket key and tag key of an invitation. Raises KeyMissingError when one is gone."""
    keys = store()
    return keys.read(ticket_key(wave)), keys.read(tag_key(wave, day.isoformat()))


def has_tags(wave: UUID, day: date) -> bool:
    """Whether links of that day can still be made."""
    return store().has(tag_key(wave, day.isoformat()))


def has_wave(wave: UUID) -> bool:
    """Whether the ticket key of a wave is here."""
    return store().has(ticket_key(wave))


def send_days() -> list[tuple[UUID, date]]:
    """Wave and day of every tag key that still exists."""
    found = []
    for name in store().names():
        wave, _dot, rest = name.partition(".")
        day, _dot, kind = rest.partition(".")
        if kind == "tag":
            found.append((UUID(wave), date.fromisoformat(day)))
    return found


def destroy_tags(wave: UUID, day: date) -> bool:
    """From now on nobody can say which tag of that day was whose."""
    return store().destroy(tag_key(wave, day.isoformat()))


def destroy_wave(wave: UUID) -> None:
    """The wave is settled: its ticket key, and whatever tag key there is still."""
    for other, day in send_days():
        if other == wave:
            destroy_tags(wave, day)
    store().destroy(ticket_key(wave))


def _make(name: str) -> bytes:
    keys = store()
    return keys.read(name) if keys.has(name) else keys.make(name, tickets.new_key())
