"""What a deletion did to touchpoints and meetings of its account, so that restoring it undoes that, too.

A deleted log no longer closes what it had closed, a deleted purchase ends its 1-2-1 track. What became of
those rows is kept as before and after; where a row still is as the deletion left it, it becomes what it was.
Where people or nights went on since, it stays, and the engine decides by the facts.
"""

from __future__ import annotations

from django.db.models import Model

from cadences.models import Appointment, Touchpoint
from core import rows
from core.tables import quoted, table_of
from imports.bin import taken
from imports.bin.kept import FOLLOWED, REFERENCE, run
from imports.models import BinUnit

FOLLOWING: tuple[type[Model], ...] = (Touchpoint, Appointment)

BEFORE = """
INSERT INTO imports_binrow (unit_id, role, model, object_id, file, data)
SELECT %(unit)s, %(role)s, %(model)s, t.id, '', jsonb_build_object('before', to_jsonb(t))
FROM {table} t WHERE t.account_id = %(account)s
"""
AFTER = """
UPDATE imports_binrow b SET data = b.data || jsonb_build_object('after', to_jsonb(t))
FROM {table} t
WHERE b.unit_id = %(unit)s AND b.role = %(role)s AND b.model = %(model)s AND t.id = b.object_id
"""
ADDED = """
INSERT INTO imports_binrow (unit_id, role, model, object_id, file, data)
SELECT %(unit)s, %(role)s, %(model)s, t.id, '', jsonb_build_object('after', to_jsonb(t))
FROM {table} t WHERE t.account_id = %(account)s AND NOT EXISTS (
    SELECT FROM imports_binrow b
    WHERE b.unit_id = %(unit)s AND b.role = %(role)s AND b.model = %(model)s AND b.object_id = t.id
)
"""
UNCHANGED = """
DELETE FROM imports_binrow b
WHERE b.unit_id = %(unit)s AND b.role = %(role)s AND b.model = %(model)s
    AND b.data->'before' = b.data->'after'
"""
# A row that the deletion opened again is not tied to its log alone: it is closed as it was, or it has gone on
# without it.
LOOSE_ENDS = """
DELETE FROM imports_binrow r USING imports_binrow b
WHERE r.unit_id = %(unit)s AND r.role = %(reference)s AND r.model = %(model)s
    AND r.data->>'column' IN ('interaction_id', 'made_by_id')
    AND b.unit_id = r.unit_id AND b.role = %(role)s AND b.model = r.model AND b.object_id = r.object_id
"""
STANDS = """
    b.unit_id = %(unit)s AND b.role = %(role)s AND b.model = %(model)s AND t.id = b.object_id
    AND to_jsonb(t) = b.data->'after'
"""
AWAY = "DELETE FROM {table} t USING imports_binrow b WHERE {stands} AND NOT b.data ? 'before'"
AS_BEFORE = """
UPDATE {table} t SET ({columns}) = (
    SELECT {columns} FROM jsonb_populate_record(NULL::{table}, b.data->'before')
)
FROM imports_binrow b WHERE {stands} AND b.data ? 'before'{free}
"""
GONE = """
SELECT b.data->'before' FROM imports_binrow b WHERE b.unit_id = %s AND b.role = %s AND b.model = %s
    AND b.data ? 'before' AND NOT b.data ? 'after'
"""
BEFORE_OF = "(b.data->'before')"


def _run(statement: str, unit: BinUnit, model: type[Model]) -> None:
    columns = ", ".join(quoted(field.column) for field in model._meta.concrete_fields)
    values = {
        "unit": unit.pk,
        "role": FOLLOWED,
        "model": model._meta.label_lower,
        "account": unit.account_id,
        "reference": REFERENCE,
    }
    run(statement.format(table=table_of(model), columns=columns, stands=STANDS, free=_free(model)), values)


def _free(model: type[Model]) -> str:
    """Only where nothing stands by now in the place that the row had."""
    return "".join(
        f" AND NOT {taken.same_elsewhere(model, unique, data=BEFORE_OF)}" for unique in taken.uniques(model)
    )


def note_before(unit: BinUnit) -> None:
    for model in FOLLOWING:
        _run(BEFORE, unit, model)


def note_after(unit: BinUnit) -> None:
    """Keep only what has changed since :func:`note_before`."""
    for model in FOLLOWING:
        for statement in (AFTER, ADDED, UNCHANGED, LOOSE_ENDS):
            _run(statement, unit, model)


def put_back(unit: BinUnit) -> None:
    """Rows that the deletion added go, rows that it changed are as they were."""
    for model in reversed(FOLLOWING):  # a meeting lets go of the touchpoint that was made for it
        _run(AWAY, unit, model)
        _run(AS_BEFORE, unit, model)
        rows.put_back_from(model, GONE + _free(model), [unit.pk, FOLLOWED, model._meta.label_lower])
