"""Holding back what a mailing has in the outbox, and letting it go again: one statement each, for any number.

A row that is held back never left, and is the same row afterwards: it still leaves at most once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from correspondence.mailing_querysets import PAUSED, STOPPED
from correspondence.models import Mailing, Piece, Recipient
from correspondence.services.throttling import forget_pace

HOLD = """
UPDATE correspondence_message AS message
SET state = 'cancelled', reason = %(reason)s, has_slot = false, updated_at = %(now)s
FROM correspondence_piece AS piece
WHERE piece.mailing_id = %(mailing)s AND piece.state = 'queued' AND message.id = piece.message_id
    AND (message.state = 'pending' OR message.state = 'cancelled' AND message.reason = %(held)s)
"""
# Those in front leave first, as before; the pace counts from the moment of going on.
LET_GO = """
UPDATE correspondence_message AS message
SET state = 'pending', reason = '', last_error = '', not_before = turn.at, next_try_at = turn.at,
    updated_at = %(now)s
FROM correspondence_recipient AS recipient
JOIN correspondence_piece AS piece ON piece.id = recipient.piece_id AND piece.state = 'queued'
CROSS JOIN LATERAL (
    SELECT %(from)s::timestamptz + greatest(0, recipient.place - %(place)s) * %(pace)s::interval
) AS turn (at)
WHERE recipient.mailing_id = %(mailing)s AND message.id = piece.message_id
    AND message.state = 'cancelled' AND message.reason = %(held)s
"""
FIRST = """
SELECT min(recipient.place) FROM correspondence_recipient AS recipient
LEFT JOIN correspondence_piece AS piece ON piece.id = recipient.piece_id
LEFT JOIN correspondence_message AS message ON message.id = piece.message_id
WHERE recipient.mailing_id = %(mailing)s AND recipient.excluded = ''
    AND (piece.id IS NULL OR message.state = 'cancelled' AND message.reason = %(held)s)
"""
# Once nothing waits any more: why some got nothing is kept, as rows of the outbox are not.
KEEP_REASONS = """
UPDATE correspondence_recipient AS recipient
SET reason = left(coalesce(nullif(message.reason, ''), message.last_error), 300)
FROM correspondence_piece AS piece, correspondence_message AS message
WHERE recipient.mailing_id = %(mailing)s AND piece.id = recipient.piece_id
    AND message.id = piece.message_id AND piece.state <> 'left' AND message.state IN ('failed', 'cancelled')
    AND message.reason <> %(stopped)s
"""
CANCEL_PIECES = """
UPDATE correspondence_piece AS piece
SET state = 'cancelled', reason = message.reason, updated_at = %(now)s
FROM correspondence_message AS message
WHERE piece.mailing_id = %(mailing)s AND piece.state = 'queued' AND message.id = piece.message_id
    AND message.state = 'cancelled' AND message.reason <> %(held)s
"""


def hold(mailing: Mailing) -> int:
    """Take what waits out of the line, for a while; how many. Letters are kept out of the print queue by
    the mailing's state alone.
    """
    return _run(HOLD, mailing, reason=PAUSED, held=PAUSED)


def let_go(mailing: Mailing) -> int:
    """Exactly what was held back waits again; how many."""
    return _run(LET_GO, mailing, held=PAUSED, **{
        "from": mailing.spaced_from, "place": mailing.spaced_place, "pace": pace(mailing),
    })  # fmt: skip


def first_place(mailing: Mailing) -> int:
    """The first in the line of those that are held back or have no piece yet."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST, {"mailing": mailing.pk, "held": PAUSED})
        return int(cursor.fetchone()[0] or 1)


def pace(mailing: Mailing) -> timedelta:
    """From one turn to the next."""
    return timedelta(hours=1) / mailing.per_hour if mailing.per_hour else timedelta(0)


def turn(mailing: Mailing, place: int) -> datetime | None:
    """From when on the mail at that place may leave."""
    if mailing.spaced_from is None:
        return None
    return mailing.spaced_from + max(0, place - mailing.spaced_place) * pace(mailing)


def go_on(mailing: Mailing) -> None:
    """Let go, at the mailing's pace from now on: turns that nobody used while it was held are forgotten."""
    forget_pace(mailing.pk)
    let_go(mailing)


def held(mailing: Mailing) -> QuerySet[Piece]:
    """Pieces whose mail is held back."""
    return Piece.objects.filter(
        mailing=mailing, state=Piece.State.QUEUED, message__state="cancelled", message__reason=PAUSED
    )


def unsettled(mailing: Mailing) -> QuerySet[Piece]:
    """Pieces of a stopped mailing whose mail was on its way when it was stopped, or has come back since."""
    on_its_way = Q(message__state__in=["pending", "sending", "cancelled"])
    untold = Q(message__state="failed", recipient__reason="")
    return Piece.objects.filter(on_its_way | untold, mailing=mailing, state=Piece.State.QUEUED)


def stop(mailing: Mailing) -> None:
    """What waits or is held back never leaves; letters that are printed may still be posted. Safe again."""
    _run(HOLD, mailing, reason=STOPPED, held=PAUSED)
    settle(mailing)
    letters = Piece.objects.filter(mailing=mailing, medium="letter", state=Piece.State.QUEUED)
    letters.update(state=Piece.State.CANCELLED, reason=STOPPED, updated_at=timezone.now())


def settle(mailing: Mailing) -> None:
    """Keep why some got nothing, and call their pieces what they are."""
    forget_pace(mailing.pk)
    _run(KEEP_REASONS, mailing, stopped=STOPPED)
    _run(CANCEL_PIECES, mailing, held=PAUSED)


def is_over(mailing: Mailing) -> bool:
    """Whether nothing of it waits: every mail is settled one way or another, every letter is posted."""
    if Recipient.objects.filter(mailing=mailing).waiting().exists():
        return False
    pieces = Piece.objects.filter(mailing=mailing)
    letters = pieces.filter(medium="letter", state__in=[Piece.State.QUEUED, Piece.State.PRINTED])
    mails = pieces.filter(state=Piece.State.QUEUED, message__state__in=["pending", "sending"])
    return not letters.exists() and not mails.exists() and not held(mailing).exists()


def _run(statement: str, mailing: Mailing, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"mailing": mailing.pk, "now": timezone.now(), **values})
        return int(cursor.rowcount)
