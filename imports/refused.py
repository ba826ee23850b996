"""The refused rows of a batch as a file that can be corrected and uploaded again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from django.utils.translation import gettext as _

from core.spreadsheets import csv_lines
from imports.models import ImportBatch
from imports.reading import guarded

REASON = "refused because"
"""The added column; a file that has it already keeps one."""


def filename(batch: ImportBatch) -> str:
    return f"refused-{PurePath(batch.filename).stem[:80]}.csv"


def lines(batch: ImportBatch) -> Iterator[str]:
    """The file, line by line: the reason first, then the cells as they came, no cell a live formula."""
    return csv_lines(_rows(batch), batch.layout.get("delimiter", ","))


def _rows(batch: ImportBatch) -> Iterator[list[str]]:
    header = list(batch.layout.get("header", []))
    again = header.index(REASON) if REASON in header else None
    yield [REASON, *map(guarded, _without(header, again))]
    for refusal in batch.refusals.order_by("row", "id").iterator(chunk_size=2000):
        words = _("Row %(row)d") % {"row": refusal.row}
        place = f"{words}, {refusal.column}" if refusal.column else words
        cells = map(guarded, _without(refusal.cells, again))
        yield [guarded(f"{place}: {refusal.reason}"), *cells]


def _without(cells: list[str], index: int | None) -> list[str]:
    return cells if index is None else [*cells[:index], *cells[index + 1 :]]
