"""Delimited text read row by row, in bounded memory, with the line numbers of the file.

Whatever is wrong with the file as a whole raises :class:`~imports.errors.BadFileError`; what is wrong with
one row comes with that row, so that the others can still be taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _

from imports import encoding as encodings
from imports.cells import value
from imports.errors import BadFileError, BadMappingError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
NAMES = {name: mark for mark, name in DELIMITERS.items()}

MAX_COLUMNS = 500
MAX_ROW = 2_000_000  # characters of one row; longer means that line breaks or quotes are broken
MAX_NAME = 120  # characters of a column name
SAMPLE = 1 << 16  # characters looked at to find the delimiter
EXAMPLES = 3  # distinct values shown per column
PREVIEW_ROWS = 200

# A cell that a spreadsheet would run as a formula; our own exports put a quote before it.
LIVE = r"[=+\-@\t\r\0|%]"
QUOTED = re.compile(rf"'+{LIVE}")


class Row(NamedTuple):
    """One row: the line of the file on which it starts, its cells, and what is wrong with it."""

    line: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True)
class Layout:
    """How a file is written, and its header."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    notes: tuple[str, ...] = ()
    examples: tuple[tuple[str, ...], ...] = field(default=(), compare=False)
    format: str = "text"
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def inspect(path: Path, encoding: str = "", delimiter: str = "") -> Layout:
    """Encoding, delimiter, checked header and examples of each column. Raises BadFileError."""
    found = encodings.find(path, encoding)
    with path.open(encoding=found.name, newline="") as stream:
        sample = stream.read(SAMPLE)
    mark = _delimiter(sample, delimiter)
    rows = read(path, found.name, mark, header=False)
    first = next(rows, None)
    if first is None:
        raise BadFileError(_("The file is empty. Export it again with a header line and at least one row."))
    header = check_header(first, mark)
    notes = (found.note,) if found.note else ()
    return Layout(found.name, mark, header, notes, examples_of(header, rows))


def examples_of(header: tuple[str, ...], rows: Iterator[Row]) -> tuple[tuple[str, ...], ...]:
    """The first different values of each column."""
    examples: list[list[str]] = [[] for _name in header]
    for row in islice(rows, PREVIEW_ROWS):
        for seen, cell in zip(examples, row.cells, strict=False):
            if len(seen) < EXAMPLES and (known := value(cell)) and known not in seen:
                seen.append(known[:200])
    return tuple(tuple(seen) for seen in examples)


def read(path: Path, encoding: str, delimiter: str, *, header: bool = True) -> Iterator[Row]:
    """Rows with the line they start on; blank ones are left out. ``header``: leave out the first.

    A quote that never closes, a row longer than MAX_ROW or of more than MAX_COLUMNS cells raise BadFileError.
    """
    with path.open(encoding=encoding, newline="") as stream:
        lines = _Lines(stream)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        width = 0
        while True:
            start = lines.number + 1
            lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield _broken(error, start, lines, delimiter)
                continue
            if not any(cells):
                continue
            if len(cells) > MAX_COLUMNS:
                raise BadFileError(
                    _(
                        "Line %(line)d has %(n)d columns, more than %(max)d. "
                        "Is the delimiter right, and every row on a line?"
                    )
                    % {"line": start, "n": len(cells), "max": MAX_COLUMNS}
                )
            if not width:
                width = len(cells)
                if header:
                    continue
            yield fitted(start, cells, width, lines.number)


def fitted(start: int, cells: list[str], width: int, end: int) -> Row:
    """The row with exactly ``width`` cells, or with the words for why it has not.

    An empty cell too many counts as well: that is how a shifted row ends whose last column was empty.
    """
    if len(cells) == width:
        return Row(start, cells)
    what = _("%(n)d cells where the header has %(width)d: an unquoted delimiter or a cut row.")
    fault = what % {"n": len(cells), "width": width}
    if end > start:
        joined = _("Lines %(start)d to %(end)d were read as one row because of a quote.")
        fault += " " + joined % {"start": start, "end": end}
    return Row(start, cells, fault)


def _broken(error: csv.Error, start: int, lines: _Lines, delimiter: str) -> Row:
    """What the parser could not read: the whole file when a quote swallows it, else this row alone."""
    text = str(error)
    if "end of data" in text or (lines.number > start and "field limit" in text):
        raise _open_quote(start) from None
    if "field limit" in text:
        raise BadFileError(
            _("A cell in line %d is longer than any text we keep (131,072 characters). Shorten it.") % start
        ) from None
    return Row(
        start,
        lines.row_text().split(delimiter),
        _(
            "After a closing quote something other than the delimiter follows. "
            "Double the quotes inside the cell."
        ),
    )


