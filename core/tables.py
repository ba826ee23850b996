"""Names of tables and columns for statements of our own, as the database wants them: quoted."""

from __future__ import annotations

from django.db import connection, models


def quoted(name: str | None) -> str:
    """A table or column by its name in the database. Fields without a column have none."""
    if not name:
        raise ValueError("A statement without this name would be another one.")
    return str(connection.ops.quote_name(name))


def table_of(model: type[models.Model]) -> str:
    return quoted(model._meta.db_table)


def key_of(model: type[models.Model]) -> str:
    """Its primary key."""
    return quoted(model._meta.pk.column)
