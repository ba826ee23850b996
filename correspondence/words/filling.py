"""Values for ``{{placeholders}}``: flat names, no logic. What has no value is refused, never left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
BRACES = re.compile(r"\{\{[^{}\n]{0,80}\}?\}?|\}\}")
SPACES = re.compile(r"[\x00-\x20\x7f\x85\xa0\u2028\u2029]+")
# What would be markup in the middle of a line; an underscore inside a word is none.
MARKS = re.compile(r"[\\*]|(?<![^\W_])_|_(?![^\W_])")
# "1. FC Köln" at the beginning of a line is a football club and no list.
LIST_MARK = re.compile(r"^(\s*)(\d{1,9})?([.)+-])(?=\s|$)")


class MissingWordError(LookupError):
    """Placeholders that have no value here; half a sentence is never written. ``names``: which."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = tuple(sorted(names))
        super().__init__(", ".join(self.names))


class Source(str):
    """A value that is source already, several lines perhaps; everything in it was escaped by its maker."""

    __slots__ = ()


def names_in(source: str) -> set[str]:
    """The placeholders that a source asks for."""
    return set(PLACEHOLDER.findall(source))


def unknown_in(source: str, known: Collection[str]) -> list[str]:
    """What stands in double braces and is no known placeholder, in its order; as it is written."""
    rest = PLACEHOLDER.sub(lambda found: "" if found[1] in known else found[0], source)
    return list(dict.fromkeys(BRACES.findall(rest)))


def gaps_in(source: str) -> list[str]:
    """Whatever still stands in double braces, in its order; as it is written."""
    return unknown_in(source, ())


def escaped(value: str) -> Source:
    """A value as source that shows exactly its letters, in one line."""
    line = MARKS.sub(lambda found: "\\" + found[0], one_line(value))
    return Source(LIST_MARK.sub(r"\1\2\\\3", line))


def fill(source: str, values: Mapping[str, str]) -> str:
    """The source with its values. A plain ``str`` is escaped; what a value holds is never filled again.

    Raises MissingWordError naming every placeholder without a value.
    """
    _refuse_missing(source, values)
    return PLACEHOLDER.sub(lambda found: _as_source(values[found[1]]), source)


def fill_line(line: str, values: Mapping[str, str]) -> str:
    """A subject: one line, no markup. Raises MissingWordError."""
    _refuse_missing(line, values)
    filled = PLACEHOLDER.sub(lambda found: one_line(values[found[1]]), line)
    return one_line(filled)


def one_line(value: str) -> str:
    """The letters of a value without breaks, control characters and blanks around them."""
    return SPACES.sub(" ", value).strip()


def is_blank(value: str) -> bool:
    """Whether there is nothing to read: blanks, control characters, marks without width."""
    return not any(letter.isprintable() and not letter.isspace() for letter in value)


def _as_source(value: str) -> str:
    return value if isinstance(value, Source) else escaped(value)


def _refuse_missing(source: str, values: Mapping[str, str]) -> None:
    if missing := {name for name in names_in(source) if is_blank(values.get(name, ""))}:
        raise MissingWordError(missing)
