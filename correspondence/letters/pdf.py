"""Letters and labels as PDF. One letter and five thousand are the same code; many are done in parts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from correspondence.letters import typesetting
from correspondence.letters.sheets import Paper, Sheet, clean, paper_data, sheet_data

ON_A_SHEET = 21
"""Labels on a sheet of Avery L7160."""

FEW_LABELS = 10 * ON_A_SHEET
"""More are set by a process of their own: five thousand take 400 MB, which a web process would keep."""

SCREEN = 96.0  # points an inch of a picture
SECONDS = 300  # a part of a batch takes one or two; after so many something is wrong
JPEG = b"\xff\xd8\xff"


def letters(paper: Paper, sheets: Sequence[Sheet], title: str) -> bytes:
    """The PDF of some letters, one after the other. Raises TypesettingError."""
    with _prepared("letter.typ", _letter_data(paper, sheets, title), paper) as folder:
        return typesetting.typeset(folder, with_tags=True)


def pictures(paper: Paper, sheets: Sequence[Sheet], title: str) -> list[bytes]:
    """The same pages as PNG pictures, for a look at them inside a page."""
    with _prepared("letter.typ", _letter_data(paper, sheets, title), paper) as folder:
        return typesetting.pictures(folder, SCREEN)


def letters_apart(paper: Paper, sheets: Sequence[Sheet], title: str) -> bytes:
    """The same PDF, made by a process of its own: memory that it took is given back at its end."""
    with _prepared("letter.typ", _letter_data(paper, sheets, title), paper) as folder:
        return _typeset_apart(folder)


def labels(addresses: Sequence[Sequence[str]], title: str, first: int = 1) -> bytes:
    """Address labels, beginning with the ``first`` free one (1 to 21) of the first sheet."""
    if not 1 <= first <= ON_A_SHEET:
        raise ValueError(first)
    places: list[list[str]] = [[] for _ in range(first - 1)]
    places += [[line for line in map(clean, address) if line.strip()] for address in addresses]
    sheets = [places[at : at + ON_A_SHEET] for at in range(0, len(places), ON_A_SHEET)]
    with _prepared("labels.typ", _common(title, "en", None) | {"sheets": sheets}) as folder:
        if len(addresses) > FEW_LABELS:
            return _typeset_apart(folder)
        return typesetting.typeset(folder, with_tags=False)


def _typeset_apart(folder: Path) -> bytes:
    command = [sys.executable, "-m", "correspondence.letters.typesetting", str(folder)]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise typesetting.TypesettingError(done.stderr[-2000:])
    return (folder / typesetting.RESULT).read_bytes()


def _letter_data(paper: Paper, sheets: Sequence[Sheet], title: str) -> dict[str, Any]:
    """The document's own language is the first letter's."""
    written = [sheet_data(sheet) for sheet in sheets]
    first = written[0]
    return _common(title, first["language"], first["region"]) | {
        "paper": paper_data(paper, _logo_name(paper) if paper.logo else None),
        "letters": written,
    }


def _common(title: str, language: str, region: str | None) -> dict[str, Any]:
    return {"title": clean(title), "language": language, "region": region, "fonts": typesetting.FONTS}


def _logo_name(paper: Paper) -> str:
    return "logo.jpg" if paper.logo.startswith(JPEG) else "logo.png"


@contextmanager
def _prepared(template: str, data: dict[str, Any], paper: Paper | None = None) -> Iterator[Path]:
    """A folder with all that the typesetter may see."""
    with TemporaryDirectory(prefix="letters-") as name:
        folder = Path(name)
        shutil.copyfile(typesetting.TEMPLATES / template, folder / typesetting.MAIN)
        (folder / typesetting.DATA).write_text(json.dumps(data), encoding="utf-8")
        if paper and paper.logo:
            (folder / _logo_name(paper)).write_bytes(paper.logo)
        yield folder
