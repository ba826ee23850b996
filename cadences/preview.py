"""What is owed from now on, read only: the engine's query asked about a few accounts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction

from cadences.chain import OWED, Question, draft_question, question, run, statement
from cadences.models import Plan
from users.clock import company_today

if TYPE_CHECKING:
    from cadences.models import Touchpoint


class Owed(NamedTuple):
    """One row of a preview: what is owed, its dates, and who does it.

    Projected ones are later rolling contacts, dated as if the one before them were kept; never stored.
    """

    touchpoint_id: int | None
    account_id: int
    slot_id: int
    cycle: str
    item_id: int
    plan_version: int
    kind: str
    anchor: str
    basis: str
    base_on: date
    ideal_on: date
    planned_on: date
    due_on: date
    tolerance_days: int
    lapses_on: date | None
    assignee_id: int | None
    is_projected: bool


def preview(
    account_ids: Collection[int] | None,
    as_of: date,
    horizon_days: int | None = None,
    *,
    plan: Plan | None = None,
    effective_from: date | None = None,
) -> list[Owed]:
    """What is owed to these accounts until the horizon, later rolling contacts included; stores nothing.

    ``plan``: of a draft, as if it had taken over on ``effective_from`` (``as_of``); else of the running one.
    """
    more: dict[str, Any] = {"project": True}
    if horizon_days is not None:
        more["horizon_days"] = horizon_days
    if plan is not None:
        return _preview(draft_question(plan, account_ids, as_of, effective_from, **more))
    return _preview(question(account_ids, as_of, **more))


def next_after(touchpoint: Touchpoint, closed_on: date) -> date | None:
    """The date that the plan proposes next, if this row were done on that day; None if nothing is owed."""
    return min((owed.due_on for owed in owed_after(touchpoint, closed_on)), default=None)


def owed_after(touchpoint: Touchpoint, closed_on: date) -> list[Owed]:
    """What the plan owes to the account, surveys apart, if this row were done on that day."""
    asked = question(
        [touchpoint.account_id],
        company_today(),
        horizon_days=400,
        assumed_id=touchpoint.pk,
        assumed_on=closed_on,
    )
    return [owed for owed in _preview(asked) if owed.kind != "survey"]


def next_contact(account_id: int, talked_on: date | None = None) -> date | None:
    """The same without a touchpoint: the next date of an account, after a talk on that day if given."""
    return min((owed.due_on for owed in owed_to(account_id, talked_on)), default=None)


def owed_to(account_id: int, talked_on: date | None = None) -> list[Owed]:
    """What the plan owes to an account, surveys apart, after a talk on that day if given."""
    asked = question([account_id], company_today(), horizon_days=400, assumed_on=talked_on)
    return [owed for owed in _preview(asked) if owed.kind != "survey"]


def _preview(asked: Question) -> list[Owed]:
    with transaction.atomic(), connection.cursor() as cursor:
        run(cursor, statement("preview", OWED, asked.is_for_all), asked)
        return [Owed(*row) for row in cursor.fetchall()]
