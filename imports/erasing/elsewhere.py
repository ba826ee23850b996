"""What is kept of people away from their rows: history of what is gone, bin, merges, journals of imports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from django.apps import apps
from django.db import transaction
from django.db.models import ForeignKey, QuerySet

from accounts import stored_files
from core.history import history_of
from imports.bin import erasing as bin_words
from imports.duplicates.blanking import forget_people, merged_into
from imports.erasing import in_bin, registry
from imports.erasing.blanking import blank, blank_history, blank_kept, column_of
from imports.erasing.registry import Person
from imports.erasing.what import RULES, About
from imports.models import BinRow, KeptRow
from imports.undo.services import forget_values


def register() -> None:
    """Called once, when the apps are ready."""
    registry.register("History of what is gone", _history)
    registry.register("Recycle bin", _bin)
    registry.register("What named them before they were deleted", _loosened)
    registry.register("Merges", lambda person: forget_people(person.contacts))
    registry.register("Journals of imports", _journals)


def _history(person: Person) -> int:
    """Rows that were deleted, and people who were merged into them, stand in the history alone."""
    people = {*person.contacts, *merged_into(person.contacts)}
    done = 0
    for rule in RULES:
        event = history_of(rule.model)
        if event is None or rule.asked:
            continue
        for key, ids in _keys(rule, people):
            done += blank_history(event, key, ids, rule.words, rule.emptied)
    return done


def _keys(rule: About, people: Collection[int]) -> Iterator[tuple[str, Collection[int]]]:
    """By which column the history of these rows names them: their own, or the key to what is about them."""
    own, _way, rest = rule.path.partition("__")
    if own == "pk":
        yield "pgh_obj", people
        return
    field = rule.model._meta.get_field(own)
    if not isinstance(field, ForeignKey):
        return
    parents = history_of(field.related_model)
    if not rest:
        yield own, people
    elif parents is not None:
        about = parents._base_manager.filter(**{f"{rest}__in": people})
        yield own, list(about.values_list("pgh_obj", flat=True).distinct())


def _bin(person: Person) -> int:
    done = registry.blank_rows(in_bin.KEPT, person)
    for rule in RULES:
        own, way, rest = rule.path.partition("__")
        field = rule.model._meta.get_field(own) if way else None
        if isinstance(field, ForeignKey) and not rule.asked:
            parent = field.related_model
            about = BinRow.objects.filter(
                model=parent._meta.label_lower, **{f"data__{column_of(parent, rest)}__in": person.contacts}
            )
            ids = list(about.values_list("object_id", flat=True))
            column = column_of(rule.model, own)
            done += blank_kept(in_bin.KEPT, rule.model, (column, ids), rule.words, rule.emptied)
            if rule.goes:
                rows = BinRow.objects.filter(model=rule.model._meta.label_lower)
                done += _attachments(rows.filter(**{f"data__{column}__in": ids}))
    return done + bin_words.blank(person.contacts)


def _loosened(person: Person) -> int:
    """Rows outside of the bin that named them until they were put into it, and what is about such rows."""
    done = 0
    for rule in RULES:
        if rule.asked or rule.path == "pk" or not (rule.words or rule.emptied):
            continue
        ids = in_bin.ids(rule, person.contacts)
        there = rule.model._base_manager.filter(pk__in=ids).values_list("pk", flat=True)
        done += blank(rule.model, list(there), rule.words, rule.emptied)
    return done


def _attachments(rows: QuerySet[BinRow]) -> int:
    """As with those that are there: the row and, once that is committed, its content."""
    names = list(rows.exclude(file="").values_list("file", flat=True))
    transaction.on_commit(partial(stored_files.delete, names))
    return int(rows.delete()[0])


def _journals(person: Person) -> int:
    """Prior values of them and of what is about them: nothing to go back to is kept."""
    found = {rule.model._meta.label: set(rule.ids(person.contacts)) for rule in RULES if not rule.asked}
    found.setdefault("contacts.Contact", set()).update(person.contacts)
    for label, ids in person.rows.items():
        found.setdefault(apps.get_model(label)._meta.label, set()).update(ids)
    done = sum(forget_values(label, list(ids)) for label, ids in found.items() if ids)
    named = KeptRow.objects.filter(model="contacts.Contact", object_id__in=person.contacts)
    return done + int(named.delete()[0])
