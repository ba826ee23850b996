"""What would change: the engine's comparison asked after a change that is then taken back.

Pages that say "these contacts move" before anything is saved (an absence, a pause, an exception, a draft)
ask here, so that what they list is what the engine writes afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection, transaction

from cadences import chain
from cadences.chain import Question, question
from cadences.reconcile import accounts_served_by, compared, healthy_slices, only_listening
from users.clock import company_today


@dataclass(frozen=True)
class Change:
    """One touchpoint that a run would write: ``act`` says what becomes of it.

    ``act`` is created, moved (another day or another person), cancelled, lapsed or reopened. The old day,
    person and state are empty for a created one. ``reason`` is the engine's phrase (cadences/reasons.py).
    """

    account_id: int
    slot_id: int
    cycle: str
    touchpoint_id: int | None
    kind: str
    act: str
    old_state: str
    state: str
    old_due_on: date | None
    due_on: date | None
    old_assignee_id: int | None
    assignee_id: int | None
    reason: str

    @property
    def key(self) -> tuple[int, int, str]:
        return self.account_id, self.slot_id, self.cycle

    @property
    def outcome(self) -> tuple[str, date | None, int | None]:
        """What stands afterwards."""
        return self.state, self.due_on, self.assignee_id

    def instead_of(self, other: Change) -> Change:
        """The step from what ``other`` leaves behind to what this one does."""
        state, due_on, assignee_id = other.outcome
        act = self.state if self.state in {"cancelled", "lapsed"} else "moved"
        if state != "open" and act == "moved":
            act = "reopened" if state else "created"
        return replace(self, act=act, old_state=state, old_due_on=due_on, old_assignee_id=assignee_id)

    def undone(self) -> Change:
        """The step back: what this one would have done is not done."""
        stays = replace(
            self, state=self.old_state or "cancelled", due_on=self.old_due_on,
            assignee_id=self.old_assignee_id, reason="",
        )  # fmt: skip
        return stays.instead_of(self)


def difference(account_ids: Collection[int] | None, as_of: date) -> list[Change]:
    """What a reconcile of these accounts (None: of all) would write now; writes nothing.

    May be asked inside a transaction in which facts were changed: it sees them. Accounts whose data break
    the comparison are left out, as a run leaves them out.
    """
    if account_ids is not None and not account_ids:
        return []
    found: list[Change] = []
    for part in healthy_slices(question(account_ids, as_of), _changes, []):
        found += part
    return sorted(found, key=lambda change: (change.account_id, change.due_on or date.max, change.slot_id))


def what_would_change(
    change: Callable[[], object],
    account_ids: Collection[int] | None = None,
    as_of: date | None = None,
    *,
    user_ids: Collection[int] | None = None,
) -> list[Change]:
    """What a run on ``as_of`` (the company's today) would do otherwise after ``change()``, which is undone.

    ``change`` may be any verb; the engine only listens while it runs. Asked are ``account_ids`` and the
    accounts that ``user_ids`` serve; where neither is given, those that the verb tells of by
    ``core.facts.changed``, or all if it tells of none. What would be written without the change as well is
    no part of the answer. Errors of ``change`` are the caller's.
    """
    day = as_of or company_today()
    named = account_ids is not None or user_ids is not None
    ids = {*(account_ids or ()), *accounts_served_by(user_ids or ())}
    with transaction.atomic():
        with only_listening() as told:
            change()
        asked = ids | accounts_served_by(user_ids or ()) if named else (told or None)
        after = difference(asked, day)
        transaction.set_rollback(True)
    return _effect(difference(asked, day), after)


def _effect(before: list[Change], after: list[Change]) -> list[Change]:
    """From what a run would leave behind without the change to what it leaves behind with it."""
    without = {change.key: change for change in before}
    found = []
    for change in after:
        other = without.pop(change.key, None)
        if other is None:
            found.append(change)
        elif other.outcome != change.outcome:
            found.append(change.instead_of(other))
    return found + [change.undone() for change in without.values()]


def _changes(asked: Question) -> list[Change]:
    with transaction.atomic(), connection.cursor() as cursor:
        compared(cursor, asked)
        cursor.execute(chain.statement("changes"))
        rows = cursor.fetchall()
        chain.run(cursor, chain.statement("reassigned", chain.KEPT, asked.is_for_all), asked)
        rows += cursor.fetchall()
        transaction.set_rollback(True)
    return [Change(*row) for row in rows]
