"""Sheets of data become pages. Knows neither Django nor the database, so that a process of its own can do it.

``python -m correspondence.letters.typesetting FOLDER`` typesets what lies in a folder and ends: whatever the
typesetter keeps in memory from one job to the next ends with it.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

TEMPLATES = Path(__file__).parent / "typst"
FONTS = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
"""They come with the typesetter. Those of the machine are left alone: every machine prints the same."""

MAIN, DATA, RESULT = "main.typ", "data.json", "letters.pdf"


class TypesettingError(Exception):
    """The typesetter refused; the message is for the log, not for people."""


def typeset(folder: Path, *, with_tags: bool) -> bytes:
    """The PDF of ``main.typ``, ``data.json`` and pictures in a folder. It reads nothing outside of it.

    ``with_tags``: headings and paragraphs marked for screen readers, at a third more time and size.
    """
    pages = _compiled(folder, "pdf", with_tags=with_tags)
    return pages[0]


def pictures(folder: Path, resolution: float) -> list[bytes]:
    """The pages as PNG, so many points an inch."""
    return _compiled(folder, "png", resolution=resolution)


def _compiled(
    folder: Path, kind: Literal["pdf", "png"], *, with_tags: bool = False, resolution: float | None = None
) -> list[bytes]:
    try:
        made = typst.compile(
            folder / MAIN,
            root=folder,
            font_paths=_fonts(),
            format=kind,
            ppi=resolution,
            pdf_tags=with_tags,
        )
    except RuntimeError as error:
        raise TypesettingError(str(error)) from error
    except BaseException as error:
        if (
            type(error).__name__ == "PanicException"
        ):  # a fault of the typesetter, which Python takes for an exit
            raise TypesettingError(str(error)) from error
        raise
    several: Any = made  # pictures of several pages are a list, whatever its type says
    return several if isinstance(several, list) else [several]


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


if __name__ == "__main__":
    at = Path(sys.argv[1])
    (at / RESULT).write_bytes(typeset(at, with_tags=False))
