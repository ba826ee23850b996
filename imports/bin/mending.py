"""What the rows of a unit name and is gone by now, values that others have taken, and who named them.

Before they come back everything happens on the kept JSON, in the transaction that restores. What cannot be
mended without asking (the account itself is gone, its number belongs to another one) is for
``imports.bin.obstacles``.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

from django.apps import apps
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _

from core.tables import quoted
from correspondence.models import Exclusion, Recipient
from imports.bin import taken
from imports.bin.kept import REFERENCE, ROW, Key, models_of, names, run
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
        taken.give_up(unit, model)
    if Recipient in models:
        _missed_their_turn(unit)
    lost = 0
    while dropped := sum(_mend_keys(unit, model) for model in models):
        lost += dropped  # what hung on these goes in the next round
    return lost


def _mend_keys(unit: BinUnit, model: type[Model]) -> int:
    """Empty columns that name somebody gone; drop rows that cannot be without them, or are there already."""
    dropped = taken.drop_twins(unit, model)
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


def name_again(unit: BinUnit) -> None:
    """Columns outside that named rows of the unit, where they name nobody now and the place is free."""
    pairs = unit.rows.filter(role=REFERENCE).values_list("model", "data__column").distinct()
    for label, name in list(pairs):
        model = apps.get_model(label)
        (table, key), column = names(model), quoted(name)
        again = f"to_jsonb(r) || jsonb_build_object('{name}', (b.data->>'value')::bigint)"
        free = "".join(
            f" AND NOT {taken.same_elsewhere(model, unique, data=again, own=f'r.{key}')}"
            for unique in taken.uniques(model)
            if name in unique.columns
        )
        run(
            f"UPDATE {table} r SET {column} = (b.data->>'value')::bigint FROM imports_binrow b"
            " WHERE b.unit_id = %s AND b.role = %s AND b.model = %s AND b.data->>'column' = %s"
            f" AND r.{key} = b.object_id AND r.{column} IS NULL{free}",
            [unit.pk, REFERENCE, label, name],
        )
