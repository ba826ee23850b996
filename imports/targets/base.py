"""The shape of a target: clean a row, judge all rows in SQL, move them in SQL."""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any, ClassVar

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from imports import cells, fields, policy, staging
from imports.cleaners import FileHabits
from imports.errors import RefusedError
from imports.mapping import Mapping
from imports.reading import Row, inert
from imports.undo import journal

Values = dict[str, Any]


class Target:
    """One kind of file. ``values`` are keyed by stage column; ``extra`` are columns of the stage that no
    field has, ``derived`` columns of fields that :meth:`finish` fills even where the file maps none."""

    kind: ClassVar[str]
    key_field: ClassVar[str]
    extra: ClassVar[tuple[tuple[str, str], ...]] = ()
    derived: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[dict[str, str]] = {}
    """What samples of changes compare: stage column to SQL of the present value (see ``joined``)."""
    joined: ClassVar[str] = ""
    called: str = "s.key"
    """What samples call a row: SQL."""
    named: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Which fields of the file make a column of the record, where they are not called like it."""

    def __init__(self, mapping: Mapping, header: tuple[str, ...], habits: FileHabits, as_of: date) -> None:
        self.mapping = mapping
        self.options = mapping.options
        self.habits = {key: habits.of(key) for key in mapping.columns}
        self.as_of = as_of
        known = fields.of(self.kind)
        self.policies = mapping.options.policies
        self.needed = mapping.needed
        self.plan = [(header.index(column), known[key]) for key, column in mapping.columns.items()]
        self.notes: list[str] = []
        self.strangers: list[dict[str, Any]] = []
        self.made: dict[str, int] = {}

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Every column of the stage, mapped or not."""
        return [(field.column, field.sql) for field in fields.OF_KIND[self.kind]] + list(self.extra)

    @property
    def filled(self) -> list[str]:
        """The columns that rows of this file fill."""
        mapped = [field.column for _index, field in self.plan]
        return mapped + [name for name in (*self.derived, *dict(self.extra)) if name not in mapped]

    def clean(self, row: Row) -> Values:
        """Typed values of the row. Raises RefusedError with the first wrong field and every reason."""
        if row.fault:
            raise RefusedError(row.fault)
        values: Values = {}
        faults: list[tuple[fields.Field, str]] = []
        for index, field in self.plan:
            cell = cells.value(inert(row.cells[index]))
            if cell is None:
                if field.key in self.needed:
                    faults.append((field, _("Empty, but needed.")))
                continue
            try:
                cells.refuse_broken(cell)
                values[field.column] = field.clean(cell, self.habits[field.key])
            except RefusedError as refused:
                faults.append((field, refused.reason))
        if faults:
            raise RefusedError(_joined(faults), faults[0][0].key)
        self.finish(values)
        return values

    def finish(self, values: Values) -> None:
        """What follows from several cells together."""

    def key(self, values: Values) -> str | None:
        """What tells this row's record from others; two rows of one file may not share it."""
        found = values.get(self.key_field.replace(".", "_"))
        return None if found is None else str(found)

    def bare_key(self, row: Row) -> str | None:
        """The key of a row that is refused: another row with it is then refused too."""
        values: Values = {}
        for index, field in self.plan:
            if index < len(row.cells) and (cell := cells.value(inert(row.cells[index]))):
                with suppress(RefusedError):
                    cell = field.clean(cell, self.habits[field.key])
                values[field.column] = cell
        return self.key(values)

    def judge(self, cursor: CursorWrapper) -> None:
        """Fill ``judged``: per good row its status, the records it meets, or the reason to refuse it."""
        raise NotImplementedError

    def apply(self, cursor: CursorWrapper) -> None:
        """Insert and update what was judged new or changed, and fill ``touched``.

        Everything is inserted by :meth:`insert`; what is changed or deleted is watched before
        (:func:`imports.undo.journal.watch`), so that the import can be taken back.
        """
        raise NotImplementedError

    def governed(self, alias: str, columns: dict[str, str], prefix: str) -> dict[str, str]:
        """The columns that this file may change, as its policies say. ``prefix``: of the fields' keys."""
        named = {name: (f"{prefix}.{name.removesuffix('_e164')}",) for name in columns} | self.named
        return policy.governed(alias, columns, self.policies, named)

    def leave_out(self, cursor: CursorWrapper) -> int:
        """Forget rows that the file is not to bring: new ones, or changes of old ones; returns how many."""
        unwanted = {policy.CREATE: "changed", policy.UPDATE: "new"}.get(self.options.mode)
        if unwanted is None:
            return 0
        cursor.execute("DELETE FROM judged WHERE status = %s", [unwanted])
        return int(cursor.rowcount)

    def samples(self, cursor: CursorWrapper, limit: int = 5) -> list[dict[str, Any]]:
        """The first new and changed rows: line, key, status, and per field the value before and after."""
        found: list[dict[str, Any]] = []
        names = [name for name in self.shown if any(name == column for column in self.filled)]
        labels = {field.column: str(field.label) for field in fields.OF_KIND[self.kind]}
        pairs = ", ".join(f"({self.shown[name]})::text, s.{name}::text" for name in names)
        for status in ("new", "changed"):
            cursor.execute(
                f"SELECT s.row, {self.called}, {pairs or 'NULL, NULL'} "
                f"FROM stage s JOIN judged j USING (row) {self.joined} "
                "WHERE j.status = %s ORDER BY s.row LIMIT %s",
                [status, limit],
            )
            for line, key, *values in cursor.fetchall():
                before_after = zip(names, values[::2], values[1::2], strict=False)
                changes = [
                    {"field": labels.get(name, name), "before": before or "", "after": after}
                    for name, before, after in before_after
                    if after is not None and (status == "new" or self._replaces(name, before or "", after))
                ]
                found.append({"row": line, "key": readable(key), "status": status, "changes": changes})
        return found

    def _replaces(self, name: str, before: str, after: str) -> bool:
        """Whether a sample of a change shows this value of the stage."""
        column = name.split("_", 1)[1]
        keys = self.named.get(column) or self.named.get(f"{column}_id") or (name.replace("_", ".", 1),)
        rule = policy.policy_of(keys, self.policies)
        return (
            before != after and rule != policy.NEVER and not (rule == policy.FILL and before not in ("", "0"))
        )

    def refuse_twice(self) -> tuple[str, str, str]:
        """The fault of two rows for one key; the query joins ``twice t`` and passes ``twice``."""
        return (
            "t.key IS NOT NULL",
            f"'{self.key_field}'",
            "format(%(twice)s, t.lines, translate(s.key, chr(31), ' '))",
        )

    def words(self) -> dict[str, str]:
        """Reasons that SQL completes by ``format``."""
        return {
            "twice": _("Lines %s of this file have the same key “%s”. Keep one of them."),
            "no_user": _("No user has the id or e-mail “%s”. Import users first, or correct it."),
            "no_contact": _(
                "No contact of this account has the e-mail, id or name “%s”. "
                "Import contacts first, correct it, or leave it empty."
            ),
            "no_account": _("No account has the id “%s”. Import accounts first, or correct it."),
        }

    def execute(self, cursor: CursorWrapper, sql: str, **params: Any) -> None:
        cursor.execute(sql, self.words() | {"as_of": self.as_of} | params)

    def insert(self, cursor: CursorWrapper, model: Any, given: dict[str, str], source: str) -> int:
        """Insert what ``source`` selects, and note it for who takes it back; returns how many rows."""
        sql, params = staging.insert_select(model, given, source)
        cursor.execute(journal.inserting(model, sql), params)
        return int(cursor.rowcount)


def _joined(faults: list[tuple[fields.Field, str]]) -> str:
    first = faults[0][1]
    others = [f"{field.label}: {reason}" for field, reason in faults[1:3]]
    return " ".join([first, *others])


def readable(key: str | None) -> str:
    """A key of two parts, for people."""
    return (key or "").replace("\x1f", " ")
