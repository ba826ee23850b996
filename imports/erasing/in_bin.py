"""A person in the recycle bin: who it is, which rows tell of them, and what named them before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models

from accounts.models import Account
from contacts.models import Contact
from core.tables import table_of
from imports.erasing.blanking import column_of
from imports.erasing.what import About
from imports.models import BinRow, BinUnit

CONTACT = Contact._meta.label_lower
ROW, REFERENCE = BinRow.Role.ROW, BinRow.Role.REFERENCE


def contacts(ids: Collection[int]) -> list[Contact]:
    """As they were when they were deleted; they cannot be saved."""
    statement = (
        f"SELECT (jsonb_populate_record(NULL::{table_of(Contact)}, data)).* FROM imports_binrow"  # noqa: S608
        " WHERE model = %s AND role = %s AND object_id = ANY(%s) ORDER BY object_id"
    )
    return list(Contact.objects.raw(statement, [CONTACT, ROW, list(ids)]))


def lies_there(contact: Contact) -> bool:
    return not Contact.objects.filter(pk=contact.pk).exists()


def lock(ids: Collection[int]) -> bool:
    """Whether one of them still lies there; nobody restores them until the end of the transaction."""
    units = BinUnit.objects.filter(
        pk__in=BinRow.objects.filter(model=CONTACT, role=ROW, object_id__in=ids).values("unit")
    )
    return bool(list(units.select_for_update(of=("self",)).order_by("pk")))


def same_person(ids: Collection[int]) -> list[int]:
    """Rows of the same people of which one lies in the recycle bin: neither names the other by a key now."""
    found, wave = set(ids), set(ids)
    kept = BinRow.objects.filter(model=CONTACT)
    loosened = kept.filter(role=REFERENCE, data__column="formerly_id")
    there = kept.filter(role=ROW)
    while wave:
        tied = {
            *there.filter(data__formerly_id__in=wave).values_list("object_id", flat=True),
            *loosened.filter(data__value__in=wave).values_list("object_id", flat=True),
            *loosened.filter(object_id__in=wave).values_list("data__value", flat=True),
            *there.filter(object_id__in=wave).values_list("data__formerly_id", flat=True),
        }
        wave = tied - found - {None}
        found |= wave
    return sorted(found - set(ids))


def ids(rule: About, people: Collection[int]) -> list[Any]:
    """Rows in the bin that tell of them, and rows outside that named them until they were deleted."""
    own, _way, rest = rule.path.partition("__")
    kept = BinRow.objects.filter(model=rule.model._meta.label_lower)
    if own == "pk":
        return list(kept.filter(role=ROW, object_id__in=people).values_list("object_id", flat=True))
    field = rule.model._meta.get_field(own)
    if not isinstance(field, models.ForeignKey):
        return []
    if not rest:
        there = kept.filter(role=ROW, **{f"data__{field.column}__in": list(people)})
        return [*there.values_list("object_id", flat=True), *named(rule.model, field.column, people)]
    parent = field.related_model
    column = column_of(parent, rest)
    about = BinRow.objects.filter(
        model=parent._meta.label_lower, role=ROW, **{f"data__{column}__in": list(people)}
    )
    parents = [*about.values_list("object_id", flat=True), *named(parent, column, people)]
    there = kept.filter(role=ROW, **{f"data__{field.column}__in": parents})
    outside = rule.model._base_manager.filter(**{f"{own}__in": parents})
    return [*there.values_list("object_id", flat=True), *outside.values_list("pk", flat=True)]


def named(model: type[models.Model], column: str, people: Collection[int]) -> list[int]:
    """Rows outside of the bin whose column named one of them."""
    loosened = BinRow.objects.filter(model=model._meta.label_lower, role=REFERENCE, data__column=column)
    return list(loosened.filter(data__value__in=list(people)).values_list("object_id", flat=True))


def places(people: Iterable[Contact]) -> list[str]:
    """Names of their accounts, which may lie in the bin themselves."""
    ids = list(dict.fromkeys(row.account_id for row in people))
    known = dict(BinUnit.objects.filter(account_id__in=ids).values_list("account_id", "account_name"))
    known |= dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [known[pk] for pk in ids if pk in known]
