"""A person in the recycle bin: who it is, which rows tell of them, and what named them before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.db.models import ForeignKey, ForeignObjectRel, ManyToManyField

from accounts.models import Account
from contacts.models import Contact
from core.tables import table_of
from imports.erasing.blanking import Kept, blank_kept, column_of
from imports.erasing.what import About, Place
from imports.models import BinRow, BinUnit

KEPT = Kept(BinRow, row="data", key="object_id")
CONTACT = Contact._meta.label_lower
ROW, REFERENCE = BinRow.Role.ROW, BinRow.Role.REFERENCE


def kept(model: type[models.Model], **columns: Any) -> models.QuerySet[BinRow]:
    """Rows of a table that lie there, by what stands in their columns (names of the database)."""
    wanted = {f"data__{name}": value for name, value in columns.items()}
    return BinRow.objects.filter(model=model._meta.label_lower, role=ROW, **wanted)


def rows(model: type[models.Model], ids: Collection[Any]) -> list[Any]:
    """As they were when they were deleted; they cannot be saved."""
    table = table_of(model)
    statement = (
        f"SELECT (jsonb_populate_record(NULL::{table}, data)).* FROM imports_binrow"  # noqa: S608
        " WHERE model = %s AND role = %s AND object_id = ANY(%s) ORDER BY object_id"
    )
    wanted = [model._meta.label_lower, ROW, [int(one) for one in ids]]
    return list(model._base_manager.raw(statement, wanted)) if ids else []


def here_and_there(model: type[models.Model], ids: Collection[Any]) -> list[Any]:
    """These rows, whether they stand in their table or lie in the bin."""
    return [*model._base_manager.filter(pk__in=ids).order_by("pk"), *rows(model, ids)]


def change(model: type[models.Model], ids: Collection[Any], values: Mapping[str, Any]) -> None:
    """Set columns of rows that lie there, for when they are restored."""
    blank_kept(KEPT, model, (column_of(model, "pk"), ids), (), values)


def contacts(ids: Collection[int]) -> list[Contact]:
    return rows(Contact, ids)


def lock(ids: Collection[int]) -> bool:
    """Whether one of them still lies there; nobody restores them until the end of the transaction."""
    units = BinUnit.objects.filter(pk__in=kept(Contact).filter(object_id__in=ids).values("unit"))
    return bool(list(units.select_for_update(of=("self",)).order_by("pk")))


def same_person(ids: Collection[int]) -> list[int]:
    """Rows of the same people of which one lies in the recycle bin: neither names the other by a key now."""
    found, wave = set(ids), set(ids)
    loosened = BinRow.objects.filter(model=CONTACT, role=REFERENCE, data__column="formerly_id")
    there = kept(Contact)
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
    if own == "pk":
        return list(kept(rule.model).filter(object_id__in=people).values_list("object_id", flat=True))
    field = rule.model._meta.get_field(own)
    if isinstance(field, ForeignKey):
        return _by_key(rule.model, field, rest, list(people))
    through, mine, theirs = _between(field, rest)
    tied = kept(through, **{f"{theirs}__in": list(people)})
    return sorted(set(tied.values_list(f"data__{mine}", flat=True)))


def _by_key(
    model: type[models.Model], field: ForeignKey[Any, Any], rest: str, people: list[int]
) -> list[Any]:
    """``rest``: the column by which what the key leads to names them; empty where the key itself does."""
    if not rest:
        there = kept(model, **{f"{field.column}__in": people})
        return [*there.values_list("object_id", flat=True), *named(model, field.column, people)]
    parent = field.related_model
    column = column_of(parent, rest)
    about = kept(parent, **{f"{column}__in": people})
    parents = [*about.values_list("object_id", flat=True), *named(parent, column, people)]
    there = kept(model, **{f"{field.column}__in": parents})
    outside = model._base_manager.filter(**{f"{field.name}__in": parents})
    return [*there.values_list("object_id", flat=True), *outside.values_list("pk", flat=True)]


def _between(field: Any, rest: str) -> tuple[type[models.Model], str, str]:
    """The table between a row and a contact, and its columns for the one and the other."""
    if isinstance(field, ManyToManyField):
        through: Any = field.remote_field.through
        return through, field.m2m_column_name(), field.m2m_reverse_name()
    assert isinstance(field, ForeignObjectRel), field  # noqa: S101 - there is no other way between rows
    between: Any = field.related_model
    return between, column_of(between, field.field.name), column_of(between, rest)


def named(model: type[models.Model], column: str, people: Collection[int]) -> list[int]:
    """Rows outside of the bin whose column named one of them."""
    loosened = BinRow.objects.filter(model=model._meta.label_lower, role=REFERENCE, data__column=column)
    return list(loosened.filter(data__value__in=list(people)).values_list("object_id", flat=True))


def at(place: Place, accounts: Collection[int]) -> models.QuerySet[BinRow]:
    """What lies there of a place's words at these accounts."""
    own, _way, rest = place.path.partition("__")
    if own == "pk":
        return kept(place.model).filter(object_id__in=accounts)
    if not rest:
        return kept(place.model, **{f"{column_of(place.model, own)}__in": list(accounts)})
    parent: Any = place.model._meta.get_field(own).related_model
    parents = kept(parent, **{f"{column_of(parent, rest)}__in": list(accounts)})
    found = list(parents.values_list("object_id", flat=True))
    return kept(place.model, **{f"{column_of(place.model, own)}__in": found})


def account_names(ids: Collection[int]) -> list[str]:
    """Names of accounts, which may lie in the bin themselves."""
    known = dict(BinUnit.objects.filter(account_id__in=ids).values_list("account_id", "account_name"))
    known |= dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [known[pk] for pk in ids if pk in known]
