"""What waits to be printed: the filter in the address, the rows, and what is wrong with which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel import Locale, UnknownLocaleError
from django.db.models import QuerySet
from django.utils.translation import get_language

from core.text import whole_number
from correspondence.letters.making import Trouble, troubles_of
from correspondence.models import Piece
from users.models import User

NAMED = 50
"""So many letters with something wrong are named at once."""


LOOKED_AT = 5_000
AT_ONCE = 500


@dataclass(frozen=True)
class Choice:
    """What the address asks for; nonsense is left out."""

    sender: int | None = None
    language: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Choice:
        language = params.get("language", "").replace("\x00", "")[:10]
        return cls(whole_number(params.get("sender", "")), language)

    @property
    def is_filtered(self) -> bool:
        return bool(self.sender or self.language)


@dataclass(frozen=True)
class Row:
    """A letter and what is wrong with it."""

    piece: Piece
    troubles: Sequence[Trouble]

    @property
    def language(self) -> str:
        return language_name(self.piece.language)

    @property
    def is_printable(self) -> bool:
        return not any(trouble.stops for trouble in self.troubles)


@dataclass
class Check:
    """How many of the letters looked at would stay behind, the first of them named; ``is_all``: none was left
    out.
    """

    rows: list[Row] = field(default_factory=list)
    count: int = 0
    looked_at: int = 0
    is_all: bool = True


def waiting(user: User, choice: Choice) -> QuerySet[Any]:
    """The letters that this user may print, as they will lie in the pile: by sender and language."""
    found = Piece.objects.editable_by(user).letters_to_print()
    if choice.sender:
        found = found.filter(sender=choice.sender)
    if choice.language:
        found = found.filter(language=choice.language)
    ordered = found.order_by("sender__display_name", "language", "account__name_folded", "id")
    return ordered.select_related("account", "contact", "sender")


def checked(pieces: Sequence[Piece], today: date) -> list[Row]:
    return [Row(piece, troubles_of(piece, today)) for piece in pieces]


def with_trouble(user: User, choice: Choice, today: date) -> Check:
    """Letters that would stay behind, the oldest first; so many are looked at and no more, as the page asks
    each time it is opened.
    """
    found = waiting(user, choice).order_by("pk")
    check, after = Check(), 0
    while check.looked_at < LOOKED_AT and (some := list(found.filter(pk__gt=after)[:AT_ONCE])):
        bad = [row for row in checked(some, today) if not row.is_printable]
        check.rows += bad[: NAMED - len(check.rows)]
        check.count += len(bad)
        check.looked_at += len(some)
        after = some[-1].pk
    check.is_all = not found.filter(pk__gt=after).exists()
    return check


def senders(user: User) -> list[tuple[int, str]]:
    """Who of us has letters in the queue."""
    found = Piece.objects.editable_by(user).letters_to_print().exclude(sender=None).order_by()
    pairs = found.values_list("sender_id", "sender__display_name").distinct()
    return sorted(pairs, key=lambda pair: str(pair[1]).casefold())


def languages(user: User) -> list[tuple[str, str]]:
    """The languages of the queue with their names."""
    found = Piece.objects.editable_by(user).letters_to_print().order_by()
    return sorted((code, language_name(code)) for code in found.values_list("language", flat=True).distinct())


def language_name(code: str) -> str:
    """As the reader calls it; the code where nobody knows the language."""
    try:
        name = Locale.parse(code, sep="-" if "-" in code else "_").get_display_name(get_language() or "en")
    except (ValueError, UnknownLocaleError):
        name = None
    return name or code
