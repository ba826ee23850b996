"""Who else keeps something of people: parts that hold rows in tables of their own register here.

A blanker is called in the transaction of the erasure, with history switched off, and returns how many rows it
blanked. Rows that are kept as JSON, whole or in part, need no code of their own::

    bin = registry.Kept(BinRow, row="data", key="object_id")
    registry.register("recycle bin", lambda person: registry.blank_rows(bin, person))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from imports.erasing.blanking import Kept, blank_kept, column_of
from imports.erasing.what import RULES, words_of


@dataclass(frozen=True)
class Person:
    """Whom to erase, while their data is still there.

    ``contacts``: their rows, at every account, also in the recycle bin. ``accounts``: where these are.
    ``rows``: label -> primary keys of all rows that are blanked. ``names``, ``pairs`` and ``reached``: what
    stands in words and cells (full names; first and last name; addresses and numbers). ``shared``: addresses
    and numbers of theirs that somebody else has, too.
    """

    contacts: tuple[int, ...]
    accounts: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    reached: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def own(self) -> list[str]:
        """What leads to them and nobody else."""
        return [one for one in self.reached if one not in self.shared]

    @property
    def own_addresses(self) -> list[str]:
        return [one for one in self.own if "@" in one]


Blanker = Callable[[Person], int]
_blankers: dict[str, Blanker] = {}


def register(name: str, blanker: Blanker) -> None:
    """Call ``blanker`` at every erasure and replay; ``name`` stands with its count."""
    _blankers[name] = blanker


def run(person: Person) -> dict[str, int]:
    """What the others blanked, nothing with a count of 0."""
    done = {name: blanker(person) for name, blanker in _blankers.items()}
    return {name: count for name, count in done.items() if count}


def blank_rows(kept: Kept, person: Person) -> int:
    """Blank what a table of kept rows holds of a person: by keys to them, and what was chosen by hand."""
    done = 0
    for rule in RULES:
        if rule.asked or rule.goes or not rule.blanks:
            continue
        own, key = _own_column(rule.model, rule.path), column_of(rule.model, "pk")
        if own:
            done += blank_kept(kept, rule.model, (own, person.contacts), rule.words, rule.emptied)
        if own != key:
            theirs = rule.ids(person.contacts)
            done += blank_kept(kept, rule.model, (key, theirs), rule.words, rule.emptied, unless=own)
    for label, ids in person.rows.items():
        model = apps.get_model(label)
        done += blank_kept(kept, model, (column_of(model, "pk"), ids), words_of(label))
    return done


def _own_column(model: type[models.Model], path: str) -> str:
    """The column of the table itself that names the contact; empty where the way leads over another table."""
    if "__" in path or (path != "pk" and model._meta.get_field(path).many_to_many):
        return ""
    return column_of(model, path)
