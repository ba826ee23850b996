"""What other parts keep of people as JSON: the recycle bin, merges, and the journal of imports."""

from __future__ import annotations

from django.apps import apps

from imports.bin import erasing as bin_words
from imports.duplicates.blanking import forget_people
from imports.erasing import registry
from imports.erasing.registry import Person
from imports.erasing.what import RULES
from imports.models import BinRow, KeptRow
from imports.undo.services import forget_values


def register() -> None:
    """Called once, when the apps are ready."""
    registry.register("Recycle bin", _bin)
    registry.register("Merges", lambda person: forget_people(person.contacts))
    registry.register("Journals of imports", _journals)


def _bin(person: Person) -> int:
    return bin_words.blank(person.contacts) + registry.blank_rows(
        registry.Kept(BinRow, row="data", key="object_id"), person
    )


def _journals(person: Person) -> int:
    """Prior values of them and of what is about them: nothing to go back to is kept."""
    found = {rule.model._meta.label: set(rule.ids(person.contacts)) for rule in RULES if not rule.asked}
    found.setdefault("contacts.Contact", set()).update(person.contacts)
    for label, ids in person.rows.items():
        found.setdefault(apps.get_model(label)._meta.label, set()).update(ids)
    done = sum(forget_values(label, list(ids)) for label, ids in found.items() if ids)
    named = KeptRow.objects.filter(model="contacts.Contact", object_id__in=person.contacts)
    return done + named.delete()[0]
