"""The verbs on what is owed: close it, put it off, skip it, agree on a date, note a to-do.

Each checks the permission, locks the account before its touchpoints, runs in one transaction and ends
with ``core.facts.changed``, so that the plan answers at once.
"""

from cadences.services.closing import close_todo, complete, log_contact, reopen, skip, tried
from cadences.services.dates import HandDate, add_todo, call_back, snooze, unsnooze
from cadences.services.leaving import (
    Departed,
    Departure,
    Hanging,
    NextPost,
    came_back,
    hanging_on,
    has_left,
)
from cadences.services.locks import SavedBeforeError, TouchpointClosedError, require_editable
from cadences.services.recording import Submission, record, record_on_account
from cadences.services.returning import PutBack, left_by_mistake
from cadences.services.steps import NextStep
from cadences.services.withdrawn import settle_withdrawn, undo_log

__all__ = [
    "Departed",
    "Departure",
    "HandDate",
    "Hanging",
    "NextPost",
    "NextStep",
    "PutBack",
    "SavedBeforeError",
    "Submission",
    "TouchpointClosedError",
    "add_todo",
    "call_back",
    "came_back",
    "close_todo",
    "complete",
    "hanging_on",
    "has_left",
    "left_by_mistake",
    "log_contact",
    "record",
    "record_on_account",
    "reopen",
    "require_editable",
    "settle_withdrawn",
    "skip",
    "snooze",
    "tried",
    "undo_log",
    "unsnooze",
]
