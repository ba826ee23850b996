"""The text of a survey mail: plain paragraphs with named places, nothing else. Pure.

A place is ``{{name}}``; an unknown one is refused when the text is saved, a missing value when it is filled
in: half a mail is never sent. ``{{link}}`` and ``{{unsubscribe}}`` stand on a line of their own; words above
the link in the same paragraph become its button in HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}")
PLACES = ("company", "name", "first_name", "link", "closes_on", "questions", "public_page", "reply_to",
          "unsubscribe")  # fmt: skip
LINKS = ("link", "unsubscribe", "public_page")
NEEDED = ("link", "unsubscribe")
IN_SUBJECT = ("company", "name", "first_name", "closes_on")


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a text: a code and the place it is about."""

    code: (
        str  # unknown_place | broken_place | missing_place | not_alone | twice | not_in_subject | many_lines
    )
    place: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph; with ``url`` a link, whose words may be empty. ``is_main``: the one to the survey."""

    words: str
    url: str = ""
    is_main: bool = False


class MissingValueError(ValueError):
    """A place has no value: this mail must not be sent."""


def check_body(text: str) -> list[Flaw]:
    """What keeps a body from being sent."""
    flaws = _check_places(text, PLACES)
    lines = [line.strip() for line in text.splitlines()]
    for place in LINKS:
        mentions = [match for match in PLACE.finditer(text) if match[1] == place]
        alone = [line for line in lines if (match := PLACE.fullmatch(line)) and match[1] == place]
        if not mentions and place in NEEDED:
            flaws.append(Flaw("missing_place", place))
        elif len(mentions) > 1:
            flaws.append(Flaw("twice", place))
        elif len(alone) != len(mentions):
            flaws.append(Flaw("not_alone", place))
    return flaws


def check_subject(text: str) -> list[Flaw]:
    """What keeps a subject from being sent."""
    flaws = _check_places(text, PLACES)
    flaws += [
        Flaw("not_in_subject", each) for each in _names(text) if each in PLACES and each not in IN_SUBJECT
    ]
    if len(text.splitlines()) > 1:
        flaws.append(Flaw("many_lines"))
    return flaws


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values. Raises MissingValueError for an unknown place or one without a value."""
    if left := _check_places(text, PLACES):
        raise MissingValueError(f"{left[0].code}: {left[0].place}")

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1], "")
        if not found.strip():
            raise MissingValueError(f"no value for {match[1]}")
        return " ".join(found.split())

    return PLACE.sub(value, text)


def blocks(text: str, values: Mapping[str, str]) -> list[Block]:
    """The body as blocks: what HTML is made of. Raises MissingValueError."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        words: list[str] = []
        for line in paragraph.splitlines():
            match = PLACE.fullmatch(line.strip())
            if match and match[1] in LINKS:
                found.append(Block(_joined(words, values), fill(line.strip(), values), match[1] == "link"))
                words = []
            else:
                words.append(line)
        if words:
            found.append(Block(_joined(words, values)))
    return found


def as_text(parts: Sequence[Block]) -> str:
    """The same blocks as plain text, each link on a line of its own."""
    return "\n\n".join(f"{part.words}\n{part.url}".strip("\n") for part in parts) + "\n"


def _joined(lines: list[str], values: Mapping[str, str]) -> str:
    return fill("\n".join(line.rstrip() for line in lines).strip("\n"), values)


def _names(text: str) -> list[str]:
    return [match[1] for match in PLACE.finditer(text)]


def _check_places(text: str, known: tuple[str, ...]) -> list[Flaw]:
    flaws = [Flaw("unknown_place", name) for name in dict.fromkeys(_names(text)) if name not in known]
    if BRACES.search(PLACE.sub("", text)):
        flaws.append(Flaw("broken_place"))
    return flaws
