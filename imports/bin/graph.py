"""Which rows go with a record: found by the rules, locked on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import ForeignKey, Model

from imports.bin.rules import RULES, Rule, key_of, keys_to


@dataclass
class Unit:
    """Ids of the rows by model, in the order in which they were found: the record first."""

    ids: dict[type[Model], set[int]] = field(default_factory=lambda: defaultdict(set))
    forgotten: dict[type[Model], set[object]] = field(default_factory=lambda: defaultdict(set))

    @property
    def counts(self) -> dict[str, int]:
        return {model._meta.label_lower: len(ids) for model, ids in self.ids.items() if ids}

    def of(self, model: type[Model]) -> set[int]:
        return self.ids.get(model, set())

    def loosened(self) -> Iterator[tuple[ForeignKey[Model, Model], Collection[int]]]:
        """Keys outside that name rows of the unit, with the ids of those rows."""
        for model, ids in self.ids.items():
            for key in keys_to(model):
                if RULES[key_of(key)] is Rule.LOOSENED:
                    yield key, ids


def unit_of(record: Model, *, lock: bool = False) -> Unit:
    """The record and all that goes along. ``lock``: nobody else can write it, or hang something on it."""
    unit = Unit()
    unit.ids[type(record)].add(record.pk)
    waiting: list[tuple[type[Model], set[int]]] = [(type(record), {record.pk})]
    while waiting:
        model, ids = waiting.pop(0)
        for key in keys_to(model):
            rule = RULES[key_of(key)]
            if rule is Rule.LOOSENED:
                continue
            found = _pointing(key, ids, lock=lock)
            if rule is Rule.FORGOTTEN:
                unit.forgotten[key.model] |= found
                continue
            new = {int(str(pk)) for pk in found} - unit.of(key.model)
            if new:
                unit.ids[key.model] |= new
                waiting.append((key.model, new))
    return unit


def _pointing(key: ForeignKey[Model, Model], ids: Collection[int], *, lock: bool) -> set[object]:
    rows = key.model._base_manager.filter(**{f"{key.name}__in": list(ids)}).order_by("pk")
    if lock:
        rows = rows.select_for_update()
    return set(rows.values_list("pk", flat=True))
