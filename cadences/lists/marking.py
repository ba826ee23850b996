"""Where the words of a search stand in a text, without case and accents. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

AROUND = 60
"""Letters of a long text that are shown on either side of what was found."""

_UNLIKE = {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``is_found`` where it is what was looked for."""

    text: str
    is_found: bool


def fold(text: str) -> str:
    """Lower case without accents, as the database folds what it searches."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_letter(letter) for letter in text)


def pieces(text: str, terms: list[str]) -> list[Piece]:
    """The text cut where the terms stand in it; one piece, not found, where none does."""
    folded, origin = _with_origin(text)
    marked = [False] * len(text)
    for term in (fold(term) for term in terms):
        start = folded.find(term) if term else -1
        while start >= 0:
            for at in range(start, start + len(term)):
                marked[origin[at]] = True
            start = folded.find(term, start + len(term))
    return _joined(text, marked)


def digits_found(text: str, number: str) -> list[Piece]:
    """The text cut where the digits stand in it, whatever is written between them."""
    places = [at for at, letter in enumerate(text) if letter.isdigit()]
    start = "".join(text[at] for at in places).find(number) if number else -1
    marked = [False] * len(text)
    if start >= 0:
        for at in range(places[start], places[start + len(number) - 1] + 1):
            marked[at] = True
    return _joined(text, marked)


def is_found(cut: list[Piece]) -> bool:
    return any(piece.is_found for piece in cut)


def snippet(text: str, terms: list[str]) -> list[Piece]:
    """The part of a long text around the first place where a term stands."""
    text = " ".join(text.split())
    folded, origin = _with_origin(text)
    places = [at for at in (folded.find(fold(term)) for term in terms) if at >= 0]
    middle = origin[min(places)] if places else 0
    start, end = max(0, middle - AROUND), min(len(text), middle + 2 * AROUND)
    shown = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
    return pieces(shown, terms)


def _fold_letter(letter: str) -> str:
    low = letter.lower()
    if low.isascii():
        return low
    if low in _UNLIKE:
        return _UNLIKE[low]
    return "".join(part for part in unicodedata.normalize("NFKD", low) if not unicodedata.combining(part))


def _with_origin(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its letters the place of the letter it comes from."""
    folded: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(text):
        for part in _fold_letter(letter):
            folded.append(part)
            origin.append(at)
    return "".join(folded), origin


def _joined(text: str, marked: list[bool]) -> list[Piece]:
    found: list[Piece] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or marked[at] != marked[start]:
            found.append(Piece(text[start:at], marked[start]))
            start = at
    return found
