"""Statements that the database plans once per connection instead of once per page.

A page that joins thirty tables in one statement spends more time on its plan than on its rows. Inside
``with prepared.kept():`` every SELECT is prepared under its text (``PREPARE``) and executed by name;
PostgreSQL itself goes on planning it for its values as long as that pays. To be used around statements of
few shapes: what is written for each request anew would only fill the memory of the server.

Needs a connection of its own, or a pool in session mode (docs/operations.md).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

MOST = 200
"""Per connection; whatever comes after them is planned as always."""

PLACE = re.compile(r"%(?:\((\w+)\))?([s%])")
TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "bigint"),
    (Decimal, "numeric"),
    (datetime.datetime, "timestamptz"),
    (datetime.date, "date"),
)
INTEGERS = range(-(2**31), 2**31)

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


@contextmanager
def kept() -> Iterator[None]:
    """SELECTs of this block are planned once per connection."""
    with connection.execute_wrapper(_execute):
        yield


def _execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if many or not params or not sql.lstrip().startswith("SELECT"):
        return execute(sql, params, many, context)
    text, values = _numbered(sql, params)
    types = ", ".join(map(_type_of, values))
    name = "kept_" + sha256(f"{types}|{text}".encode()).hexdigest()[:32]
    names = _known.setdefault(context["connection"].connection, set())
    if name not in names:
        if len(names) >= MOST:
            return execute(sql, params, many, context)
        execute(f"PREPARE {name} ({types}) AS {text}", None, False, context)
        names.add(name)
    return execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values, False, context)


def _numbered(sql: str, params: Mapping[str, Any] | Sequence[Any]) -> tuple[str, list[Any]]:
    """The statement with ``$1, $2 …`` and the values in that order; a name that comes again is one value."""
    values: list[Any] = []
    numbers: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        name, kind = found.groups()
        if kind == "%":
            return "%"
        if name not in numbers:
            values.append(params[name] if isinstance(params, Mapping) else params[len(values)])
            if name is None:
                return f"${len(values)}"
            numbers[name] = len(values)
        return f"${numbers[name]}"

    return PLACE.sub(place, sql), values


def _type_of(value: Any) -> str:
    """The type that the driver's literal would have; of texts and lists the statement says it."""
    if type(value) is int and value in INTEGERS:
        return "integer"
    return next((name for kind, name in TYPES if isinstance(value, kind)), "unknown")
