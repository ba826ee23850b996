"""Many ids as one value of a query."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.expressions import RawSQL


def among(ids: Iterable[int]) -> RawSQL:
    """For ``account__in=among(ids)``: one array, where a placeholder for each of thousands would cost more
    than the query itself.
    """
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
