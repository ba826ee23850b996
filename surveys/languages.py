"""Languages of surveys: those that texts were written in. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale, UnknownLocaleError


def best(wanted: str, there: Sequence[str]) -> str:
    """The language to use: the one wanted, its main language, or the first there is. Raises LookupError."""
    if not there:
        raise LookupError("No text is written in any language.")
    wanted = wanted.strip().lower().replace("_", "-")
    for each in (wanted, wanted.partition("-")[0]):
        if each in there:
            return each
    main = [each for each in there if each.partition("-")[0] == wanted.partition("-")[0]]
    return (main or [there[0]])[0]


def name_of(code: str, shown_in: str) -> str:
    """The name of a language in another one; the code itself where nobody knows it."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(Locale.parse(shown_in, sep="-"))
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code
