"""What a file may do to records that are there: which rows it takes, and which values it may replace.

Pure: pieces of SQL and names, no database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

CREATE, UPDATE = "create", "update"
MODES = (CREATE, UPDATE)
"""Only new records, only those that are there; empty: both."""

EXTERNAL_ID, NAME_COUNTRY, EMAIL, PHONE = "external_id", "name_country", "email", "phone"
MATCHES = (EXTERNAL_ID, NAME_COUNTRY, EMAIL, PHONE)
"""By what a row of a customer file finds its account."""

FILL, NEVER = "fill", "never"
POLICIES = (FILL, NEVER)
"""Of one field: fill what is empty, leave what is there; none: overwrite."""

ZERO_IS_EMPTY = frozenset({"network_value", "amount", "discount"})
"""Columns whose default is 0: nobody has said anything yet."""


def governed(
    alias: str, columns: Mapping[str, str], policies: Mapping[str, str], named: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The columns that a row may change, each with the SQL of its new value (NULL: leave it).

    ``columns``: column to SQL of what the file says. ``named``: the fields of the file that make a column,
    the first one with a policy decides. A dialled number goes with the number as it is written.
    """
    found: dict[str, str] = {}
    for column, expression in columns.items():
        policy = policy_of(named.get(column, ()), policies)
        if policy == FILL:
            found[column] = f"CASE WHEN {empty(alias, column)} THEN {expression} END"
        else:
            found[column] = "NULL" if policy == NEVER else expression
    return found


def policy_of(keys: Sequence[str], policies: Mapping[str, str]) -> str:
    return next((policies[key] for key in keys if key in policies), "")


def empty(alias: str, column: str) -> str:
    """SQL: whether nobody has said anything in this column yet."""
    shown = f"{alias}.{column.removesuffix('_e164')}"
    if column in ZERO_IS_EMPTY:
        return f"COALESCE({shown}, 0) = 0"
    return f"COALESCE({shown}::text, '') = ''"
