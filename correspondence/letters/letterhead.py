"""The company's paper: what it says, who may change it, and what a logo must be."""

from __future__ import annotations

from datetime import date
from struct import unpack
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from correspondence.letters import pdf
from correspondence.letters.postal import Place, address_lines
from correspondence.letters.sheets import Paper, Sheet, unprintable
from correspondence.letters.typesetting import TypesettingError
from correspondence.models import Letterhead
from correspondence.placeholders import day
from correspondence.words.blocks import parse
from users.access import require_admin
from users.models import Company, User

LOGO_KB = 500
MOST_PIXELS = 3_000
"""On a side: 65 mm at more than 1000 dots an inch. A small file can hold a picture that fills the memory."""

FOOTER_LINES = 4
FOOTER_LENGTH = 110
FIELDS = ("name", "street", "postal_code", "city", "country", "phone", "email", "website", "footer")


def set_letterhead(
    user: User, *, logo: UploadedFile[Any] | None = None, no_logo: bool = False, **values: Any
) -> None:
    """Write what the paper says. ``logo``: a new picture; ``no_logo``: none any more.

    Raises ValidationError by field, PermissionDenied for all but admins.
    """
    require_admin(user)
    picture = logo_content(logo)
    with transaction.atomic():
        Letterhead.objects.get_or_create(pk=1)
        row = Letterhead.objects.select_for_update().get(pk=1)
        _fill(row, values)
        before = row.logo.name
        if picture and logo:
            row.logo.save(logo.name or "logo", logo, save=False)
        elif no_logo:
            row.logo = ""
        row.save()
        if before and before != row.logo.name:
            storage = row.logo.storage
            transaction.on_commit(lambda: storage.delete(before))


def drafted(values: dict[str, Any], logo: UploadedFile[Any] | None = None, *, no_logo: bool = False) -> Paper:
    """The paper as these values would make it, nothing stored. Raises ValidationError by field."""
    row = Letterhead.get()
    _fill(row, values)
    picture = logo_content(logo) or (b"" if no_logo else _stored_logo(row))
    return _paper(row, picture)


def paper_of(letterhead: Letterhead) -> Paper:
    return _paper(letterhead, _stored_logo(letterhead))


def sample(paper: Paper, on: date) -> list[bytes]:
    """A short letter on that paper, as pictures of its pages."""
    words = _(
        "Dear Eva Lind,\n\nThank you for the talk of today. This letter shows how your paper looks: the"
        " address stands where the window of an envelope is, and the marks at the edge say where to fold.\n\n"
        "- The quote for two pumps comes by Friday.\n- We talk again on 8 January.\n\nKind regards"
    )
    letter = Sheet(
        address=("Eva Lind", "Acme Machining", "Havnegata 7", "5003 Bergen"),
        date=day(on, "en"),
        body=parse(words),
        subject=_("How your paper looks"),
        signer=(_("Your name"), _("Your job title")),
        beside=(_("Your name"), "you@company.example"),
        reference="L-1",
    )
    return pdf.pictures(paper, [letter], _("Letterhead"))


def logo_content(upload: UploadedFile[Any] | None) -> bytes:
    """The picture, after a look at what it is; b"" for none. Raises ValidationError for the field logo."""
    if upload is None:
        return b""
    if (upload.size or 0) > LOGO_KB * 1024:
        words = _("This picture has %(size)d kB, and at most %(most)d are taken: make it smaller.")
        raise ValidationError({"logo": words % {"size": (upload.size or 0) // 1024, "most": LOGO_KB}})
    upload.seek(0)
    content: bytes = upload.read()
    upload.seek(0)
    size = _pixels(content)
    if size is None:
        raise ValidationError({"logo": _("This is no PNG or JPEG picture: save it as one of these.")})
    if max(size) > MOST_PIXELS:
        words = _("This picture is %(width)d x %(height)d pixels, and at most %(most)d a side are taken.")
        values = {"width": size[0], "height": size[1], "most": MOST_PIXELS}
        raise ValidationError({"logo": words % values})
    try:  # only the typesetter knows whether it can read all of it
        pdf.letters(Paper(name="", logo=content), [Sheet(address=(), date="", body=())], "")
    except TypesettingError:
        words = _("This picture is damaged: save it anew and try again.")
        raise ValidationError({"logo": words}) from None
    return content


def _fill(row: Letterhead, values: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    wrong: dict[str, str] = {}
    lines = row.footer.strip().splitlines()
    if len(lines) > FOOTER_LINES or any(len(line) > FOOTER_LENGTH for line in lines):
        words = _("At most %(lines)d lines of %(length)d letters have room at the foot of a page.")
        wrong["footer"] = words % {"lines": FOOTER_LINES, "length": FOOTER_LENGTH}
    for name in FIELDS:
        if name != "country" and (signs := unprintable(getattr(row, name).replace("\n", ""))):
            words = _("These signs cannot be printed: %(signs)s")
            wrong.setdefault(name, words % {"signs": " ".join(signs[:10])})
    if wrong:
        raise ValidationError(wrong)
    row.footer = "\n".join(line.strip() for line in lines)


def _paper(row: Letterhead, logo: bytes) -> Paper:
    name = row.name or Company.get().name
    place = Place(row.street, row.postal_code, row.city, "", str(row.country or ""))
    lines = address_lines("", "", place, place.country)
    return Paper(
        name=name,
        return_line=" · ".join((name, *lines)) if lines else "",
        beside=(*lines, row.phone, row.email, row.website),
        footer=tuple(row.footer.splitlines()),
        logo=logo,
    )


def _stored_logo(row: Letterhead) -> bytes:
    """b"" also when the file is gone: a letter without a logo is better than none."""
    if not row.logo:
        return b""
    try:
        with row.logo.open("rb") as content:
            return bytes(content.read())
    except FileNotFoundError:
        return b""


def _pixels(content: bytes) -> tuple[int, int] | None:
    """Width and height as the head of a PNG or JPEG file says them; None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) > 24:
        return unpack(">II", content[16:24])
    if not content.startswith(pdf.JPEG):
        return None
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        mark, length = content[at + 1], unpack(">H", content[at + 2 : at + 4])[0]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
