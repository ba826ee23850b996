"""How people are greeted in writing, by language. We know no gender: names are written out."""

from __future__ import annotations

import re

from babel import Locale, UnknownLocaleError

SALUTATIONS = {
    "da": "Kære {name},",
    "de": "Guten Tag {name},",
    "en": "Dear {name},",
    "es": "Hola, {name}:",
    "fi": "Hyvä {name},",
    "fr": "Bonjour {name},",
    "it": "Buongiorno {name},",
    "nb": "Hei {name},",
    "nl": "Geachte {name},",
    "pl": "Dzień dobry {name},",
    "pt": "Caro(a) {name},",
    "sv": "Hej {name},",
}
SIDES = {
    "da": ("Vi", "De"),
    "de": ("Wir", "Sie"),
    "en": ("We", "You"),
    "es": ("Nosotros", "Ustedes"),
    "fi": ("Me", "Te"),
    "fr": ("Nous", "Vous"),
    "it": ("Noi", "Voi"),
    "nb": ("Vi", "Dere"),
    "nl": ("Wij", "U"),
    "pl": ("My", "Państwo"),
    "pt": ("Nós", "Vocês"),
    "sv": ("Vi", "Ni"),
}
"""Who has promised something, as a letter says it: we, you."""
CODE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
SAME = {"no": "nb", "nn": "nb"}


def base_of(language: str) -> str:
    """``de`` for ``de-AT`` or ``de_at``; "" for nothing."""
    base = language.replace("_", "-").split("-")[0].lower()
    return SAME.get(base, base)


def locale_of(language: str) -> str:
    """A locale that babel knows; English where it does not know the language. English of no country in
    particular is written as most of the world does: 26 November 2026.
    """
    try:
        found = str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        found = "en"
    return "en_GB" if found == "en" else found


def is_language(code: str) -> bool:
    """Whether there is such a language, be it with a region: ``de``, ``pt-BR``."""
    if not CODE.fullmatch(code):
        return False
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def name_of(code: str, shown_in: str) -> str:
    """The name of a language in another one; the code itself where nobody knows it."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(Locale.parse(shown_in, sep="-"))
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code


def salutation(language: str, name: str) -> str:
    """The first line, such as ``Dear Eva Lind,``; in English where the language has none here."""
    return SALUTATIONS.get(base_of(language), SALUTATIONS["en"]).format(name=name)


def whose(language: str, *, by_us: bool) -> str:
    """``We`` or ``You``, in a letter of ours; in English where the language has no words here."""
    ours, yours = SIDES.get(base_of(language), SIDES["en"])
    return ours if by_us else yours
