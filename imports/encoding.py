"""Which encoding a file is in. Never guessed in silence: a fallback is always said."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from imports.errors import BadFileError, BadMappingError

CHUNK = 1 << 20
CHOICES = ("utf-8", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15")
UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and what has to be said about how it was found."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class Fault:
    """The first place where a file is not what a codec expects."""

    line: int
    byte: int
    accents_before: bool


def find(path: Path, chosen: str = "") -> Encoding:
    """The encoding of the file; ``chosen`` by a person wins, but must fit.

    UTF-16 is told by its byte order mark, UTF-8 by decoding all of it. What is neither is read as
    Windows-1252, and the note says so. Raises BadFileError for what is no text at all.
    """
    head = _head(path)
    if chosen:
        return _chosen(path, chosen, head)
    if head.startswith(UTF16_BOMS):
        return _must_decode(path, "utf-16")
    _refuse_nul(path)
    fault = first_fault(path, "utf-8")
    if fault is None:
        return Encoding("utf-8-sig")
    if fault.accents_before:
        raise BadFileError(
            _(
                "Line %(line)d holds a byte (0x%(byte)02X) that is not UTF-8, though lines before it are: "
                "the file mixes encodings. Save it again as UTF-8, or choose its encoding."
            )
            % {"line": fault.line, "byte": fault.byte}
        )
    if first_fault(path, "windows-1252") is not None:
        raise BadFileError(_("The file is neither UTF-8 nor Windows-1252 text. Save it again as CSV UTF-8."))
    note = _(
        "Not UTF-8 (byte 0x%(byte)02X in line %(line)d), therefore read as Windows-1252. "
        "Look at the accents in the examples, and choose another encoding if they are wrong."
    )
    return Encoding("windows-1252", note % {"byte": fault.byte, "line": fault.line})


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise BadFileError(_("The file is empty. Export it again with a header line and at least one row."))
    if head.startswith((ZIP, OLE)):
        raise BadFileError(
            _("This is a workbook or an archive, not a text file. Save the sheet as CSV UTF-8.")
        )
    return head


def _chosen(path: Path, chosen: str, head: bytes) -> Encoding:
    name = chosen.strip().lower().replace("_", "-")
    name = {"utf8": "utf-8", "utf-8-sig": "utf-8", "latin-1": "iso-8859-1", "latin1": "iso-8859-1"}.get(
        name, name
    )
    name = {"cp1252": "windows-1252", "utf16": "utf-16"}.get(name, name)
    if name not in CHOICES:
        known = ", ".join(CHOICES)
        raise BadMappingError(_("Unknown encoding “%s”. Use one of: %s.") % (chosen, known), "encoding")
    if name != "utf-16":
        if head.startswith(UTF16_BOMS):
            raise BadFileError(_("The file is UTF-16 by its first two bytes, not %s. Choose utf-16.") % name)
        _refuse_nul(path)
    return _must_decode(path, "utf-8-sig" if name == "utf-8" else name)


def _must_decode(path: Path, name: str) -> Encoding:
    fault = first_fault(path, name)
    if fault:
        raise BadFileError(
            _(
                "Line %(line)d cannot be read as %(name)s. "
                "Choose the encoding it was saved in, or save it as UTF-8."
            )
            % {"line": fault.line, "name": name.removesuffix("-sig")}
        )
    return Encoding(name)


def _refuse_nul(path: Path) -> None:
    line = 1
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            at = chunk.find(b"\0")
            if at >= 0:
                line += chunk.count(b"\n", 0, at)
                raise BadFileError(
                    _(
                        "Line %d holds a NUL byte: this is not text, or UTF-16 without its byte order mark. "
                        "Save the file again as CSV UTF-8."
                    )
                    % line
                )
            line += chunk.count(b"\n")


def first_fault(path: Path, name: str) -> Fault | None:
    """Where decoding fails first, in one pass of bounded memory; None when all of it decodes.

    UTF-16 text with a NUL character counts as a fault: it is binary that happens to decode.
    """
    decoder = codecs.getincrementaldecoder(name)("strict")
    line, accents = 1, False
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = bytes(error.object[: error.start])
                accents = accents or not before.isascii()
                return Fault(line + before.count(b"\n"), error.object[error.start], accents)
            nul = text.find("\0")
            if nul >= 0:
                return Fault(line + text.count("\n", 0, nul), 0, accents)
            line += text.count("\n")
            accents = accents or not text.isascii()
            if not chunk:
                return None
