"""What changed between two versions of words, line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Line:
    """One line: ``same`` in both, ``gone`` from the older, ``new`` in the newer."""

    kind: str
    words: str


def differences(older: str, newer: str) -> list[Line]:
    """All lines in their order; those that are gone stand before those that came for them."""
    return list(_lines(older.splitlines(), newer.splitlines()))


def _lines(older: list[str], newer: list[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(a=older, b=newer, autojunk=False)
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            yield from (Line("same", words) for words in older[start:end])
        else:
            yield from (Line("gone", words) for words in older[start:end])
            yield from (Line("new", words) for words in newer[new_start:new_end])
