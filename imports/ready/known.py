"""One export that we know: by which columns it is told, and what they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imports.cleaners import normal


@dataclass(frozen=True)
class Ready:
    """``marks``: columns that must all be there. ``becomes``: field to its column, "|" between names of
    different versions: the first one there. ``kind_of_rows``: of interactions, where no column has it."""

    system: str
    what: str
    kind: str
    marks: tuple[str, ...]
    becomes: Mapping[str, str]
    kind_of_rows: str = ""

    def __str__(self) -> str:
        return f"{self.system}: {self.what}"

    def fits(self, names: set[str]) -> bool:
        """``names``: those of the header, normal."""
        return all(any(normal(name) in names for name in mark.split("|")) for mark in self.marks)

    def columns(self, header: Sequence[str]) -> dict[str, str]:
        """``{field: column}`` as a mapping has it, each column once."""
        here = {normal(name): name for name in reversed(header)}
        found: dict[str, str] = {}
        for key, names in self.becomes.items():
            column = next((here[normal(name)] for name in names.split("|") if normal(name) in here), None)
            if column and column not in found.values():
                found[key] = column
        return found
