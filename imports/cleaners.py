"""One thing a column of a file can become, and how its cells are checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from html import unescape
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.currencies import is_currency
from imports import cells
from imports.countries import fold, to_country
from imports.errors import RefusedError

Clean = Callable[[str, "Habits"], Any]


@dataclass(frozen=True)
class Habits:
    """How a column writes dates and numbers, settled before the first row is taken. ``zone``: ours."""

    date_order: str = ""
    decimal_mark: str = "."
    zone: str = ""


@dataclass(frozen=True)
class FileHabits:
    """Field to the order of dates or the decimal mark of its column; and what is to be said of it."""

    columns: Mapping[str, str]
    zone: str
    notes: tuple[str, ...] = ()

    def of(self, key: str) -> Habits:
        found = self.columns.get(key, "")
        return Habits(
            "" if found in cells.MARKS else found, found if found in cells.MARKS else ".", self.zone
        )


@dataclass(frozen=True)
class Field:
    """One thing a column can become. ``key`` stands in mappings; ``sql`` is its type in the stage."""

    key: str
    label: Any
    clean: Clean
    spellings: frozenset[str]
    sql: str = "text"
    required: bool = False
    help: Any = ""

    @property
    def column(self) -> str:
        """Its name in the stage table."""
        return self.key.replace(".", "_")


LONGEST_TALK = 100_000
LONGEST_NAME = 254


def normal(name: str) -> str:
    """A column name without case, accents, blanks and signs: customerID, Customer Id, customer_id agree."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


# -- cleaners --------------------------------------------------------------------------------------------


def text(longest: int) -> Clean:
    """A line of text of at most so many characters."""

    def clean(cell: str, _habits: Habits) -> str:
        line = cells.one_line(cell) if "\n" in cell or "\r" in cell or "\t" in cell else cell
        if len(line) > longest:
            words = _("%(n)d characters long, more than the %(max)d we keep. Shorten it.")
            raise RefusedError(words % {"n": len(line), "max": longest})
        return line

    return clean


def prose(cell: str, _habits: Habits) -> str:
    if len(cell) > 10_000:
        raise RefusedError(
            _("%(n)d characters long, more than the %(max)d we keep. Shorten it.")
            % {"n": len(cell), "max": 10_000}
        )
    return cell


def told(cell: str, _habits: Habits) -> str:
    """What was said, in plain words: other systems keep it as a page."""
    if len(cell) > LONGEST_TALK:
        raise RefusedError(
            _("%(n)d characters long, more than the %(max)d we keep. Shorten it.")
            % {"n": len(cell), "max": LONGEST_TALK}
        )
    if not re.search(r"</?(?:p|br|div|span|a|ul|li|b|strong|em)\b[^<>]{0,500}>", cell, re.IGNORECASE):
        return cell
    lines = re.sub(r"<(?:br|/p|/div|/li)\b[^<>]{0,500}>", "\n", cell, flags=re.IGNORECASE)
    return re.sub(r"\n{3,}", "\n\n", unescape(strip_tags(lines)).replace("\xa0", " ")).strip()


def category(words: Mapping[str, str], labels: Mapping[str, Any]) -> Clean:
    """One of a few values. ``words``: value to what other systems call it; ``labels``: our own names.

    A word that nobody knows is refused with the nearest one that we know.
    """

    @cache
    def understood() -> dict[str, str]:
        said = {normal(word): value for value, all_of in words.items() for word in (value, *all_of.split())}
        return said | {normal(str(label)): value for value, label in labels.items()}

    def clean(cell: str, _habits: Habits) -> str:
        known = understood()
        if (word := normal(cell)) in known:
            return known[word]
        near = get_close_matches(word, known, n=1, cutoff=0.7)
        names = ", ".join(str(label) for label in labels.values())
        hint = _("Did you mean “%s”?") % labels.get(known[near[0]], near[0]) if near else ""
        text = _("“%(cell)s” is none of: %(names)s.") % {"cell": cell[:40], "names": names}
        raise RefusedError(f"{text} {hint}".strip())

    return clean


