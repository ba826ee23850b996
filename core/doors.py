"""The doors through which changes come, in words: each part tells of its own when it starts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as lazy

PAGE, NIGHTLY, COMMAND, BACKGROUND = "page", "nightly", "command", "background"

_named: dict[str, Any] = {}
_by_reason: dict[str, str] = {}
_ours: dict[str, Any] = {
    PAGE: lazy("on a page"),
    NIGHTLY: lazy("at night"),
    COMMAND: lazy("by a command"),
    BACKGROUND: lazy("in the background"),
}


def register(door: str, words: Any, *, reason: str = "") -> None:
    """A door that a verb names (``core.history.through``), as it stands behind the name of who came through.

    ``reason``: one that is known by what its reasons (``core.history.acting``) begin with.
    """
    _named[door] = words
    if reason:
        _by_reason[reason] = door


def nightly(*reasons: str) -> None:
    """Reasons that jobs of the night give."""
    _by_reason.update(dict.fromkeys(reasons, NIGHTLY))


def every() -> dict[str, Any]:
    """Door -> words, in the order in which people look for them."""
    last = {door: _ours[door] for door in (NIGHTLY, COMMAND, BACKGROUND)}
    return {PAGE: _ours[PAGE]} | dict(_named) | last


def words_of(door: str | None) -> Any:
    """Of a door that a verb names, else nothing."""
    return _named.get(door) if door else None


def of(metadata: dict[str, Any] | None) -> str:
    """The door by what the history keeps of the circumstances of a change."""
    if metadata is None:
        return BACKGROUND
    if metadata.get("door") in _named:
        return str(metadata["door"])
    reason = metadata.get("reason") or ""
    known = (door for start, door in _by_reason.items() if reason.startswith(start))
    return next(known, COMMAND if reason else PAGE)


def reasons() -> Iterable[tuple[str, str]]:
    """What reasons begin with, and their door."""
    return _by_reason.items()
