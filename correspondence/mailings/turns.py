"""When the turn of mails of mailings has come: may each still leave, and in which words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection
from django.utils import timezone

from correspondence.mailing_querysets import PAUSED, STOPPED
from correspondence.mailings.audience import Audience
from correspondence.mailings.words import written
from correspondence.models import Exclusion, Mailing, Piece, Recipient
from correspondence.placeholders import Subject

HELD = {Mailing.State.PAUSED: PAUSED, Mailing.State.STOPPED: STOPPED}
KEEP = """
UPDATE correspondence_piece AS piece SET subject = said.subject, body = said.body, updated_at = %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS said (id bigint, subject text, body text)
WHERE piece.id = said.id
"""


def in_words(reason: str, missing: str = "") -> str:
    """Why somebody gets nothing, as pages and the outbox say it."""
    return f"{Exclusion(reason).label}: {missing}" if missing else str(Exclusion(reason).label)


def barred(pieces: Sequence[Piece]) -> dict[int, str]:
    """Piece -> why it does not leave, or not now. The others have their words afterwards.

    What may have gone out is what the piece says: the words are kept before the mail server hears of them.
    """
    by_mailing: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.mailing_id is not None:
            by_mailing[piece.mailing_id].append(piece)
    mailings = Mailing.objects.select_related("template").in_bulk(by_mailing)
    reasons: dict[int, str] = {}
    for mailing_id, some in by_mailing.items():
        reasons |= _of_one(mailings[mailing_id], some)
    return reasons | _write([piece for piece in pieces if piece.mailing_id and piece.pk not in reasons])


def _of_one(mailing: Mailing, pieces: Sequence[Piece]) -> Mapping[int, str]:
    if held := HELD.get(Mailing.State(mailing.state)):
        return {piece.pk: held for piece in pieces}
    by_recipient = dict(Recipient.objects.filter(piece__in=pieces).values_list("pk", "piece_id"))
    rows = Audience(mailing, recipients=by_recipient, with_lately=False).rows()
    return {by_recipient[row.id]: in_words(row.reason, row.missing) for row in rows if row.id and row.reason}


def _write(pieces: Sequence[Piece]) -> dict[int, str]:
    """Put the words into those that have none; which ones lack a value."""
    blank = [piece for piece in pieces if not piece.body and piece.text]
    asked = [
        (piece.text, Subject(piece.account_id, piece.contact_id, piece.sender_id, piece.language))
        for piece in blank
        if piece.text
    ]
    reasons, kept = {}, []
    for piece, words in zip(blank, written(asked), strict=True):
        if words.missing:
            reasons[piece.pk] = in_words("missing", ", ".join(words.missing))
            continue
        piece.subject, piece.body = words.subject[:200], words.body
        kept.append({"id": piece.pk, "subject": piece.subject, "body": piece.body})
    if kept:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, {"rows": json.dumps(kept), "now": timezone.now()})
    return reasons
