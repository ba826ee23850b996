"""Who else keeps something of people: parts that hold rows in tables of their own register here.

A blanker is called in the transaction of the erasure, with history switched off, and returns how many rows it
blanked. Rows kept by ``core.rows.keep`` in a JSON column need no code of their own::

    registry.register("recycle bin", lambda person: registry.blank_rows(BinRow, person))
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from imports.erasing.blanking import blank_kept, column_of
from imports.erasing.what import RULES, words_of


@dataclass(frozen=True)
class Person:
    """Whom to erase, while their data is still there.

    ``contacts``: their rows, at every account. ``rows``: label -> primary keys of all rows that are blanked.
    ``names`` and ``reached``: what stands in words and cells (full names; addresses and numbers).
    """

    contacts: tuple[int, ...]
    names: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict)


Blanker = Callable[[Person], int]
_blankers: dict[str, Blanker] = {}


def register(name: str, blanker: Blanker) -> None:
    """Call ``blanker`` at every erasure and replay; ``name`` stands with its count."""
    _blankers[name] = blanker


def run(person: Person) -> dict[str, int]:
    """What the others blanked, nothing with a count of 0."""
    done = {name: blanker(person) for name, blanker in _blankers.items()}
    return {name: count for name, count in done.items() if count}


def blank_rows(kept: type[models.Model], person: Person, *, label: str = "model", row: str = "row") -> int:
    """Blank what ``kept`` holds of a person: rows with a key to them, and those that were chosen by hand."""
    done = 0
    for rule in RULES:
        column = _own_column(rule.model, rule.path)
        if column and not rule.asked and not rule.goes:
            done += blank_kept(
                kept,
                rule.model,
                person.contacts,
                rule.words,
                rule.emptied,
                label=label,
                row=row,
                column=column,
            )
    for name, ids in person.rows.items():
        done += _chosen(kept, name, ids, label, row)
    return done


def _chosen(kept: type[models.Model], name: str, ids: Collection[Any], label: str, row: str) -> int:
    from django.apps import apps  # noqa: PLC0415 - other parts import this module while apps are loaded

    words = words_of(name)
    return blank_kept(kept, apps.get_model(name), ids, words, label=label, row=row) if words else 0


def _own_column(model: type[models.Model], path: str) -> str:
    """The column of the table itself that names the contact; empty where the way leads over another table."""
    if "__" in path or (path != "pk" and model._meta.get_field(path).many_to_many):
        return ""
    return column_of(model, path)
