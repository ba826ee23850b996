"""What an uploaded file is, by its content. Pure: no database, no Django.

Only what people exchange with customers gets in: PDF, office documents, pictures, text, tables, mails.
The name alone decides nothing: an executable called "quote.pdf" is refused, and so are documents with
macros, web pages, and drawings that can carry scripts.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import BinaryIO

PLAIN = {
    "txt": "text/plain",
    "md": "text/plain",
    "csv": "text/csv",
    "tsv": "text/csv",
    "eml": "message/rfc822",
}
"""Text has no mark of its own: these endings of a name say what it is."""

MARKS: list[tuple[bytes, int, str, tuple[str, ...]]] = [
    (b"%PDF-", 0, "application/pdf", ("pdf",)),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", ("png",)),
    (b"\xff\xd8\xff", 0, "image/jpeg", ("jpg", "jpeg")),
    (b"GIF87a", 0, "image/gif", ("gif",)),
    (b"GIF89a", 0, "image/gif", ("gif",)),
    (b"WEBP", 8, "image/webp", ("webp",)),
    (b"II*\x00", 0, "image/tiff", ("tif", "tiff")),
    (b"MM\x00*", 0, "image/tiff", ("tif", "tiff")),
    (b"ftypheic", 4, "image/heic", ("heic", "heif")),
    (b"ftypmif1", 4, "image/heic", ("heic", "heif")),
]
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
OFFICE = {
    "word/": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/": ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
OPEN_OFFICE = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
MACROS = ("vbaproject.bin", "basic/script-lc.xml")
MOST_MEMBERS = 5000
"""A document with more parts than this is none."""

LOOK = 64 * 1024
"""Bytes of a text that are looked at for what no text holds."""

WEB = (b"<!doctype html", b"<html", b"<svg", b"<?xml", b"<script")


BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError,
    ValueError,
)  # fmt: skip
"""What a file that only begins like a ZIP file can raise."""


class UnknownTypeError(Exception):
    """The content is none of the types that are taken, or not what its name says."""


def type_of(content: BinaryIO, name: str) -> str:
    """The media type of a file. Raises UnknownTypeError. Leaves the file at its beginning."""
    ending = name.rpartition(".")[2].lower()
    content.seek(0)
    head = content.read(LOOK)
    try:
        found = _type(content, head, ending)
    finally:
        content.seek(0)
    if found is None:
        raise UnknownTypeError(ending)
    return found


def _type(content: BinaryIO, head: bytes, ending: str) -> str | None:
    for mark, at, kind, endings in MARKS:
        if head[at : at + len(mark)] == mark:
            return kind if ending in endings else None
    if head.startswith(OLD_OFFICE):
        return OLD.get(ending)
    if head.startswith(b"PK\x03\x04"):
        return _document(content, ending)
    return PLAIN.get(ending) if _is_text(head) else None


def _document(content: BinaryIO, ending: str) -> str | None:
    """An office document is a ZIP file with certain parts; any other ZIP file is refused."""
    try:
        with zipfile.ZipFile(content) as parts:
            names = parts.namelist()
            mime = _beginning(parts, "mimetype") if "mimetype" in names else ""
    except BROKEN:
        return None
    if len(names) > MOST_MEMBERS or any(name.lower().endswith(MACROS) for name in names):
        return None
    if OPEN_OFFICE.get(mime) == ending:
        return mime
    if "[Content_Types].xml" not in names:
        return None
    for folder, (own_ending, kind) in OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return kind if ending == own_ending else None
    return None


def _beginning(parts: zipfile.ZipFile, name: str) -> str:
    """The first letters of a part. Never more is unpacked: a small file may hold gigabytes of nothing."""
    with parts.open(name) as part:
        return part.read(100).decode("ascii", "replace")


def _is_text(head: bytes) -> bool:
    """Letters in UTF-8 or an older code, no control characters, no web page."""
    if b"\x00" in head or head.lstrip()[:20].lower().startswith(WEB):
        return False
    controls = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    return controls == 0


ENDINGS = tuple(
    sorted(
        {ending for *_, endings in MARKS for ending in endings}
        | set(PLAIN)
        | set(OLD)
        | {ending for ending, _ in OFFICE.values()}
        | set(OPEN_OFFICE.values())
    )
)
"""What the file chooser of a browser offers."""
