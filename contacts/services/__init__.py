"""The verbs of contacts: what people say, worry about, promise and ask.

Everybody active may log, note, raise a concern and add a person on any account (R16). Every verb
checks the permission itself, runs in one transaction and, where the engine counts on the fact, ends
with ``core.facts.changed``.
"""

from contacts.services.asks import answer_ask, record_ask
from contacts.services.commitments import (
    close_commitment,
    make_commitment,
    move_commitment,
    reopen_commitment,
)
from contacts.services.concerns import (
    change_concern,
    confirm_concern,
    note_on_concern,
    raise_concern,
    reopen_concern,
    resolve_concern,
    unconfirm_concern,
)
from contacts.services.entries import AskDraft, CommitmentDraft, ConcernDraft, LogEntry
from contacts.services.expectations import judge_expectation, record_expectation, reopen_expectation
from contacts.services.logs import (
    add_note,
    correct_interaction,
    log_interaction,
    withdraw_interaction,
    write_log,
)
from contacts.services.people import add_contact, edit_contact, pause_contact

__all__ = [
    "AskDraft",
    "CommitmentDraft",
    "ConcernDraft",
    "LogEntry",
    "add_contact",
    "add_note",
    "answer_ask",
    "change_concern",
    "close_commitment",
    "confirm_concern",
    "correct_interaction",
    "edit_contact",
    "judge_expectation",
    "log_interaction",
    "make_commitment",
    "move_commitment",
    "note_on_concern",
    "pause_contact",
    "raise_concern",
    "record_ask",
    "record_expectation",
    "reopen_commitment",
    "reopen_concern",
    "reopen_expectation",
    "resolve_concern",
    "unconfirm_concern",
    "withdraw_interaction",
    "write_log",
]
