"""Which country a cell means: its code, or its name in one of several languages."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from babel import Locale
from django.utils.translation import gettext as _
from django_countries import countries

from imports.errors import RefusedError

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl")

# What people write and no list has.
ALIASES = {
    "uk": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "u.k.": "GB",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "america": "US",
    "holland": "NL",
    "the netherlands": "NL",
    "eire": "IE",
    "republic of ireland": "IE",
    "korea": "KR",
    "south korea": "KR",
    "north korea": "KP",
    "russia": "RU",
    "vietnam": "VN",
    "czech republic": "CZ",
    "macedonia": "MK",
    "turkey": "TR",
    "ivory coast": "CI",
    "uae": "AE",
    "burma": "MM",
    "deutschland": "DE",
    "brasil": "BR",
}


def fold(text: str) -> str:
    """Without case, accents and doubled blanks."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Folded name or code to ISO 3166-1 alpha-2. Names that two countries share are left out."""
    known: dict[str, str] = {}
    shared: set[str] = set()
    codes = {country.code for country in countries}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in codes and known.setdefault(fold(name), code) != code:
                shared.add(fold(name))
    for name in shared:
        del known[name]
    for code in codes:
        known[code.casefold()] = code
        known[(countries.alpha3(code) or code).casefold()] = code
        known.setdefault(fold(str(countries.name(code))), code)
    return known | ALIASES


@lru_cache(maxsize=4096)
def _code(text: str) -> str | None:
    return _known().get(fold(text))


def to_country(text: str) -> str:
    """The two-letter code. Raises RefusedError: postal codes and cities in this column are no countries."""
    code = _code(text)
    if code is None:
        raise RefusedError(_("“%s” is no country. Write its name, or its code such as DE.") % text[:60])
    return code
