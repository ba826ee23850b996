"""Querysets whose statement is written once per process, not once per page.

Django writes the SQL of a queryset anew each time it is asked. For the large ones of a page that is open all
day this takes as long as everything that PostgreSQL does for it.

    @written_once
    def open_at(account: Account, today: date) -> QuerySet[Touchpoint]: ...

is called with stand-ins, twice with different ones: what differs between the two statements is a value of an
argument, all else is the statement. So whatever the queryset goes by must be an argument. Numbers, days and
rows (by their key) are values; everything else, and the ``rights`` of a user, chooses among statements. Where
the settings say so (those of the tests) every call is compared with what Django writes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import get_language

P = ParamSpec("P")
M = TypeVar("M", bound=Model)

STAND_INS = 1_987_654_321, 2_034_567_891
FIRST_DAYS = date(1811, 3, 13), date(1864, 11, 28)  # nothing of a calendar is the same of both
KEYS = range(-(2**63), 2**63)  # what an id can be


def _value(given: Any) -> Any:
    """What of an argument goes into the statement as a value; None where it is part of its shape."""
    if isinstance(given, Model):
        return given.pk
    is_value = isinstance(given, int | date) and not isinstance(given, bool | datetime)
    return given if is_value else None


def _shape(given: Any) -> Hashable:
    value = _value(given)
    if value is None:
        return given
    return type(given), getattr(given, "rights", ())


def _stand_in(given: Any, place: int, which: int) -> Any:
    """Nothing that occurs otherwise; two days lie apart as no other pair of them does."""
    if isinstance(given, Model):
        row = copy(given)
        row.pk = STAND_INS[which] + place
        return row
    if isinstance(given, date):
        return FIRST_DAYS[which] + timedelta(days=1_000 * place * (which + 1))
    return given if _value(given) is None else STAND_INS[which] + place


@dataclass(frozen=True)
class _Place:
    """A value of the statement: of which argument, and how many days after it."""

    argument: int
    later: timedelta | None = None

    def of(self, values: Sequence[Any]) -> Any:
        value = values[self.argument]
        return value + self.later if self.later else value


@dataclass(frozen=True)
class _Statement(Generic[M]):
    rows: QuerySet[M]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]

    def params_for(self, values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(each.of(values) if isinstance(each, _Place) else each for each in self.params)

    def fetch(self, values: Sequence[Any]) -> list[M]:
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        written = self.sql, self.params_for(values)
        compiler.as_sql = lambda *_how, **_more: written  # type: ignore[method-assign]
        rows = self.rows._chain()  # type: ignore[attr-defined]
        rows.query.get_compiler = lambda *_where, **_how: compiler
        return list(rows)


@dataclass
class WrittenOnce(Generic[P, M]):
    """See :func:`written_once`."""

    build: Callable[P, QuerySet[M]]
    known: dict[Hashable, _Statement[M] | None] = field(default_factory=dict)

    def __call__(self, *given: P.args, **more: P.kwargs) -> list[M]:
        """The rows. Raises TypeError where the statement cannot be written in advance."""
        everything = [*given, *more.values()]
        key = (tuple(map(_shape, everything)), tuple(more), get_language())
        if key not in self.known:
            self.known[key] = self._write(len(given), everything, list(more))
        statement = self.known[key]
        values = [_value(each) for each in everything]
        if any(isinstance(value, int) and value not in KEYS for value in values):
            return list(self.build(*given, **more))  # Django knows that nothing has such an id
        if settings.STATEMENTS_ARE_COMPARED:
            self._compare(statement, values, self.build(*given, **more))
        return [] if statement is None else statement.fetch(values)

    def _write(self, count: int, given: list[Any], names: list[str]) -> _Statement[M] | None:
        stand_ins = [[_stand_in(each, place, which) for place, each in enumerate(given)] for which in (0, 1)]
        one, other = (
            self.build(*row[:count], **dict(zip(names, row[count:], strict=True))) for row in stand_ins
        )
        written, rewritten = _written(one), _written(other)
        if written is None or rewritten is None:
            return None
        (compiler, sql, first), (_same, again, second) = written, rewritten
        if sql != again:
            raise TypeError(f"{self.build.__name__}: an argument is part of the statement's text.")
        values = [[_value(each) for each in row] for row in stand_ins]
        params = tuple(self._place(a, b, *values) for a, b in zip(first, second, strict=True))
        return _Statement(one, compiler, sql, params)

    def _place(self, one: Any, other: Any, ones: list[Any], others: list[Any]) -> Any:
        """A value that stays, or the argument that it comes from."""
        if type(one) is type(other) and one == other:
            return one
        for number, (first, second) in enumerate(zip(ones, others, strict=True)):
            if (one, other) == (first, second):
                return _Place(number)
            if type(one) is type(first) is date and one - first == other - second:
                return _Place(number, one - first)
        raise TypeError(f"{self.build.__name__}: how {one!r} follows from an argument is not known.")

    def _compare(self, statement: _Statement[M] | None, values: list[Any], rows: QuerySet[M]) -> None:
        fresh = _written(rows)
        kept = statement and (statement.sql, statement.params_for(values))
        if kept != (fresh and (fresh[1], fresh[2])):
            raise AssertionError(f"{self.build.__name__} goes by something that is none of its arguments.")


def _written(rows: QuerySet[Any]) -> tuple[SQLCompiler, str, tuple[Any, ...]] | None:
    """None where nothing can be found, and Django does not ask."""
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    return compiler, sql, tuple(params)


def written_once(build: Callable[P, QuerySet[M]]) -> WrittenOnce[P, M]:
    """For functions that make a queryset of nothing but their arguments; calling it gives the rows."""
    made = WrittenOnce(build)
    update_wrapper(made, build)
    return made
