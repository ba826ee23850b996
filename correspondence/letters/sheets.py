"""What stands on paper: the company's own paper, and the sheets written on it. Pure: knows no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from correspondence.words.blocks import Block, Bullets, Paragraph, Run

UNBROKEN = 30
"""Letters in a row after which a line may be broken, though no blank stands there."""

PRINTABLE = (
    (0x20, 0x4FF), (0x531, 0x5F7), (0x10D0, 0x10FF), (0x1D00, 0x2027), (0x2030, 0x2040), (0x2042, 0x2042),
    (0x2044, 0x2052), (0x2054, 0x205E), (0x2070, 0x2103), (0x2116, 0x2117), (0x2120, 0x2120),
    (0x2122, 0x2122), (0x2153, 0x2184), (0x2190, 0x222E), (0x2460, 0x262F),
)  # fmt: skip
"""Letters that the fonts of the typesetter hold without a gap: Latin, Greek, Cyrillic, Hebrew, Armenian."""

UNKNOWN = re.compile("[^" + "".join(f"{chr(first)}-{chr(last)}" for first, last in PRINTABLE) + "]")
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Mn"})
"""Kinds of signs that nobody sees, and accents that stand on the letter before them."""

BREAKS = re.compile(r"(?<=[/?&=_.@-])(?=\S)")
BLANK = str.maketrans(dict.fromkeys("\t\n\r\v\f\x85\u2028\u2029", " "))


@dataclass(frozen=True)
class Paper:
    """The company's paper. ``beside``: lines next to the address; ``logo``: a PNG or JPEG picture."""

    name: str
    return_line: str = ""
    beside: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    logo: bytes = b""


@dataclass(frozen=True)
class Sheet:
    """One letter, every word of it as it will be printed; ``body`` from salutation to closing.

    ``language``: code of the language it is written in; ``continued``: what pages after the first begin with.
    """

    address: tuple[str, ...]
    date: str
    body: tuple[Block, ...]
    language: str = "en"
    subject: str = ""
    signer: tuple[str, ...] = ()
    reference: str = ""
    beside: tuple[str, ...] = ()
    continued: str = ""


def paper_data(paper: Paper, logo: str | None) -> dict[str, Any]:
    """For the typesetter. ``logo``: the name of the file in which it lies."""
    return {
        "name": clean(paper.name),
        "return_line": clean(paper.return_line),
        "beside": _lines(paper.beside),
        "footer": _lines(paper.footer),
        "logo": logo,
    }


def sheet_data(sheet: Sheet) -> dict[str, Any]:
    """For the typesetter: strings, lists and numbers, nothing that means anything to it."""
    language, region = _tongue(sheet.language)
    return {
        "address": _lines(sheet.address),
        "beside": _lines(sheet.beside),
        "reference": clean(sheet.reference),
        "date": clean(sheet.date),
        "continued": clean(sheet.continued),
        "language": language,
        "region": region,
        "subject": clean(sheet.subject),
        "body": [_block(block) for block in sheet.body],
        "signer": _lines(sheet.signer),
    }


def unprintable(text: str) -> str:
    """The letters of a text that would be empty boxes on paper, each once."""
    odd = UNKNOWN.findall(unicodedata.normalize("NFC", text))
    return "".join(dict.fromkeys(letter for letter in odd if unicodedata.category(letter) not in HIDDEN))


def clean(text: str) -> str:
    """One line of text that stays within its place: no control signs, and long words may be broken."""
    composed = unicodedata.normalize("NFC", text.translate(BLANK))
    kept = "".join(letter for letter in composed if _is_text(letter))
    return " ".join(_breakable(word) for word in kept.split(" "))


def _is_text(letter: str) -> bool:
    """Neither a control sign nor one that turns the direction of what follows, nor half a letter."""
    return unicodedata.category(letter) not in ("Cc", "Cs", "Co") and not (
        "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069"
    )


def _breakable(word: str) -> str:
    if len(word) <= UNBROKEN:
        return word
    parts = BREAKS.split(word)
    pieces = [part[at : at + UNBROKEN] for part in parts for at in range(0, len(part), UNBROKEN)]
    return "\u200b".join(pieces)


def _tongue(code: str) -> tuple[str, str | None]:
    """Language and region as the typesetter takes them: two or three letters, and two."""
    language, _, region = code.replace("_", "-").partition("-")
    known = language.lower() if re.fullmatch(r"[A-Za-z]{2,3}", language) else "en"
    return known, region.upper() if re.fullmatch(r"[A-Za-z]{2}", region) else None


def _lines(lines: Iterable[str]) -> list[str]:
    return [line for line in map(clean, lines) if line.strip()]


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Bullets):
        items = [_paragraph(item) for item in block.items]
        return {"kind": "bullets", "ordered": block.ordered, "items": items}
    return {"kind": "paragraph", "lines": _paragraph(block)}


def _paragraph(paragraph: Paragraph) -> list[list[dict[str, Any]]]:
    return [[_run(run) for run in line] for line in paragraph.lines]


def _run(run: Run) -> dict[str, Any]:
    return {"text": clean(run.text), "bold": run.bold, "italic": run.italic, "link": run.link or ""}
