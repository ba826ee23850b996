"""The one bell that apps on the left ring and apps on the right listen to.

Every verb that changes facts ends with :func:`changed` inside its own transaction. ``cadences``
registers its reconciler at start-up, so what is owed is right as soon as the verb returns, without
any app importing an app to its right (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Listener = Callable[[frozenset[int], frozenset[int]], None]

NOBODY = 0
"""As the id of a user: what nobody in person does, and so goes by the company's calendar."""

_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Call ``listener(account_ids, user_ids)`` at every change. Registering twice has no effect."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(*, account_ids: Iterable[int] = (), user_ids: Iterable[int] = ()) -> None:
    """Say that facts about these accounts, or about these users' calendars, are different now.

    Runs in the caller's transaction: what listeners write commits or rolls back with the change.
    """
    accounts, users = frozenset(account_ids), frozenset(user_ids)
    if accounts or users:
        for listener in _listeners:
            listener(accounts, users)
