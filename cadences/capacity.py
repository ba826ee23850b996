"""How many minutes of contact people have: their working days, absences taken off, times minutes a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from cadences import chain
from users.models import Company


class Capacity(NamedTuple):
    """Of one user in the week that begins on ``week_on``, a Monday."""

    user_id: int
    week_on: date
    days: int
    minutes: int


def capacity(user_ids: Collection[int], first: date, last: date) -> list[Capacity]:
    """Of these users from ``first`` to ``last``, both included; one query.

    A week in which somebody has no working day is left out, and so are deactivated users. Works and absent
    are the engine's own rules.
    """
    values: dict[str, Any] = {"users": sorted(set(user_ids)), "first": first, "last": last}
    values["usual"] = Company._meta.get_field("capacity_minutes").get_default()
    with connection.cursor() as cursor:
        cursor.execute(chain.expand(chain.SQL["capacity"], for_all=True), values)
        return [Capacity(*row) for row in cursor.fetchall()]
