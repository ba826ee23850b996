"""What a deletion did to the touchpoints of its account, so that restoring it undoes that, too.

A deleted log no longer closes what it had closed, a deleted purchase ends its 1-2-1 track. What became of
those touchpoints is kept as before and after; where the row still is as the deletion left it, it becomes
what it was. Where people or nights went on since, it stays, and the engine decides by the facts.
"""

from __future__ import annotations

from cadences.models import Touchpoint
from core import rows
from imports.bin.kept import FOLLOWED, REFERENCE, named, run
from imports.models import BinUnit

LABEL = Touchpoint._meta.label_lower

BEFORE = """
INSERT INTO imports_binrow (unit_id, role, model, object_id, file, data)
SELECT %(unit)s, %(role)s, %(model)s, t.id, '', jsonb_build_object('before', to_jsonb(t))
FROM cadences_touchpoint t WHERE t.account_id = %(account)s
"""
AFTER = """
UPDATE imports_binrow b SET data = b.data || jsonb_build_object('after', to_jsonb(t))
FROM cadences_touchpoint t
WHERE b.unit_id = %(unit)s AND b.role = %(role)s AND t.id = b.object_id
"""
ADDED = """
INSERT INTO imports_binrow (unit_id, role, model, object_id, file, data)
SELECT %(unit)s, %(role)s, %(model)s, t.id, '', jsonb_build_object('after', to_jsonb(t))
FROM cadences_touchpoint t WHERE t.account_id = %(account)s AND NOT EXISTS (
    SELECT FROM imports_binrow b WHERE b.unit_id = %(unit)s AND b.role = %(role)s AND b.object_id = t.id
)
"""
UNCHANGED = """
DELETE FROM imports_binrow
WHERE unit_id = %(unit)s AND role = %(role)s AND data->'before' = data->'after'
"""
# A touchpoint that was opened again by the deletion is not tied to its log alone: it is closed as it was, or
# it has gone on without it.
LOOSE_ENDS = """
DELETE FROM imports_binrow r USING imports_binrow b
WHERE r.unit_id = %(unit)s AND r.role = %(reference)s AND r.model = %(model)s
    AND r.data->>'column' IN ('interaction_id', 'made_by_id')
    AND b.unit_id = r.unit_id AND b.role = %(role)s AND b.object_id = r.object_id
"""

STANDS = """
    b.unit_id = %(unit)s AND b.role = %(role)s AND t.id = b.object_id AND to_jsonb(t) = b.data->'after'
"""


def _values(unit: BinUnit) -> dict[str, object]:
    return {
        "unit": unit.pk,
        "role": FOLLOWED,
        "model": LABEL,
        "account": unit.account_id,
        "reference": REFERENCE,
    }


def note_before(unit: BinUnit) -> None:
    run(BEFORE, _values(unit))


def note_after(unit: BinUnit) -> None:
    """Keep only what has changed since :func:`note_before`."""
    for statement in (AFTER, ADDED, UNCHANGED, LOOSE_ENDS):
        run(statement, _values(unit))


def put_back(unit: BinUnit) -> None:
    """Rows that the deletion added go, rows that it changed are as they were."""
    run(_AWAY_ADDED, _values(unit))
    run(_AS_BEFORE, _values(unit))
    source = (
        "SELECT data->'before' FROM imports_binrow"
        " WHERE unit_id = %s AND role = %s AND data ? 'before' AND NOT data ? 'after'"
    )
    rows.put_back_from(Touchpoint, source, [unit.pk, FOLLOWED])


_COLUMNS = ", ".join(named(field.column) for field in Touchpoint._meta.concrete_fields)
_AWAY_ADDED = f"""
DELETE FROM cadences_touchpoint t USING imports_binrow b WHERE {STANDS} AND NOT b.data ? 'before'
"""  # noqa: S608 - our own words
_AS_BEFORE = f"""
UPDATE cadences_touchpoint t SET ({_COLUMNS}) = (
    SELECT {_COLUMNS} FROM jsonb_populate_record(NULL::cadences_touchpoint, b.data->'before')
)
FROM imports_binrow b WHERE {STANDS} AND b.data ? 'before'
"""  # noqa: S608 - our own words
