"""Two spellings of one thing: told with the check, so that lists by trade or product stay whole.

Nothing is refused and nothing changed for it: only a person knows whether two names are one.
"""
# ruff: noqa: S608 - names of tables and columns are those below

from __future__ import annotations

import re
from difflib import SequenceMatcher

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from imports import cleaners, fields

WATCHED = {
    "account.industry": ("accounts_account", "industry"),
    "contact.department": ("contacts_contact", "department"),
    "line.product": ("sales_purchaseline", "product"),
}
"""Fields whose values are few and shared by many rows, and where those of before stand."""

COMPARED = 400  # different values of a file; among more of them only case, accents and signs are compared
ALIKE = 0.86  # of all letters, in the same order
SHORTEST = 5
TOLD = 5


def notes(cursor: CursorWrapper, kind: str, mapped: dict[str, str]) -> list[str]:
    """A sentence per field whose values look like two spellings of one thing."""
    told = []
    for key, (table, column) in WATCHED.items():
        if key in mapped and key in fields.of(kind):
            pairs = pairs_of(*_values(cursor, key.replace(".", "_"), table, column))
            if pairs:
                told.append(_sentence(mapped[key], pairs))
    return told


def _values(cursor: CursorWrapper, stage: str, table: str, column: str) -> tuple[list[str], list[str]]:
    """What the file says, most frequent first, and what has been said before."""
    cursor.execute(
        f"SELECT {stage} FROM stage WHERE NOT bad AND {stage} IS NOT NULL "
        f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5000"
    )
    said = [value for (value,) in cursor.fetchall()]
    cursor.execute(
        f"SELECT {column} FROM {table} WHERE {column} <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5000"
    )
    return said, [value for (value,) in cursor.fetchall()]


def pairs_of(said: list[str], before: list[str]) -> list[tuple[str, str]]:
    """A rarer value of the file and the one that it may be, the usual one."""
    usual: dict[str, str] = {}
    for value in (*before, *said):
        usual.setdefault(cleaners.normal(value), value)
    words = [(value, cleaners.normal(value)) for value in said]
    found = [(value, usual[word]) for value, word in words if word and usual[word] != value]
    if len(said) <= COMPARED:
        found += _misspelt(said, list(dict.fromkeys((*before[:COMPARED], *said))))
    return list(dict.fromkeys(found))


def _misspelt(said: list[str], usual: list[str]) -> list[tuple[str, str]]:
    found = []
    place = {value: at for at, value in enumerate(usual)}
    for value in said:
        word = cleaners.normal(value)
        for other in usual[: place[value]]:
            if _is_alike(word, cleaners.normal(other)):
                found.append((value, other))
                break
    return found


def _is_alike(one: str, other: str) -> bool:
    """Whether a slip of the pen lies between two words; other numbers are other things."""
    if min(len(one), len(other)) < SHORTEST or one == other or abs(len(one) - len(other)) > 2:
        return False
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    match = SequenceMatcher(None, one, other, autojunk=False)
    return match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE


def _sentence(column: str, pairs: list[tuple[str, str]]) -> str:
    listed = "; ".join(f"“{value[:40]}” – “{other[:40]}”" for value, other in pairs[:TOLD])
    text = _("Column “%(column)s” may have two spellings of one thing: %(pairs)s. Both are kept.")
    more = _(" And %d more pairs.") % (len(pairs) - TOLD) if len(pairs) > TOLD else ""
    return text % {"column": column, "pairs": listed} + more
