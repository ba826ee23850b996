"""Moving what hangs on one record to another one, a step kept for each statement (``MergeStep``)."""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import connection, models

from cadences.reassigning.noted import Noted
from core import rows as kept_rows
from core.tables import quoted
from imports.duplicates.keys import Act, Key, Model, keys_to, uniques_with
from imports.models import Merge, MergeStep

Pairs = Mapping[Any, Any]
"""Id of what goes -> id of what stays."""
Settle = Callable[["Mover", Key, Pairs], None]


class Mover:
    """Writes, and keeps for each step what takes it back. To be used inside the merge's transaction."""

    def __init__(self, merge: Merge, settle: Settle) -> None:
        self.merge = merge
        self.moved: Counter[str] = Counter()
        self._settle = settle
        self._steps: list[MergeStep] = []

    def absorb(self, model: Model, pairs: Pairs, *, kept: bool = True) -> None:
        """What hangs on the left of each pair hangs on the right afterwards; the left is gone."""
        if not pairs:
            return
        for key in keys_to(model):
            self._take_over(key, pairs)
        self.drop(model, list(pairs), kept=kept)

    def _take_over(self, key: Key, pairs: Pairs) -> None:
        rule = key.rule
        if rule.act is Act.DROP:
            field = key.field.attname
            ids = key.model._base_manager.filter(**{f"{field}__in": list(pairs)}).values_list("pk", flat=True)
            self.drop(key.model, list(ids), kept=rule.kept)
            return
        self._settle(self, key, pairs)
        for others in uniques_with(key):
            self.absorb(key.model, clashes(key, others, pairs), kept=rule.kept)
        self.move(key, pairs)

    def move(self, key: Key, pairs: Pairs) -> None:
        """Point the rows at what stays."""
        gone, stays = list(pairs), list(pairs.values())
        table, column, pk = _names(key)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} r SET {column} = m.stays "
                "FROM unnest(%s::bigint[], %s::bigint[]) m(gone, stays) "
                f"WHERE r.{column} = m.gone RETURNING r.{pk}::text, m.gone, m.stays",
                [gone, stays],
            )
            found: dict[tuple[int, int], list[str]] = defaultdict(list)
            for row, before, after in cursor.fetchall():
                found[before, after].append(row)
        moves: list[dict[str, Any]] = [
            {"from": before, "to": after, "ids": ids} for (before, after), ids in found.items()
        ]
        self._keep(MergeStep.Act.MOVED, key.model, moves, str(key.field.column))
        self.moved[key.name] += self._told(key, [pk for ids in found.values() for pk in ids])

    def _told(self, key: Key, ids: list[str]) -> int:
        """How many of them everybody may know of, who reads what was merged."""
        told = key.rule.for_everybody
        return key.model._base_manager.filter(told, pk__in=ids).count() if ids and told else len(ids)

    def drop(self, model: Model, ids: Collection[Any], *, kept: bool = True) -> None:
        """Take rows out of their table whole. What still hangs on one stops the merge at its commit."""
        if not ids:
            return
        if kept:
            self._keep(MergeStep.Act.DROPPED, model, kept_rows.keep(model, ids))
        doomed: models.QuerySet[Any] = model._base_manager.filter(pk__in=ids)
        doomed._raw_delete(doomed.db)

    def change(self, model: Model, ids: Collection[Any], **values: Any) -> None:
        """Set these values on these rows."""
        if not ids:
            return
        before = kept_rows.keep(model, ids)
        model._base_manager.filter(pk__in=ids).update(**values)
        self.note_changes(model, before)

    def note_changes(self, model: Model, before: list[kept_rows.Kept]) -> None:
        """Keep in which columns these rows differ from what they were; there is no way back without."""
        key = str(model._meta.pk.column)
        skipped = {str(f.column) for f in model._meta.concrete_fields if f.generated} | {"updated_at"}
        now = {row[key]: row for row in kept_rows.keep(model, [row[key] for row in before])}
        changes = []
        for row in before:
            after = now[row[key]]
            names = [name for name in row if name not in skipped and row[name] != after[name]]
            if names:
                changes.append(
                    {
                        "pk": row[key],
                        "before": {n: row[n] for n in names},
                        "after": {n: after[n] for n in names},
                    }
                )
        self._keep(MergeStep.Act.CHANGED, model, changes)

    def note_given(self, noted: Noted, rows: list[tuple[int, int]], to: int) -> None:
        """What a colleague has taken over, as id and whose it was; such a step has a ``column``."""
        column = str(noted.model._meta.get_field(noted.column).attname)  # type: ignore[union-attr]
        given = [{"pk": pk, "before": {column: whose}, "after": {column: to}} for pk, whose in rows]
        self._keep(MergeStep.Act.CHANGED, noted.model, given, column)

    def finish(self) -> None:
        """Write the steps in their order."""
        MergeStep.objects.bulk_create(self._steps)

    def _keep(self, act: str, model: Model, rows: list[dict[str, Any]], column: str = "") -> None:
        if rows:
            step = MergeStep(merge=self.merge, act=act, model=model._meta.label, column=column, rows=rows)
            self._steps.append(step)


def clashes(key: Key, others: tuple[str, ...], pairs: Pairs) -> dict[Any, Any]:
    """Rows that cannot stand beside one of what stays, by the other columns: theirs -> ours."""
    table, column, pk = _names(key)
    same = "".join(f" AND ours.{quoted(name)} = theirs.{quoted(name)}" for name in others)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT theirs.{pk}, ours.{pk} FROM {table} theirs "
            f"JOIN unnest(%s::bigint[], %s::bigint[]) m(gone, stays) ON theirs.{column} = m.gone "
            f"JOIN {table} ours ON ours.{column} = m.stays{same}",
            [list(pairs), list(pairs.values())],
        )
        return dict(cursor.fetchall())


def _names(key: Key) -> tuple[str, str, str]:
    meta = key.model._meta
    return quoted(meta.db_table), quoted(str(key.field.column)), quoted(str(meta.pk.column))
