"""Nothing that is kept of a person can be forgotten: every key to a contact and every word has its rule."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from contacts.models import Contact
from imports.erasing.what import PLACES, RULES
from imports.taking_out.tables import models_of_ours

WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField)
NO_KEY_OF_THEIRS = {
    "contacts.Interaction_others.contact": "the row between, read as Interaction.others",
    "imports.ContactPair.first": "two that look alike; the codes of the reasons say nothing of them",
    "imports.ContactPair.second": "the same",
    "cadences.Appointment.contacts": "through Guest, which has a rule",
}


def keys_to_contacts() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in models_of_ours()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) is Contact and (field.many_to_one or field.many_to_many)
        and not field.auto_created
    }  # fmt: skip


def has_words(field: Any) -> bool:
    if field.generated or getattr(field, "choices", None) or field.primary_key:
        return False
    if isinstance(field, ArrayField):
        return has_words(field.base_field)
    return isinstance(field, WORDS)


def test_every_key_to_a_contact_has_a_rule():
    ruled = {f"{rule.label}.{rule.path.partition('__')[0]}" for rule in RULES}
    through = {"cadences.Guest.contact"}  # and by it the meeting
    missing = keys_to_contacts() - ruled - through - set(NO_KEY_OF_THEIRS)
    assert not missing, f"Say in imports/erasing/what.py what erasing a person does to {sorted(missing)}"


def test_every_column_with_words_is_blanked_or_kept_for_a_reason():
    missing = []
    for label in {rule.label for rule in RULES}:
        rules = [rule for rule in RULES if rule.label == label]
        named = {name for rule in rules for name in (*rule.words, *rule.emptied, *rule.kept)}
        for field in apps.get_model(label)._meta.concrete_fields:
            if has_words(field) and field.name not in named:
                missing.append(f"{label}.{field.name}")
    assert not missing, f"Say in imports/erasing/what.py what becomes of {sorted(missing)}"


def test_rules_name_only_what_is_there():
    for rule in RULES:
        for name in (*rule.words, *rule.kept, *rule.shown, *rule.emptied):
            rule.model._meta.get_field(name)
    for place in PLACES:
        for name in (*place.words, place.day):
            place.model._meta.get_field(name)
