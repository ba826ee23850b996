"""Sheets to print and PDFs read back."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from correspondence.letters.sheets import Paper, Sheet
from correspondence.words.blocks import Paragraph, Run

PAPER = Paper(
    name="Hollerbeck Pumps",
    return_line="Hollerbeck Pumps · Storgata 1 · 0150 Oslo",
    beside=("Storgata 1", "0150 Oslo", "+47 22 00 00 00"),
    footer=("Org. 999 999 999 MVA",),
)
POINTS_A_MM = 72 / 25.4
INVISIBLE = "\u200b\xad\u2060"


def words(text: str, **style: Any) -> Paragraph:
    return Paragraph(((Run(text, **{"bold": False, "italic": False, "link": "", **style}),),))


def sheet(**fields: Any) -> Sheet:
    usual: dict[str, Any] = {
        "address": ("Eva Lind", "Acme Machining", "Havnegata 7", "5003 Bergen"),
        "date": "26 November 2026",
        "subject": "Our talk of today",
        "body": (words("Dear Eva Lind,"), words("Thank you for the talk."), words("Kind regards")),
        "signer": ("Kari Hansen",),
        "continued": "Eva Lind, Acme Machining",
    }
    return Sheet(**usual | fields)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def texts(pdf: bytes) -> list[str]:
    """The words of every page, with single blanks."""
    return [squeezed(page.extract_text()) for page in read(pdf).pages]


def squeezed(text: str) -> str:
    visible = text.translate(dict.fromkeys(map(ord, INVISIBLE)))
    return re.sub(r"\s+", " ", visible).strip()


def places(pdf: bytes, page: int = 0) -> list[tuple[str, float, float]]:
    """Each text of a page with the millimetres from the left and from the top of its base line."""
    found: list[tuple[str, float, float]] = []
    sheet_of_paper = read(pdf).pages[page]
    height = float(sheet_of_paper.mediabox.height)

    def note(text: str, cm: list[float], tm: list[float], _font: Any, _size: float) -> None:
        x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
        y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        if text.strip():
            found.append((text.strip(), x / POINTS_A_MM, (height - y) / POINTS_A_MM))

    sheet_of_paper.extract_text(visitor_text=note)
    return found
