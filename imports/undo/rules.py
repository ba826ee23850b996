"""What counts as somebody's work when an import is taken back. Pure: names of models and pieces of SQL.

A row that refers to a record which an import made keeps that record, unless it is named here: so a new model
is on the safe side before anybody thinks of it.
"""

from __future__ import annotations

MACHINE_COLUMNS = {
    "accounts.Account": (
        "status",
        "became_customer_on",
        "former_since",
        "tier_id",
        "tier_before_id",
        "tier_since",
        "tier_reason",
        "below_since",
    ),
}
"""Columns that rules write at night or after a purchase: they say nothing of a person's work."""

ALWAYS = ("updated_at",)

MACHINE_MADE = {
    "sales.Worth": "false",
    "cadences.Figures": "false",
    "imports.ImportedOwner": "false",
    "imports.AccountPair": "r.state <> 'open'",
    "imports.ContactPair": "r.state <> 'open'",
    "cadences.Touchpoint.account": "r.is_touched OR r.state IN ('done', 'skipped')",
    "cadences.Touchpoint.contact": "r.is_touched",
    "cadences.Touchpoint.assignee": "false",
    "cadences.Touchpoint.interaction": "false",
    "cadences.NotedDeparture": "false",
}
"""A model, or one of its keys: which of its rows are a person's work. What is owed follows the records."""


def machine_columns(label: str) -> tuple[str, ...]:
    return (*ALWAYS, *MACHINE_COLUMNS.get(label, ()))


def is_work(label: str, field: str) -> str:
    """SQL over ``r``: whether this row, by this key, is somebody's work."""
    return MACHINE_MADE.get(f"{label}.{field}") or MACHINE_MADE.get(label, "true")
