"""The one bell that apps on the left ring and apps on the right listen to.

Every verb that changes facts ends with :func:`changed` inside its own transaction. ``cadences``
registers its reconciler at start-up, so what is owed is right as soon as the verb returns, without
any app importing an app to its right (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[frozenset[int], frozenset[int]], None]

NOBODY = 0
"""As the id of a user: what nobody in person does, and so goes by the company's calendar."""

_listeners: list[Listener] = []
_gathered: ContextVar[tuple[set[int], set[int]] | None] = ContextVar("gathered", default=None)


def register(listener: Listener) -> None:
    """Call ``listener(account_ids, user_ids)`` at every change. Registering twice has no effect."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(*, account_ids: Iterable[int] = (), user_ids: Iterable[int] = ()) -> None:
    """Say that facts about these accounts, or about these users' calendars, are different now.

    Runs in the caller's transaction: what listeners write commits or rolls back with the change.
    """
    accounts, users = frozenset(account_ids), frozenset(user_ids)
    gathered = _gathered.get()
    if gathered is not None:
        gathered[0].update(accounts)
        gathered[1].update(users)
    else:
        _ring(accounts, users)


@contextmanager
def once_for_all() -> Iterator[None]:
    """Many verbs, one bell at the end: a change of 500 accounts is reconciled as one set.

    To be used inside the transaction of those verbs. Nothing is rung if the block raises: what it wrote is
    rolled back with it.
    """
    if _gathered.get() is not None:
        yield  # an outer block rings
        return
    accounts: set[int] = set()
    users: set[int] = set()
    token = _gathered.set((accounts, users))
    try:
        yield
    finally:
        _gathered.reset(token)
    _ring(frozenset(accounts), frozenset(users))


def _ring(accounts: frozenset[int], users: frozenset[int]) -> None:
    if accounts or users:
        for listener in _listeners:
            listener(accounts, users)
