"""Address books (vCard): one row per card, with the columns that people know.

vobject knows the three versions of the format; cards are cut out of the file here, one at a time, so that
a broken one is refused alone and memory holds one card.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import vobject
from django.utils.translation import gettext as _

from imports.cells import one_line
from imports.errors import BadFileError
from imports.reading import MAX_ROW, Row

HEADER = (
    "UID", "Name", "First name", "Last name", "Organization", "Department", "Job title", "E-mail", "Phone",
    "Mobile", "Website", "Street", "City", "Region", "Postal code", "Country", "Note",
)  # fmt: skip
LONGEST_ID = 60
BEGIN, END = "BEGIN:VCARD", "END:VCARD"
PICTURE = re.compile(r"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|X-[\w-]*(?:IMAGE|PHOTO))[;:]", re.IGNORECASE)
logging.getLogger("vobject.base").setLevel(logging.CRITICAL)  # a line it skips would be told once per card
START = re.compile(r"\s*BEGIN:VCARD", re.IGNORECASE)


def is_address_book(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(200)
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "ignore")
    return bool(START.match(text))


def read(path: Path, encoding: str) -> Iterator[Row]:
    """A row per card, numbered by the line it begins on. Raises BadFileError for one that never ends."""
    for line, lines in _cards(path, encoding):
        try:
            card = vobject.readOne("\r\n".join(lines), allowQP=True, ignoreUnreadable=True)
            cells = _cells(card)
            if not any(cells):
                raise ValueError(_("nothing is known of the person"))
        except Exception as error:
            words = (str(error) or type(error).__name__).splitlines()[0][:120]
            yield Row(line, [""] * len(HEADER), _("This card cannot be read (%s).") % words)
        else:
            yield Row(line, cells)


def _cards(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The line a card begins on, and its lines without pictures."""
    card: list[str] | None = None
    start = size = 0
    skipped = False
    with path.open(encoding=encoding) as stream:
        for number, line in enumerate(_lines(stream), start=1):
            word = line.strip().upper()
            if word == BEGIN:
                if card is not None:
                    yield start, card  # it has no end, and is refused for that
                card, start, size = [], number, 0
            if card is None:
                continue
            skipped = skipped if line[:1] in (" ", "\t") else bool(PICTURE.match(line))
            if skipped:
                continue
            card.append(line.rstrip("\r\n"))
            size += len(line)
            if size > MAX_ROW:
                raise _endless(start)
            if word == END:
                yield start, card
                card = None
    if card is not None:
        raise _endless(start)


def _lines(stream: Any) -> Iterator[str]:
    while line := stream.readline(MAX_ROW + 1):
        if len(line) > MAX_ROW:
            raise BadFileError(_("A line is longer than 2,000,000 characters. Export the file again."))
        yield line


def _endless(line: int) -> BadFileError:
    return BadFileError(_("The card that begins on line %d never ends (END:VCARD is missing).") % line)


def _cells(card: Any) -> list[str]:
    name, address = _first(card, "n"), _first(card, "adr")
    organisation = _words(_first(card, "org"))
    numbers = [(_types(item), _plain(item.value)) for item in card.contents.get("tel", [])]
    mobile = next((number for types, number in numbers if types & {"CELL", "IPHONE", "MOBILE"}), "")
    phone = next(
        (number for types, number in numbers if number != mobile and not types & {"FAX", "PAGER"}), ""
    )
    uid = _plain(_first(card, "uid"))
    return [
        uid if len(uid) <= LONGEST_ID else "",
        _plain(_first(card, "fn")),
        _plain(getattr(name, "given", "")),
        _plain(getattr(name, "family", "")),
        organisation[0] if organisation else "",
        ", ".join(organisation[1:]),
        _plain(_first(card, "title")),
        _mail(card),
        phone,
        mobile,
        _plain(_first(card, "url")),
        *[_plain(getattr(address, part, "")) for part in ("street", "city", "region", "code", "country")],
        str(_first(card, "note") or "").strip(),
    ]


def _first(card: Any, name: str) -> Any:
    found = card.contents.get(name)
    return found[0].value if found else ""


def _mail(card: Any) -> str:
    """The preferred address, else the one at work, else the first."""
    mails = card.contents.get("email", [])
    ranked = sorted(mails, key=lambda item: (not _types(item) & {"PREF"}, not _types(item) & {"WORK"}))
    return _plain(ranked[0].value) if ranked else ""


def _types(item: Any) -> set[str]:
    """What is said of a number or an address; version 2.1 says it without a name of what it is."""
    named = [word for words in item.params.values() for word in words]
    return {str(word).upper() for word in (*named, *getattr(item, "singletonparams", ()))}


def _words(value: Any) -> list[str]:
    parts: Iterable[Any] = value if isinstance(value, list) else [value]
    return [text for part in parts if (text := _plain(part))]


def _plain(value: Any) -> str:
    """One line, without the scheme of an address of phones or mail."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return one_line(re.sub(r"^(?:tel|mailto):", "", text, flags=re.IGNORECASE))
