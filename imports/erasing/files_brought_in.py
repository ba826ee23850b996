"""What is kept of imported files in which a person stands: refused rows, examples, choices."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from accounts import stored_files
from imports.erasing import in_bin
from imports.erasing.registry import Person
from imports.erasing.what import ERASED
from imports.models import ImportBatch, Refusal, SavedMapping

PLACES: dict[str, Any] = {
    "samples": "samples",
    "layout": "layout",
    "notes": "notes",
    "people": KeyTransform("people", "options"),
    "sheet": KeyTransform("sheet", "options"),
}
"""What of a batch quotes its file; of a kept mapping its options do."""


def refused(person: Person) -> QuerySet[Refusal]:
    """Rows in which an address, a number or a name of theirs stands."""
    said = _reached(person.reached) | _named(person)
    return Refusal.objects.annotate(text=Cast("cells", TextField())).filter(said | _quoted("reason", person))


def surely_refused(person: Person) -> QuerySet[Refusal]:
    """Those that are about them and not about somebody of the same name elsewhere."""
    there = _any(Q(text__icontains=_as_json(name)) for name in in_bin.account_names(person.accounts))
    rows = Refusal.objects.annotate(text=Cast("cells", TextField())).select_related("batch")
    surely = _reached(person.own) | _named(person) & (there | _reached(person.shared))
    return rows.filter(surely).order_by("batch_id", "row", "pk")


def blank(person: Person) -> int:
    """Returns how many rows, files and kept mappings."""
    found = dict(refused(person).values_list("pk", "batch_id"))
    batches = list(_batches(person))
    Refusal.objects.filter(pk__in=found).update(cells=[], reason=ERASED)
    saved = list(_saved(person))
    for batch in batches:
        _blank_batch(batch, person)
    for one in saved:
        SavedMapping.objects.filter(pk=one.pk).update(options=_without_choices(one.options, person))
    _forget_files({*found.values(), *(batch.pk for batch in batches)})
    return len(found) + len(batches) + len(saved)


def _forget_files(batches: Collection[int]) -> None:
    """Uploads that wait for a person: they would bring in again who is erased."""
    waiting = ImportBatch.objects.waiting_for_a_person().filter(pk__in=batches).exclude(file="")
    names = list(waiting.values_list("file", flat=True))
    waiting.update(file="")
    transaction.on_commit(partial(stored_files.delete, names))


def samples(person: Person) -> list[tuple[ImportBatch, dict[str, Any]]]:
    """What the check of a file found of them, by their address or number: it is kept with the file.

    By one that a colleague has, too, only where their name stands beside it.
    """

    found = []
    batches = ImportBatch.objects.annotate(text=Cast("samples", TextField()))
    for batch in batches.filter(_reached(person.reached)).order_by("pk"):
        for sample in batch.samples:
            text = json.dumps(sample, ensure_ascii=False).lower()
            if _says(text, person.own) or (_says(text, person.shared) and _says_name(text, person)):
                found.append((batch, sample))
    return found


def _says(text: str, words: Iterable[str]) -> bool:
    return any(_as_json(one).lower() in text for one in words)


def _says_name(text: str, person: Person) -> bool:
    parts = ((f'"{_as_json(one).lower()}"' for one in pair) for pair in person.pairs)
    return _says(text, person.names) or any(all(part in text for part in pair) for pair in parts)


def _batches(person: Person) -> QuerySet[ImportBatch]:
    texts = {f"{name}_text": Cast(place, TextField()) for name, place in PLACES.items()}
    said = _any(Q(**{f"{name}_text__icontains": one}) for name in PLACES for one in _words(person))
    found: QuerySet[ImportBatch] = ImportBatch.objects.annotate(**texts).filter(
        said | _quoted("error", person)
    )
    return found


def _saved(person: Person) -> QuerySet[SavedMapping]:
    said = _any(Q(people_text__icontains=one) for one in _words(person))
    found: QuerySet[SavedMapping] = SavedMapping.objects.annotate(
        people_text=Cast(PLACES["people"], TextField())
    ).filter(said)
    return found


def _blank_batch(batch: ImportBatch, person: Person) -> None:
    """What quotes them goes; header and mapping stay: what the file was is still said."""

    def quotes(value: object) -> bool:
        return _quotes(value, person)

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(one) for key, one in value.items()}
        if isinstance(value, list):
            return [without(one) for one in value]
        return "" if isinstance(value, str) and quotes(value) else value

    kept = {"header": batch.layout["header"]} if "header" in batch.layout else {}
    if "strangers" in batch.layout:
        kept["strangers"] = [one for one in batch.layout["strangers"] if not quotes(one)]
    ImportBatch.objects.filter(pk=batch.pk).update(
        samples=[] if quotes(batch.samples) else batch.samples,
        layout=without(batch.layout) | kept,
        options=_without_choices(batch.options, person),
        notes=[note for note in batch.notes if not quotes(note)],
        error=ERASED if quotes(batch.error) else batch.error,
    )


def _without_choices(options: dict[str, Any], person: Person) -> dict[str, Any]:
    """Options without the sheet and without owners that are called as they are."""
    kept = {name: said for name, said in options.items() if name != "sheet" or not _quotes(said, person)}
    if "people" in kept:
        people = kept.pop("people").items()
        kept["people"] = {name: ref for name, ref in people if not _quotes([name, ref], person)}
    return kept


def _quotes(value: object, person: Person) -> bool:
    text = json.dumps(value, ensure_ascii=False).lower()
    return any(one.lower() in text for one in _words(person))


def _reached(reached: Iterable[str]) -> Q:
    return _any(Q(text__icontains=_as_json(one)) for one in reached)


def _named(person: Person) -> Q:
    """By the full name in one cell, or first and last name in two."""
    parts = [
        Q(text__icontains=f'"{_as_json(first)}"') & Q(text__icontains=f'"{_as_json(last)}"')
        for first, last in person.pairs
    ]
    return _any([*(Q(text__icontains=_as_json(name)) for name in person.names), *parts])


def _quoted(column: str, person: Person) -> Q:
    return _any(Q(**{f"{column}__icontains": one}) for one in (*person.names, *person.reached))


def _words(person: Person) -> list[str]:
    return [_as_json(one) for one in (*person.names, *person.reached)]


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


def _as_json(words: str) -> str:
    """As PostgreSQL writes the words inside of JSON."""
    return words.replace("\\", "\\\\").replace('"', '\\"')
