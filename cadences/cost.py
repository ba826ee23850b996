"""What a plan costs, counted where the rows are: the engine's query over all accounts, summed up in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction

from cadences.chain import DIFFERENCE, OWED, draft_question, run, statement
from cadences.models import Plan

WORDS = ("created", "moved", "cancelled", "lapsed", "reopened")


class Load(NamedTuple):
    """Touchpoints of one kind and person (None: nobody) in the week that begins on ``week_on``, a Monday."""

    week_on: date
    kind: str
    assignee_id: int | None
    touchpoints: int
    minutes: int


def load(plan: Plan, as_of: date, weeks: int = 26, account_ids: Collection[int] | None = None) -> list[Load]:
    """What the plan owes in the coming weeks, later rolling contacts projected as if each were kept.

    A draft is asked about as if it took over on ``as_of``, with the facts that are known today. What is late
    on that day falls into the first week. Agreed dates and to-dos cost the same under any plan: left out.
    """
    asked = draft_question(plan, account_ids, as_of, project=True, horizon_days=weeks * 7)
    with transaction.atomic(), connection.cursor() as cursor:
        # the planner expects as many sums as rows, and would sort a million of them
        cursor.execute("SELECT set_config('enable_sort', 'off', true)")
        run(cursor, statement("load", OWED, asked.is_for_all), asked)
        found = [Load(*row) for row in cursor.fetchall()]
    # sorted here: the database would sort every touchpoint for it
    return sorted(found, key=lambda one: (one.week_on, one.kind, one.assignee_id or 0))


def effect(plan: Plan, as_of: date, account_ids: Collection[int] | None = None) -> dict[str, int]:
    """How many touchpoints the night of ``as_of`` would create, move, cancel, lapse, reopen under this plan.

    Moved: to another day or another person; a row that only says another version is none.
    """
    asked = draft_question(plan, account_ids, as_of)
    with transaction.atomic(), connection.cursor() as cursor:
        run(cursor, statement("effect", DIFFERENCE, asked.is_for_all), asked)
        return dict.fromkeys(WORDS, 0) | dict(cursor.fetchall())
