"""A piece has left: it becomes an interaction that everybody reads, and apps to the right are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from accounts.models import Account
from contacts.models import Interaction
from core import facts
from correspondence.models import Medium, Piece
from users.access import is_owner_side

# One statement for any number: bulk_update builds a CASE for every field.
LEFT = """
UPDATE correspondence_piece AS piece
SET state = 'left', left_on = %(on)s, logged_id = gone.logged, updated_at = %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS gone (id bigint, logged bigint)
WHERE piece.id = gone.id
"""

OnLeft = Callable[[Sequence[Piece]], object]
_listeners: list[OnLeft] = []


def on_left(listener: OnLeft) -> None:
    """Call ``listener(pieces)`` in the transaction in which pieces have left, after their interactions were
    written and before ``core.facts`` rings. Registering twice has no effect.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def left(pieces: Sequence[Piece], on: date) -> None:
    """Write down that these have left on that day; set-based, inside the caller's transaction.

    An e-mail or a letter alone reaches nobody (DESIGN.md, qualifying interaction): it resets no rhythm.
    """
    if not pieces:
        return
    now = timezone.now()
    logs = Interaction.objects.bulk_create(_logs(pieces, on))
    for piece, log in zip(pieces, logs, strict=True):
        piece.logged, piece.state, piece.left_on, piece.updated_at = log, Piece.State.LEFT, on, now
    rows = [{"id": piece.pk, "logged": piece.logged_id} for piece in pieces]
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"rows": json.dumps(rows), "on": on, "now": now})
    for listener in _listeners:
        listener(pieces)
    facts.changed(account_ids={piece.account_id for piece in pieces})


def _logs(pieces: Sequence[Piece], on: date) -> list[Interaction]:
    owners = Account.objects.select_related("owner__team").in_bulk({piece.account_id for piece in pieces})
    sides: dict[tuple[int | None, int | None], bool] = {}
    logs = []
    for piece in pieces:
        owner = owners[piece.account_id].owner
        pair = (piece.sender_id, owner.pk if owner else None)
        if pair not in sides:
            sides[pair] = piece.sender is not None and is_owner_side(piece.sender, owner)
        logs.append(
            Interaction(
                account_id=piece.account_id,
                contact_id=piece.contact_id,
                kind=Interaction.Kind.EMAIL if piece.medium == Medium.EMAIL else Interaction.Kind.LETTER,
                outcome=Interaction.Outcome.SENT,
                reached=False,
                by_owner_side=sides[pair],
                happened_on=on,
                user_id=piece.sender_id,
                summary=piece.subject,
                refused_reason=piece.refused_reason,
                source=Interaction.Source.SYSTEM,
            )
        )
    return logs