SEVERAL_IDS = re.compile(r"\w*\d\w*(?:[;,]\s*\w*\d\w*)+")
"""Each with a digit: “Hansen, Olsen” is one name."""


def reference(cell: str, _habits: Habits) -> str:
    """How a file names a record: by id, e-mail or name. Of several ids the first counts.

    Salesforce writes an id of zeros where there is nobody.
    """
    if re.fullmatch(r"0{10,}[A-Z]*", cell):
        return ""
    first = re.split(r"[;,]\s*", cell)[0] if SEVERAL_IDS.fullmatch(cell) else cell
    if len(first) > LONGEST_NAME:
        raise RefusedError(_("“%s…” is no id, e-mail or name.") % first[:40])
    return cells.one_line(first)


def email(cell: str, _habits: Habits) -> str:
    address = cell.lower().removeprefix("mailto:")
    try:
        validate_email(address)
    except ValidationError:
        raise RefusedError(
            _("“%s” is no e-mail address. Write it as name@example.com, or leave it empty.") % cell[:60]
        ) from None
    if len(address) > 254:
        raise RefusedError(_("An e-mail address has at most 254 characters."))
    return address


def person(cell: str, _habits: Habits) -> str:
    """How a file names a user: an id as it is written, or an e-mail, kept in lower case like ours."""
    if len(cell) > 254:
        raise RefusedError(_("“%s…” is no id or e-mail of a user.") % cell[:40])
    return cell.lower() if "@" in cell else cell


def buyer(cell: str, _habits: Habits) -> str:
    """How a file names a contact of the account: by e-mail, id or name."""
    if len(cell) > 254:
        raise RefusedError(_("“%s…” is no e-mail, id or name of a contact.") % cell[:40])
    return cells.one_line(cell)


def website(cell: str, _habits: Habits) -> str:
    address = cell if "://" in cell else f"https://{cell}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise RefusedError(
            _("“%s” is no web address. Write it as https://example.com.") % cell[:60]
        ) from None
    if len(address) > 200:
        raise RefusedError(_("A web address has at most 200 characters."))
    return address


def country(cell: str, _habits: Habits) -> str:
    return to_country(cell)


def day(cell: str, habits: Habits) -> Any:
    return cells.to_date(cells.here(cell, habits.zone), habits.date_order)


def number(places: int, digits: int = 18) -> Clean:
    return lambda cell, habits: cells.to_decimal(cell, habits.decimal_mark, places, digits)


def whole(lowest: int, highest: int) -> Clean:
    """A whole number within bounds."""

    def clean(cell: str, habits: Habits) -> int:
        found = cells.to_decimal(cell, habits.decimal_mark, 4, 18)
        if found != int(found) or not lowest <= found <= highest:
            words = _("“%(cell)s” is no whole number from %(low)d to %(high)d.")
            raise RefusedError(words % {"cell": cell[:40], "low": lowest, "high": highest})
        return int(found)

    return clean


def share(cell: str, habits: Habits) -> Any:
    return cells.to_share(cell, habits.decimal_mark)


def yes_no(cell: str, _habits: Habits) -> bool:
    return cells.to_bool(cell)


def currency(cell: str, _habits: Habits) -> str:
    code = cell.upper()
    if not is_currency(code):
        raise RefusedError(_("“%s” is no currency. Write its code, such as EUR.") % cell[:20])
    return code


def language(cell: str, _habits: Habits) -> str:
    code = cell.lower().replace("_", "-")
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,4})?", code):
        raise RefusedError(_("“%s” is no language. Write its code, such as de.") % cell[:20])
    return code


L = gettext_lazy
DATE: dict[str, Any] = {"sql": "date"}
NUMBER: dict[str, Any] = {"sql": "numeric"}
BOOL: dict[str, Any] = {"sql": "boolean"}
REQUIRED: dict[str, Any] = {"required": True}


def field(key: str, label: Any, clean: Clean, spellings: str, **more: Any) -> Field:
    """``spellings``: what the columns of files are called that become this."""
    words = frozenset(normal(word) for word in spellings.split())
    return Field(key, label, clean, words | {normal(key), normal(key.split(".")[1])}, **more)
