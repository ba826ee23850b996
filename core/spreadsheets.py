"""Tables as CSV files that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

LIVE = tuple("=+-@\t\r\0|%")
"""What a cell that a spreadsheet would run as a formula begins with."""


class _Echo:
    """Gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(
    filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download, sent row by row. Numbers and dates are written as they are, texts are made harmless."""
    response = StreamingHttpResponse(csv_lines(_inert(header, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_lines(rows: Iterable[Iterable[Any]], delimiter: str = ",") -> Iterator[str]:
    """The file, line by line; for callers that have seen to live formulas themselves."""
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield "\ufeff"  # spreadsheets take a file for UTF-8 only with it
    for row in rows:
        yield writer.writerow(row)


def _inert(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    yield [str(cell) for cell in header]
    for row in rows:
        yield [_harmless(cell) for cell in row]


def _harmless(cell: Any) -> Any:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(LIVE) else cell
