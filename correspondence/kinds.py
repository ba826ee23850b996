"""Kinds of mail: who renders them, and what happens when nobody knows whether one went out.

Apps to the right register their kinds at start-up (``AppConfig.ready``). A row's ``payload`` holds ids; the
renderer reads what they stand for when the mail leaves, so that nothing old is ever sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

if TYPE_CHECKING:
    from correspondence.models import Message


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class CalendarPart:
    """What the mail means for the reader's calendar: ``content`` is iCalendar text of that ``method``."""

    method: str
    content: bytes


@dataclass(frozen=True)
class Rendered:
    """A mail ready to be sent. ``language``: of the text. ``headers``: more than the outbox writes itself.

    ``calendar``: goes as an alternative of the text, where mail programs offer *Accept*, and as a file.
    """

    subject: str
    text: str
    html: str = ""
    language: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    calendar: CalendarPart | None = None


Render = Callable[["Message"], Rendered | None]
HandedOver = Callable[[list["Message"]], None]
MaySend = Callable[[list["Message"]], Mapping[int, str]]


@dataclass(frozen=True)
class Kind:
    """One kind of mail.

    ``render``: None means "no longer to be sent"; an exception fails the row, it never sends half a mail.
    ``once``: what may have gone out is never sent again by the machine (``uncertain``); else it is.
    ``may_send``: asked for a batch before rendering; message id -> reason for those that must not be sent.
    ``held``: asked the same once more of a few at a time, at the last moment, as a person may have held them
    back since. It must be cheap.
    ``on_handed_over``: called with the mails that were sent, in the transaction that records it.
    """

    name: str
    render: Render
    once: bool
    on_handed_over: HandedOver | None = None
    may_send: MaySend | None = None
    held: MaySend | None = None
    label: Any = ""  # words for the Outbox page; lazy translations welcome


_kinds: dict[str, Kind] = {}


class _More(TypedDict, total=False):
    on_handed_over: HandedOver
    may_send: MaySend
    held: MaySend
    label: Any


def register(kind: str, *, render: Render, once: bool, **more: Unpack[_More]) -> None:
    """Make a kind known; registering it again replaces it."""
    _kinds[kind] = Kind(kind, render, once, **more)


def unregister(kind: str) -> None:
    """Forget a kind (tests)."""
    _kinds.pop(kind, None)


def find(kind: str) -> Kind | None:
    """The kind, None when no app has registered it (a newer or an older version made the row)."""
    return _kinds.get(kind)


def labels() -> dict[str, str]:
    """Kind -> words for people."""
    return {name: str(kind.label or word(name)) for name, kind in _kinds.items()}


def word(kind: str) -> str:
    """A kind without words of its own, or that nobody has registered here."""
    return kind.replace("_", " ").capitalize()
