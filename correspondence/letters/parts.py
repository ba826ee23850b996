"""The parts of a batch: set one by one, kept until all are there, joined into one file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from correspondence.letters import pdf
from correspondence.letters.making import Desk, sheet_of, troubles_of
from correspondence.letters.typesetting import TypesettingError
from correspondence.models import Piece, PrintBatch, PrintLine
from correspondence.models.letters import batch_name
from users.clock import company_today

State = PrintLine.State
SECONDS = 600  # of joining


def set_part(batch: PrintBatch, lines: Sequence[PrintLine], desk: Desk) -> None:
    """Set these letters and keep their pages; the lines say what became of each, unsaved.

    A letter that cannot be printed stays behind and says why; it never holds up the others.
    """
    today = company_today()
    for line in lines:
        line.reason = _refusal(line.piece, today)
        line.state = State.BEHIND if line.reason else State.SET
        line.part = lines[0].position
    try:
        made = _pages(batch, _good(lines), desk)
    except TypesettingError:
        _leave_the_broken_behind(lines, desk)
        made = _pages(batch, _good(lines), desk)
    if made:
        _write(_name(batch, lines[0].position), made)


def join(batch: PrintBatch, numbers: Sequence[int]) -> dict[str, Any]:
    """All parts as one file: the values of the fields ``file`` and ``size``. Nothing to print is no file."""
    if not numbers:
        return {"file": "", "size": 0}
    with TemporaryDirectory(prefix="letters-") as folder:
        found = [_fetched(batch, number, Path(folder)) for number in numbers]
        result = found[0]
        if len(found) > 1:
            result = Path(folder) / "joined.pdf"
            _join_apart(result, found, title_of(batch))
        default_storage.delete(batch_name(batch, ""))  # of a worker that died before it said so
        with result.open("rb") as content:
            batch.file.save("letters.pdf", File(content), save=False)
        return {"file": batch.file.name, "size": result.stat().st_size}


def discard(batch: PrintBatch) -> None:
    """The parts are of no use any more."""
    folder = f"letters/{batch.key.hex}"
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)


def title_of(batch: PrintBatch) -> str:
    return _("Letters of %(day)s") % {"day": date_format(batch.dated, "j F Y")}


def _refusal(piece: Piece, today: date) -> str:
    if piece.state != Piece.State.QUEUED:
        return str(_("It was taken back."))
    stopping = [trouble.words for trouble in troubles_of(piece, today) if trouble.stops]
    return " ".join(stopping)[:300]


def _good(lines: Sequence[PrintLine]) -> list[PrintLine]:
    return [line for line in lines if line.state == State.SET]


def _pages(batch: PrintBatch, lines: Sequence[PrintLine], desk: Desk) -> bytes:
    sheets = [sheet_of(line.piece, desk) for line in lines]
    return pdf.letters_apart(desk.paper, sheets, title_of(batch)) if sheets else b""


def _leave_the_broken_behind(lines: Sequence[PrintLine], desk: Desk) -> None:
    """One of them breaks the typesetter: find it, so that it alone is not printed. Raises if it is none."""
    broken = 0
    for line in _good(lines):
        try:
            pdf.letters(desk.paper, [sheet_of(line.piece, desk)], "")
        except TypesettingError:
            line.state, line.reason = State.BEHIND, _("The typesetter cannot set it: write it anew.")
            broken += 1
    if not broken:
        raise TypesettingError("no single letter breaks it")


def _fetched(batch: PrintBatch, number: int, folder: Path) -> Path:
    at = folder / f"{number:06}.pdf"
    with default_storage.open(_name(batch, number), "rb") as content:
        at.write_bytes(content.read())
    return at


def _join_apart(result: Path, found: Sequence[Path], title: str) -> None:
    names = [title, str(result), *map(str, found)]
    command = [sys.executable, "-m", "correspondence.letters.joining", *names]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise TypesettingError(done.stderr[-2000:])


def _name(batch: PrintBatch, number: int) -> str:
    return f"letters/{batch.key.hex}/{number:06}.pdf"


def _write(name: str, content: bytes) -> None:
    """In the place of what a dead worker left there."""
    if default_storage.exists(name):
        default_storage.delete(name)
    default_storage.save(name, ContentFile(content))
