"""Values that must be unique, and that somebody else has by the time a unit is restored.

Every unique key of every table is met: a row that says the same was made since and stands, or a value that
may be empty is given up. Numbers of the customer file are asked about before (``imports.bin.obstacles``). A
key with a condition that is not named here fails a test.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.db import connection
from django.db.models import Model, UniqueConstraint

from core.tables import key_of, quoted, table_of
from imports.bin.kept import ROW, run
from imports.models import BinUnit


class Rule(Enum):
    TWIN = "the row that was made since stands, this one does not come back"
    GIVEN_UP = "the row comes back without the value"


@dataclass(frozen=True)
class Unique:
    """``columns`` in the database; ``condition``: SQL on a row, or empty.

    ``given_up``: the column that becomes ``value``, as JSON.
    """

    columns: tuple[str, ...]
    rule: Rule
    condition: str = ""
    given_up: str = ""
    value: str = "null"


CONDITIONAL: dict[str, tuple[Rule, str, str]] = {
    # somebody else is called first by now: that stays so
    "contact_one_main": (Rule.GIVEN_UP, "is_main", "false"),
    # a colleague of theirs was asked about the purchase since; that they were asked, too, comes back
    "asked_once_per_purchase": (Rule.GIVEN_UP, "purchase_id", "null"),
    "appointment_one_for_a_touchpoint": (Rule.GIVEN_UP, "touchpoint_id", "null"),
    "printline_once_on_paper": (Rule.TWIN, "", "null"),
    "campaign_one_running": (Rule.TWIN, "", "null"),
}
"""What becomes of a row whose unique key holds under a condition: rule, column and its value."""

CONDITIONS = """
SELECT c.relname, pg_get_expr(i.indpred, i.indrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND i.indisunique AND i.indpred IS NOT NULL
"""
SAME = """
EXISTS (
    SELECT FROM (SELECT * FROM jsonb_populate_record(NULL::{table}, {data}) {where}) ours
    JOIN (SELECT * FROM {table} {where}) theirs ON {same}
    WHERE theirs.{key} <> {own}
)
"""


def uniques(model: type[Model]) -> Iterator[Unique]:
    """Every unique key of a model but its primary one."""
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key:
            column = str(field.column)
            yield Unique((column,), Rule.GIVEN_UP if field.null else Rule.TWIN, given_up=column)
    for names in model._meta.unique_together:
        yield Unique(_columns(model, names), Rule.TWIN)
    constraints = [one for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
    conditions = _conditions(model) if any(one.condition for one in constraints) else {}
    for constraint in constraints:
        rule, column, value = CONDITIONAL.get(constraint.name, (Rule.TWIN, "", "null"))
        yield Unique(
            _columns(model, constraint.fields), rule, conditions.get(constraint.name, ""), column, value
        )


def _columns(model: type[Model], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(model._meta.get_field(name).column) for name in names)  # type: ignore[union-attr]


def _conditions(model: type[Model]) -> dict[str, str]:
    """Unique key -> its condition, in the database's words."""
    with connection.cursor() as cursor:
        cursor.execute(CONDITIONS, [table_of(model)])
        return {name: condition.replace("%", "%%") for name, condition in cursor.fetchall()}


def same_elsewhere(
    model: type[Model], unique: Unique, *, data: str = "b.data", own: str = "b.object_id"
) -> str:
    """SQL: a row of the table other than ``own`` has what the row in ``data`` would have."""
    return SAME.format(
        table=table_of(model),
        key=key_of(model),
        data=data,
        own=own,
        where=f"WHERE {unique.condition}" if unique.condition else "",
        same=" AND ".join(f"theirs.{quoted(name)} = ours.{quoted(name)}" for name in unique.columns),
    )


def give_up(unit: BinUnit, model: type[Model]) -> None:
    """Values that others have by now, where the row can be without: what is left after ``obstacles`` are
    tokens of forms and the like, which only keep a thing from being made twice.
    """
    for unique in uniques(model):
        if unique.rule is Rule.GIVEN_UP:
            run(
                "UPDATE imports_binrow b SET data = jsonb_set(b.data, ARRAY[%s], %s::jsonb)"
                " WHERE b.unit_id = %s AND b.role = %s AND b.model = %s"
                f" AND {same_elsewhere(model, unique)}",
                [unique.given_up, unique.value, *_rows(unit, model)],
            )


def drop_twins(unit: BinUnit, model: type[Model]) -> int:
    """Rows that say what another one says that was made since: that one stands."""
    return sum(
        run(
            "DELETE FROM imports_binrow b WHERE b.unit_id = %s AND b.role = %s AND b.model = %s"
            f" AND {same_elsewhere(model, unique)}",
            _rows(unit, model),
        )
        for unique in uniques(model)
        if unique.rule is Rule.TWIN
    )


def _rows(unit: BinUnit, model: type[Model]) -> list[object]:
    return [unit.pk, ROW, model._meta.label_lower]
