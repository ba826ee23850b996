"""Rows of imported files that were kept: refused ones, and the examples of a check."""

from __future__ import annotations

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from imports.erasing.registry import Person
from imports.erasing.what import ERASED
from imports.models import ImportBatch, Refusal


def blank(person: Person) -> int:
    """Those in which an address, a number or a full name of theirs stands. Returns how many rows."""
    words = [*person.names, *person.reached]
    if not words:
        return 0
    said = Q()
    for one in words:
        said |= Q(text__icontains=_as_json(one))
    refused = Refusal.objects.annotate(text=Cast("cells", TextField())).filter(said)
    found = list(refused.values_list("pk", flat=True))
    Refusal.objects.filter(pk__in=found).update(cells=[], reason=ERASED)
    shown = ImportBatch.objects.annotate(text=Cast("samples", TextField())).filter(said)
    batches = list(shown.values_list("pk", flat=True))
    ImportBatch.objects.filter(pk__in=batches).update(samples=[])
    return len(found) + len(batches)


def _as_json(words: str) -> str:
    """As PostgreSQL writes the words inside of JSON."""
    return words.replace("\\", "\\\\").replace('"', '\\"')
