"""Workbooks (XLSX) read row by row: what a spreadsheet program shows, as the texts a CSV of it would hold.

Formulas come as the values they had when the workbook was saved. openpyxl knows the format; the loop over
rows is ours, so that no file, however it was made, takes more memory than one row and the table of texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element
from zipfile import ZipFile, ZipInfo, _EndRecData  # type: ignore[attr-defined]

from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG
from openpyxl.xml.constants import SHEET_MAIN_NS

from imports.cells import NEVER_CALCULATED
from imports.errors import BadFileError, BadMappingError
from imports.reading import MAX_COLUMNS, Row, fitted

_ECD_SIZE = 5  # where the end of an archive, as zipfile has it, says how long the list of its parts is
MANIFEST = "[Content_Types].xml"
MB = 1 << 20
LARGEST_SHEET = 2_000 * MB
LARGEST_TEXTS = 48 * MB  # the table of texts is held in memory, at three or four times its size
LARGEST_PART = 8 * MB  # of anything else that is read
LONGEST_ROW = MB  # bytes of one row
LARGEST_LIST = 4 * MB  # of the parts of an archive: it is read as a whole, an object for each of them
LAST_ROW = 1_048_576  # of any sheet
TEXT_TAG, RUN_TAG = f"{{{SHEET_MAIN_NS}}}t", f"{{{SHEET_MAIN_NS}}}r"
INLINE = (f"{INLINE_STRING}/{TEXT_TAG}", f"{INLINE_STRING}/{RUN_TAG}/{TEXT_TAG}")
FIRST_OWN_FORMAT = 164  # of numbers; those before it are built in


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and where it stands in the archive."""

    name: str
    part: str


def is_workbook(path: Path) -> bool:
    """Raises BadFileError for an archive of more parts than any workbook has."""
    with path.open("rb") as stream:
        if not _is_archive(stream):
            return False
        try:
            with ZipFile(stream) as archive:
                names = archive.namelist()
        except Exception:
            return False
    return MANIFEST in names and any(name.startswith("xl/") for name in names)


