"""Any file that can be brought in: text with a delimiter, a sheet of a workbook, an address book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from imports import encoding as encodings
from imports import reading, vcards, workbooks
from imports.errors import BadFileError
from imports.reading import Layout, Row

TEXT, WORKBOOK, CARDS = "text", "workbook", "vcard"


def inspect(path: Path, encoding: str = "", delimiter: str = "", sheet: str = "") -> Layout:
    """How the file is written, its checked header and examples. Raises BadFileError."""
    if workbooks.is_workbook(path):
        return _workbook(path, sheet)
    if vcards.is_address_book(path):
        return _address_book(path, encoding)
    return reading.inspect(path, encoding, delimiter)


def rows(path: Path, layout: Layout) -> Iterator[Row]:
    """The rows below the header, each with its line (or its row of the sheet)."""
    if layout.format == WORKBOOK:
        return workbooks.read(path, layout.sheet)
    if layout.format == CARDS:
        return vcards.read(path, layout.encoding)
    return reading.read(path, layout.encoding, layout.delimiter)


def _workbook(path: Path, sheet: str) -> Layout:
    """The chosen sheet, else the first one with a header and rows; a choice that nobody made is said."""
    with workbooks.opened(path) as workbook:
        names = tuple(found.name for found in workbook.sheets)
        chosen = workbook.sheet(sheet) if sheet else workbook.first_table()
        found = workbook.read(chosen, header=False)
        first = next(found, None)
        if first is None:
            raise BadFileError(
                _("Sheet “%s” is empty. Export it again with a header line and at least one row.")
                % chosen.name[:60]
            )
        header = reading.check_header(first, "")
        examples = reading.examples_of(header, found)
    layout = Layout("", ",", header, (), examples, WORKBOOK, chosen.name, names)
    return layout if sheet or len(names) == 1 else replace(layout, notes=(_others(layout),))


def _others(layout: Layout) -> str:
    others = ", ".join(f"“{name[:40]}”" for name in layout.sheets if name != layout.sheet)
    text = _("Sheet “%(sheet)s” is read. The workbook also has %(others)s: choose another one if needed.")
    return text % {"sheet": layout.sheet[:40], "others": others[:300]}


def _address_book(path: Path, encoding: str) -> Layout:
    found = encodings.find(path, encoding)
    examples = reading.examples_of(vcards.HEADER, vcards.read(path, found.name))
    notes = (found.note,) if found.note else ()
    return Layout(found.name, ",", vcards.HEADER, notes, examples, CARDS)
