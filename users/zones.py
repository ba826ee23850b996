"""Somebody moves to another time zone: told to the apps that keep instants, with the zone before.

Civil dates stay what they are; ``core.facts`` tells of the change as of any other, but not of what was.
"""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[int, str], None]

_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Call ``listener(user_id, zone_before)`` at every change. Registering twice has no effect."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(user_id: int, before: str) -> None:
    """Say that this user's clock goes by another zone now; runs in the caller's transaction."""
    for listener in _listeners:
        listener(user_id, before)
