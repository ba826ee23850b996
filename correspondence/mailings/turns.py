"""When the turn of mails of mailings has come: may each still leave, and in which words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from correspondence.mailing_querysets import PAUSED, STOPPED
from correspondence.mailings.audience import Audience
from correspondence.mailings.words import written
from correspondence.models import Exclusion, Mailing, Message, Piece, Recipient
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


def barred(pieces: Sequence[Piece], may_be_out: Collection[int] = ()) -> dict[int, str]:
    """Piece -> why it does not leave, or not now. The others have their words afterwards.

    What may have gone out is what the piece says: the words are kept before the mail server hears of them.
    Those in ``may_be_out`` keep theirs; a mail that was given back is written anew.
    """
    by_mailing: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.mailing_id is not None:
            by_mailing[piece.mailing_id].append(piece)
    mailings = Mailing.objects.select_related("template").in_bulk(by_mailing)
    reasons: dict[int, str] = {}
    for mailing_id, some in by_mailing.items():
        reasons |= _of_one(mailings[mailing_id], some)
    leaving = [piece for piece in pieces if piece.mailing_id and piece.pk not in reasons]
    return reasons | _write([piece for piece in leaving if not piece.body or piece.pk not in may_be_out])


def held(messages: Sequence[Message]) -> dict[int, str]:
    """Message -> that its mailing was paused or stopped since; one query, or none."""
    by_mailing: dict[int, list[int]] = defaultdict(list)
    for message in messages:
        if mailing := message.payload.get("mailing"):
            by_mailing[mailing].append(message.pk)
    if not by_mailing:
        return {}
    states = Mailing.objects.filter(pk__in=by_mailing, state__in=HELD).values_list("pk", "state")
    return {pk: HELD[Mailing.State(state)] for mailing, state in states for pk in by_mailing[mailing]}


def _of_one(mailing: Mailing, pieces: Sequence[Piece]) -> Mapping[int, str]:
    if held := HELD.get(Mailing.State(mailing.state)):
        return {piece.pk: held for piece in pieces}
    found = Recipient.objects.filter(piece__in=pieces).values_list("pk", "piece_id", "address")
    by_recipient = {pk: (piece, address) for pk, piece, address in found}
    reasons: dict[int, str] = {}
    for row in Audience(mailing, recipients=by_recipient, with_lately=False).rows():
        piece, address = by_recipient[row.id or 0]
        if row.reason:
            reasons[piece] = in_words(row.reason, row.missing)
        elif row.address != address:
            reasons[piece] = _("The address has changed since: write to the new one from the account.")
    return reasons


def _write(pieces: Sequence[Piece]) -> dict[int, str]:
    """Put the words into these; which ones lack a value. Without its version a piece keeps what it says."""
    versioned = [piece for piece in pieces if piece.text]
    asked = [
        (piece.text, Subject(piece.account_id, piece.contact_id, piece.sender_id, piece.language))
        for piece in versioned
        if piece.text
    ]
    reasons, kept = {}, []
    for piece, words in zip(versioned, written(asked), strict=True):
        if words.missing:
            reasons[piece.pk] = in_words("missing", ", ".join(words.missing))
            continue
        piece.subject, piece.body = words.subject[:200], words.body
        kept.append({"id": piece.pk, "subject": piece.subject, "body": piece.body})
    if kept:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, {"rows": json.dumps(kept), "now": timezone.now()})
    return reasons
