"""Salutation, closing and date in the language of a letter. Pure.

Tend holds nobody's gender, so every salutation is one that needs none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date


@dataclass(frozen=True)
class Tongue:
    """``%s`` is the name of whom it is written to."""

    salutation: str
    closing: str


TONGUES = {
    "en": Tongue("Dear %s,", "Kind regards"),
    "de": Tongue("Guten Tag %s,", "Mit freundlichen Grüßen"),
    "fr": Tongue("Bonjour %s,", "Cordialement"),
    "es": Tongue("Buenos días, %s:", "Un cordial saludo"),
    "nb": Tongue("Hei %s,", "Vennlig hilsen"),
    "da": Tongue("Kære %s", "Venlig hilsen"),
    "sv": Tongue("Hej %s,", "Vänliga hälsningar"),
    "nl": Tongue("Beste %s,", "Met vriendelijke groet"),
    "it": Tongue("Buongiorno %s,", "Cordiali saluti"),
    "el": Tongue("Καλημέρα σας, %s,", "Με εκτίμηση"),
}
NEUTRAL = Tongue("%s,", "")
"""Of a language that nobody has told us the words of: never half a letter in another one."""

SAME = {"no": "nb", "nn": "nb"}


def tongue(language: str) -> Tongue:
    """The words of a language; its region does not matter."""
    code = language.replace("_", "-").partition("-")[0].lower()
    return TONGUES.get(SAME.get(code, code), NEUTRAL)


def salutation(language: str, name: str) -> str:
    return tongue(language).salutation % name


def closing(language: str) -> str:
    return tongue(language).closing


def date_words(day: date, language: str) -> str:
    """The day as people write it in that language; 2026-11-26 where nobody knows the language."""
    locale = _locale(language)
    return format_date(day, format="long", locale=locale) if locale else day.isoformat()


@lru_cache(maxsize=100)
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(_usual(language), sep="-")
    except (ValueError, UnknownLocaleError):
        return None


def _usual(language: str) -> str:
    """English without a region is written as in Europe, where the day comes first."""
    code = language.replace("_", "-")
    return "en-GB" if code.lower() == "en" else code