def _is_archive(stream: IO[bytes]) -> bool:
    """Whether it ends as a ZIP archive does; there it says how much ZipFile will read as list of parts."""
    end = _EndRecData(stream)
    size = end[_ECD_SIZE] if end else 0
    if size > LARGEST_LIST:
        text = _("The list of parts of this archive has %(n)d MB: it is no workbook. Save the sheet as CSV.")
        raise BadFileError(text % {"n": size // MB})
    return end is not None


def read(path: Path, name: str, *, header: bool = True) -> Iterator[Row]:
    """Rows of a sheet with their numbers; blank ones are left out. ``header``: leave out the first.

    Raises BadFileError for a damaged workbook, and for one that would not fit into memory; BadMappingError
    with the names there are where no sheet has this one.
    """
    with opened(path) as workbook:
        yield from workbook.read(workbook.sheet(name), header=header)


# -- the archive ---------------------------------------------------------------------------------------------


class Workbook:
    """What is known of a workbook before its cells are read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
        self.archive = self.reader.archive = _Measured(stream)
        self.reader.read_manifest()
        with self.archive.up_to(LARGEST_TEXTS):
            self.reader.read_strings()
        self.reader.read_workbook()
        self.book = self.reader.wb
        apply_stylesheet(self.archive, self.book)
        self.sheets = [
            Sheet(sheet.name, rel.target)
            for sheet, rel in self.reader.parser.find_sheets()
            if rel.Type.endswith("/worksheet") and rel.target in self.reader.valid_files
        ]
        if not self.sheets:
            raise BadFileError(_("The workbook has no sheet with cells."))

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises BadMappingError with the names there are."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        known = ", ".join(sheet.name for sheet in self.sheets[:20])
        text = _("The workbook has no sheet “%(name)s”. It has: %(known)s.")
        raise BadMappingError(text % {"name": name[:60], "known": known}, "sheet")

    def first_table(self) -> Sheet:
        """Covers and notes often stand before the sheet that matters: one column, or one row."""
        for sheet in self.sheets:
            first = list(islice(self.read(sheet, header=False), 2))
            if len(first) == 2 and len(first[0].cells) > 1:
                return sheet
        return self.sheets[0]

    def read(self, sheet: Sheet, *, header: bool) -> Iterator[Row]:
        """Rows of a sheet, as long as the first one; blank ones are left out. ``header``: that one too."""
        width = 0
        for number, cells in self.rows(sheet):
            if not any(cells):
                continue
            while cells and not cells[-1]:
                cells.pop()
            if not width:
                width = len(cells)
                if header:
                    continue
            cells.extend("" for _missing in range(width - len(cells)))
            yield fitted(number, cells, width, number)

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
        """Number and texts of each row; what the parser remembers of it is let go."""
        number = 0
        with self.archive.up_to(LARGEST_SHEET):
            raw = self.archive.open(sheet.part)
        with raw:
            stream = _Bounded(raw)
            for _event, element in iterparse(stream):
                if element.tag == ROW_TAG:
                    before, number = number, int(element.get("r") or number + 1)
                    if not before < number <= LAST_ROW:
                        raise ValueError(f"row {number} after row {before}")
                    yield number, self._texts(number, element)
                    element.clear()
                    stream.since_row = 0
                elif element.tag == DATA_TAG:
                    return

    def _texts(self, number: int, row: Element) -> list[str]:
        texts: list[str] = []
        at = 0
        for cell in row:
            at = _column(cell.get("r", "")) or at + 1
            text = self._text(cell)
            if not text:
                continue
            if at > MAX_COLUMNS:
                words = _("Row %(row)d has %(n)d columns, more than %(max)d. Delete what is not needed.")
                raise BadFileError(words % {"row": number, "n": at, "max": MAX_COLUMNS})
            texts.extend("" for _missing in range(at - len(texts)))
            texts[at - 1] = text
        return texts

    def _text(self, cell: Element) -> str:
        """The cell as a CSV would hold it."""
        kind, value = cell.get("t", "n"), cell.findtext(VALUE_TAG)
        if kind == "s" and value:
            return str(self.reader.shared_strings[int(value)])
        if kind == "inlineStr":
            return "".join(part.text or "" for path in INLINE for part in cell.iterfind(path))
        if not value:
            # a text may be empty, and a formula may never have been calculated
            return NEVER_CALCULATED if kind == "n" and cell.find(FORMULA_TAG) is not None else ""
        if kind == "b":
            return "true" if value == "1" else "false"
        return self._number(value, int(cell.get("s", 0))) if kind == "n" else value

    def _number(self, value: str, style: int) -> str:
        if style in self.book._date_formats:
            moment = from_excel(
                float(value), self.book.epoch, timedelta=style in self.book._timedelta_formats
            )
            return as_text(moment)
        if value.isdigit():
            return value.zfill(self._leading_zeros(style)) if style else value
        return as_number(float(value))

    def _leading_zeros(self, style: int) -> int:
        """How many digits a format such as 00000 shows: postal codes and numbers of customers live by it."""
        code = self.book._cell_styles[style].numFmtId
        if code < FIRST_OWN_FORMAT:
            return 0
        shown = self.book._number_formats[code - FIRST_OWN_FORMAT]
        return len(shown) if re.fullmatch(r"0{2,30}", shown) else 0


@lru_cache(maxsize=4096)
def _letters(name: str) -> int:
    return int(column_index_from_string(name))


def _column(cell: str) -> int:
    """The number of the column of a cell such as AB12; 0 where it does not say."""
    return _letters(cell.rstrip("0123456789")) if cell else 0


class _Measured(ZipFile):
    """Archives say how large their parts are, and reading stops there: a small file cannot explode.

    A part is measured whenever it is opened, as what it is opened for: its name and its type in the manifest
    say nothing, and what nobody opens (pictures) may be of any size.
    """

    largest = LARGEST_PART

    @contextmanager
    def up_to(self, largest: int) -> Iterator[None]:
        """What is opened in here may be as large as this."""
        self.largest = largest
        try:
            yield
        finally:
            self.largest = LARGEST_PART

    def open(self, name: str | ZipInfo, *args: Any, **kwargs: Any) -> IO[bytes]:
        part = self.getinfo(name) if isinstance(name, str) else name
        if part.file_size > self.largest:
            text = _(
                "The part %(part)s of the workbook has %(n)d MB unpacked, more than %(max)d MB. "
                "Save the sheet as CSV UTF-8."
            )
            found = {"part": part.filename[:80], "n": part.file_size // MB, "max": self.largest // MB}
            raise BadFileError(text % found)
        return super().open(part, *args, **kwargs)


class _Bounded:
    """A stream that stops where one row goes on and on: the parser would hold all of it."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = raw
        self.since_row = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self.raw.read(size)
        self.since_row += len(chunk)
        if self.since_row > LONGEST_ROW:
            text = _("A row of the sheet is longer than %d characters. Delete what is not needed.")
            raise BadFileError(text % LONGEST_ROW)
        return chunk


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """A workbook, or BadFileError: whatever trips openpyxl or the parser of XML is a damaged file."""
    try:
        with path.open("rb") as stream:
            _is_archive(stream)
            yield Workbook(stream)
    except (BadFileError, GeneratorExit):
        raise
    except Exception as error:
        text = _(
            "The workbook is damaged or protected by a password (%s). Open it in a spreadsheet program and "
            "save it as XLSX again, or as CSV UTF-8."
        )
        words = (str(error) or type(error).__name__).splitlines()[0]
        raise BadFileError(text % words[:120]) from error


# -- cells ---------------------------------------------------------------------------------------------------


def as_text(moment: Any) -> str:
    """Dates as 1996-07-04; with the time where there is one."""
    if isinstance(moment, datetime):
        if moment.time() == time():
            return moment.date().isoformat()
        return moment.isoformat(" ", "seconds")
    return str(moment)


def as_number(value: float) -> str:
    """With the 15 digits that spreadsheets count with; never to be taken for thousands, as 1.234 could."""
    text = f"{value:.15g}"
    return f"{text}0" if re.fullmatch(r"-?\d{1,3}\.\d{3}", text) else text
