"""Before a unit comes back: what its rows name and is gone by now, and values that others have taken.

Everything happens on the kept JSON, in the transaction that restores. What cannot be mended without asking
(the account itself is gone, its number belongs to another one) is for ``imports.bin.obstacles``.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Field, ForeignKey, Model, UniqueConstraint
from django.utils.translation import gettext as _

from contacts.models import Contact
from correspondence.models import Exclusion, Recipient
from imports.bin.kept import ROW, Key, models_of, named, names, run
from imports.models import BinUnit

NUMBER = "external_id"

MISSING = """
    b.unit_id = %(unit)s AND b.role = %(role)s AND b.model = %(model)s AND b.data->>%(column)s IS NOT NULL
    AND NOT EXISTS (SELECT FROM {table} t WHERE t.{key}::text = b.data->>%(column)s)
    AND NOT EXISTS (
        SELECT FROM imports_binrow o WHERE o.unit_id = b.unit_id AND o.role = b.role
            AND o.model = %(target)s AND o.object_id::text = b.data->>%(column)s
    )
"""
EMPTY = "UPDATE imports_binrow b SET data = jsonb_set(b.data, ARRAY[%(column)s], 'null') WHERE {where}"
DROP = "DELETE FROM imports_binrow b WHERE {where}"


def mend(unit: BinUnit) -> int:
    """Returns how many rows cannot come back, because what they hung on is gone for good."""
    models = models_of(unit)
    for model in models:
        _free_values(unit, model)
    if Contact in models:
        _one_main_contact(unit)
    if Recipient in models:
        _missed_their_turn(unit)
    lost = 0
    while dropped := sum(_mend_keys(unit, model) for model in models):
        lost += dropped  # what hung on these goes in the next round
    return lost


def _mend_keys(unit: BinUnit, model: type[Model]) -> int:
    """Empty columns that name somebody gone; drop rows that cannot be without them, or are there already."""
    dropped = sum(_drop_twins(unit, model, fields) for fields in _unique_sets(model))
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey):
            continue
        where = _missing(field)
        values = {
            "unit": unit.pk,
            "role": ROW,
            "model": model._meta.label_lower,
            "column": field.column,
            "target": field.related_model._meta.label_lower,
        }
        if field.null:
            run(EMPTY.format(where=where), values)
        else:
            dropped += run(DROP.format(where=where), values)
    return dropped


def _missing(field: Key) -> str:
    table, key = names(field.related_model)
    return MISSING.format(table=table, key=key)


def _unique_sets(model: type[Model]) -> Iterator[tuple[Field, ...]]:
    """Columns that are unique together, whatever the row; those with a condition are looked after by name."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None and constraint.fields:
            yield tuple(model._meta.get_field(name) for name in constraint.fields)  # type: ignore[misc]


def _drop_twins(unit: BinUnit, model: type[Model], fields: tuple[Field, ...]) -> int:
    """A row that says the same was made since: that one stands."""
    table, key = names(model)
    same = " AND ".join(f"t.{named(field.column)}::text = b.data->>'{field.column}'" for field in fields)
    return run(
        "DELETE FROM imports_binrow b WHERE b.unit_id = %s AND b.role = %s AND b.model = %s"
        f" AND EXISTS (SELECT FROM {table} t WHERE {same} AND t.{key} <> b.object_id)",
        [unit.pk, ROW, model._meta.label_lower],
    )


def _free_values(unit: BinUnit, model: type[Model]) -> None:
    """A value that must be unique and is taken by now is given up where it may be empty.

    Numbers of the customer file are asked about before (``obstacles``); what is left are tokens of forms
    and the origins of drafts, which only keep a thing from being made twice.
    """
    table, key = names(model)
    for field in model._meta.concrete_fields:
        if field.unique and field.null and not field.primary_key:
            column = named(field.column)
            run(
                "UPDATE imports_binrow b SET data = jsonb_set(b.data, ARRAY[%s], 'null')"
                " WHERE b.unit_id = %s AND b.role = %s AND b.model = %s AND EXISTS ("
                f" SELECT FROM {table} t WHERE t.{column}::text = b.data->>%s AND t.{key} <> b.object_id)",
                [field.column, unit.pk, ROW, model._meta.label_lower, field.column],
            )


def _one_main_contact(unit: BinUnit) -> None:
    """Somebody else is called first by now: that stays so."""
    run(
        "UPDATE imports_binrow b SET data = jsonb_set(b.data, ARRAY['is_main'], 'false')"
        " WHERE b.unit_id = %s AND b.role = %s AND b.model = %s AND EXISTS ("
        " SELECT FROM contacts_contact t WHERE t.account_id::text = b.data->>'account_id' AND t.is_main"
        " AND t.left_on IS NULL)",
        [unit.pk, ROW, Contact._meta.label_lower],
    )


def _missed_their_turn(unit: BinUnit) -> None:
    """A mailing has gone past them meanwhile: they were left out, and do not wait for ever."""
    words = _("Lay in the recycle bin when its turn came.")
    run(
        "UPDATE imports_binrow b"
        " SET data = b.data || jsonb_build_object('excluded', %s::text, 'reason', %s::text)"
        " FROM correspondence_mailing m"
        " WHERE b.unit_id = %s AND b.role = %s AND b.model = %s AND m.id = (b.data->>'mailing_id')::bigint"
        " AND b.data->>'place' IS NOT NULL AND b.data->>'piece_id' IS NULL AND b.data->>'excluded' = ''"
        " AND (m.state = 'done' OR m.state = 'running' AND m.rows_left = 0)",
        [Exclusion.LEFT, words, unit.pk, ROW, Recipient._meta.label_lower],
    )
