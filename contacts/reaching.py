"""Which logs mean that the customer was really reached. Pure: no database."""

from __future__ import annotations

REACHED = frozenset({"talked", "held"})
"""A call back is an appointment to talk, not the talk; "sent" is our word alone."""

NEVER_A_TALK = frozenset({"note", "letter"})


def was_reached(kind: str, outcome: str) -> bool:
    """Whether such a log can count as a contact that was owed (DESIGN.md, qualifying interaction).

    Direction does not matter: a customer who rings us has been reached too.
    """
    return outcome in REACHED and kind not in NEVER_A_TALK
