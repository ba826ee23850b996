"""Languages of surveys: those that texts were written in. Pure."""

from __future__ import annotations

from collections.abc import Sequence


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