def _open_quote(line: int) -> BadFileError:
    return BadFileError(
        _("The quote opened in line %d is never closed. Close it, or double it if it belongs to the text.")
        % line
    )


class _Lines:
    """Lines of a stream for the csv reader: counted, and never longer than one row may be."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.number = 0
        self.kept: list[str] = []
        self.size = 0
        self.start = 0

    def begin_row(self) -> None:
        self.kept, self.size, self.start = [], 0, self.number + 1

    def row_text(self) -> str:
        """The row as it stands in the file, cut to a length worth keeping."""
        return "".join(self.kept)[:2000].rstrip("\r\n")

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.stream.readline(MAX_ROW + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if self.size > MAX_ROW:
            if self.number > self.start:
                raise _open_quote(self.start)
            raise BadFileError(
                _(
                    "Line %d is longer than 2,000,000 characters. Are line breaks missing? "
                    "Export the file again."
                )
                % self.number
            )
        self.kept.append(line)
        return line


def _delimiter(sample: str, chosen: str) -> str:
    """The delimiter under which the first rows agree with the header and have most cells."""
    if chosen:
        mark = NAMES.get(chosen.lower(), "\t" if chosen == "\\t" else chosen)
        if mark not in DELIMITERS:
            known = ", ".join(NAMES)
            raise BadMappingError(
                _("Unknown delimiter “%s”. Use one of: %s.") % (chosen[:20], known), "delimiter"
            )
        return mark
    best, best_score = ",", (0.0, 0)
    for mark in DELIMITERS:
        score = _agreement(sample, mark)
        if score > best_score:
            best, best_score = mark, score
    return best


def _agreement(sample: str, mark: str) -> tuple[float, int]:
    """Share of the first rows that are as wide as the header, and that width; nothing for one column."""
    lines = sample.splitlines()[:40]
    if len(sample) >= SAMPLE and len(lines) > 1:
        lines.pop()  # perhaps cut in the middle
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    same = sum(width == widths[0] for width in widths) / len(widths)
    # Rows may be damaged: half of them agreeing is as good a sign as all, then the width decides.
    return (1.0 if same >= 0.5 else same, widths[0])


def check_header(row: Row, delimiter: str) -> tuple[str, ...]:
    """The column names, each there once. Raises BadFileError naming the column and what to do.

    ``delimiter`` is empty where the file has none.
    """
    if row.fault:
        raise BadFileError(_("Line %(line)d, the header: %(fault)s") % {"line": row.line, "fault": row.fault})
    names = [inert(name).strip() for name in row.cells]
    data = next((name for name in names if _looks_like_data(name)), None)
    if data is not None:
        raise BadFileError(
            _("Line 1 should name the columns, but “%s” looks like data. Add a header line and upload again.")
            % data[:60]
        )
    if len(names) == 1 and delimiter:
        others = ", ".join(
            name for mark, name in DELIMITERS.items() if mark != delimiter and mark in names[0]
        )
        cure = _("Save the file with a comma, a semicolon or a tab between the columns.")
        hint = _("It contains: %s; choose that as delimiter.") % others if others else cure
        text = _("With %(delimiter)s as delimiter the header is one single column, “%(name)s”.")
        raise BadFileError(
            f"{text % {'delimiter': DELIMITERS[delimiter], 'name': names[0][:60]}} {hint}".strip()
        )
    _check_names(names)
    return tuple(names)


def _check_names(names: list[str]) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if not name:
            raise BadFileError(_("Column %d has no name in line 1. Name it, or delete the column.") % number)
        if len(name) > MAX_NAME:
            text = _(
                "The name of column %(number)d has %(n)d characters, more than %(max)d. Is line 1 the header?"
            )
            raise BadFileError(text % {"number": number, "n": len(name), "max": MAX_NAME})
        if name in seen:
            text = _(
                "Columns %(first)d and %(second)d are both called “%(name)s”. Rename one of them in line 1."
            )
            raise BadFileError(text % {"first": seen[name], "second": number, "name": name})
        seen[name] = number


def _looks_like_data(name: str) -> bool:
    """Numbers, dates, addresses of mail and NULL stand in rows, not in headers."""
    return name == "NULL" or bool(re.fullmatch(r"[-+\d.,/: ]*\d[-+\d.,/: ]*|\S+@\S+\.\w+", name))


def inert(cell: str) -> str:
    """The cell without the quote that our exports put before what a spreadsheet would run."""
    return cell[1:] if cell[:1] == "'" and QUOTED.match(cell) else cell


def guarded(cell: str) -> str:
    """The cell as no spreadsheet will run it; :func:`inert` is the way back."""
    return f"'{cell}" if re.match(rf"'*{LIVE}", cell) else cell
