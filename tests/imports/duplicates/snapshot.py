"""Every row of the business tables, so that a test can say that nothing was lost or left over."""

from __future__ import annotations

from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection

OURS = ("users", "accounts", "contacts", "sales", "correspondence", "surveys", "cadences", "imports")
# of figures: worked out anew at every change of facts
ASIDE = {"imports.Merge", "imports.MergeStep", "cadences.Figures", "sales.Worth", "cadences.Schedule"}


def everything() -> dict[str, dict[str, Any]]:
    """Model -> key -> row; without ``updated_at``, which says only that a row was written."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if label.split(".")[0] not in OURS or label in ASIDE or issubclass(model, pghistory.models.Event):
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT \"{model._meta.pk.column}\"::text, (to_jsonb(r) - 'updated_at')::text "
                f'FROM "{model._meta.db_table}" r'
            )
            found[label] = dict(cursor.fetchall())
    return found


def differing(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What is not the same, table by table."""
    return {
        label: {pk: (rows.get(pk), after[label].get(pk)) for pk in rows.keys() | after[label].keys()
                if rows.get(pk) != after[label].get(pk)}
        for label, rows in before.items()
        if rows != after[label]
    }  # fmt: skip
