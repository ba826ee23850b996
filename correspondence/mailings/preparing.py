"""Making the pieces of a mailing whose moment has come: a step at a time, each whole or not at all.

A worker that dies leaves the steps it has committed; whoever takes the mailing up goes on behind them. Of
a piece neither half is ever there twice: the recipient names it, ``origin`` is unique, and so is the key of
its mail.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact
from core.jobs import kill_point
from correspondence.addresses import normalised
from correspondence.letters.making import troubles_of
from correspondence.mailings import holding
from correspondence.mailings.audience import Audience, Row
from correspondence.mailings.services import call
from correspondence.mailings.words import language_of, written
from correspondence.models import Exclusion, Identity, Mailing, Medium, Piece, Recipient, TemplateText
from correspondence.pieces.mail import KIND
from correspondence.placeholders import Subject
from correspondence.services.enqueueing import Draft, enqueue_many, ring
from correspondence.services.enqueueing import Identity as Sender
from correspondence.texts.services import Written
from users.clock import company_today

State = Mailing.State
STEP = 2_000
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5
STEPS = 7438  # the advisory lock of whoever makes pieces
WATCHED = timedelta(days=1)
"""So long after a mailing was stopped, what was being sent then is looked for."""

logger = logging.getLogger(__name__)

DROP = """
UPDATE correspondence_recipient AS recipient SET excluded = dropped.reason, missing = dropped.missing
FROM jsonb_to_recordset(%(rows)s::jsonb) AS dropped (id bigint, reason text, missing text)
WHERE recipient.id = dropped.id
"""
MAKE = """
INSERT INTO correspondence_piece (
    id, created_at, updated_at, medium, use, topic, account_id, contact_id, sender_id, created_by_id,
    language, subject, body, text_id, mailing_id, refused_reason, state, reason, origin, message_id
)
SELECT made.piece, %(now)s, %(now)s, %(medium)s, %(use)s, %(topic)s, recipient.account_id,
    recipient.contact_id, recipient.sender_id, %(by)s, made.language, made.subject, made.body,
    recipient.text_id, %(mailing)s, '', 'queued', '', 'recipient ' || recipient.id, message.id
FROM jsonb_to_recordset(%(rows)s::jsonb) AS made (
    id bigint, piece bigint, address text, language text, subject text, body text
)
JOIN correspondence_recipient AS recipient ON recipient.id = made.id
LEFT JOIN correspondence_message AS message
    ON message.kind = %(kind)s AND message.recipient = made.address AND message.key = 'piece ' || made.piece
"""
NAME = """
UPDATE correspondence_recipient AS recipient SET piece_id = made.piece, address = made.address
FROM jsonb_to_recordset(%(rows)s::jsonb) AS made (id bigint, piece bigint, address text)
WHERE recipient.id = made.id
"""
NUMBERS = "SELECT nextval(pg_get_serial_sequence('correspondence_piece', 'id')) FROM generate_series(1, %s)"


@dataclass(frozen=True)
class Made:
    """A piece to be: whose, its number, its language and, of a letter, its words."""

    row: Row
    piece: int
    language: str
    subject: str = ""
    body: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.row.id, "piece": self.piece, "address": self.row.address, "language": self.language,
            "subject": self.subject, "body": self.body,
        }  # fmt: skip


def tick() -> None:
    """Start what is due, go on with what nobody works on, end what is over. Safe at any time."""
    now = timezone.now()
    Mailing.objects.filter(state=State.SCHEDULED, starts_at__lte=now).update(
        state=State.RUNNING, updated_at=now
    )
    running = Mailing.objects.filter(state=State.RUNNING)
    free = running.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), rows_left__gt=0)
    for mailing_id in free.values_list("pk", flat=True):
        call(mailing_id)
    for mailing in running:
        release_held(mailing)
    for mailing in running.filter(rows_left=0):
        finish(mailing)
    for mailing in Mailing.objects.filter(state=State.STOPPED, finished_at__gt=now - WATCHED):
        settle_stopped(mailing)


def prepare(mailing_id: int) -> None:
    """Make all pieces that are still to be made."""
    mailing = _claim(mailing_id)
    if mailing is None:
        return
    try:
        while _step(mailing.pk):
            kill_point("mailing step")
        Mailing.objects.filter(pk=mailing.pk).update(lease_until=None)
    except DatabaseError:
        logger.exception("mailing %s: attempt %s failed", mailing.pk, mailing.attempts)
        Mailing.objects.filter(pk=mailing.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    except Exception:
        logger.exception("mailing %s failed", mailing.pk)
        _give_up(mailing, _("An unexpected error stopped it; what was made before leaves when you resume."))


@transaction.atomic
def release_held(mailing: Mailing) -> int:
    """A dispatcher that asked before somebody resumed may hold a mail back afterwards: it waits again."""
    if not holding.held(mailing).exists():
        return 0
    found = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=State.RUNNING).first()
    released = holding.let_go(found) if found else 0
    if released:
        transaction.on_commit(ring, robust=True)
    return released


@transaction.atomic
def settle_stopped(mailing: Mailing) -> None:
    """What was being sent when it was stopped has come back since: it never leaves either."""
    if not holding.unsettled(mailing).exists():
        return
    found = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=State.STOPPED).first()
    if found:
        holding.stop(found)


@transaction.atomic
def finish(mailing: Mailing) -> bool:
    """End a mailing of which nothing waits any more; False when something does."""
    found = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=State.RUNNING).first()
    if found is None or not holding.is_over(found):
        return False
    holding.settle(found)
    found.state, found.finished_at, found.lease_until = State.DONE, timezone.now(), None
    found.save()
    return True


def _claim(mailing_id: int) -> Mailing | None:
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    claimed = Mailing.objects.filter(free, pk=mailing_id, state=State.RUNNING, rows_left__gt=0).update(
        lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    mailing: Mailing = Mailing.objects.get(pk=mailing_id)
    if mailing.attempts > MAX_ATTEMPTS:
        _give_up(mailing, _("It was stopped five times. What was made before leaves when it is resumed."))
        return None
    return mailing


@transaction.atomic
def _give_up(mailing: Mailing, words: str) -> None:
    """Paused, so that a person looks at it."""
    found = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if found.state == State.RUNNING:
        holding.hold(found)
        found.state, found.lease_until, found.error = State.PAUSED, None, words[:300]
        found.save()


@transaction.atomic
def _step(mailing_id: int) -> bool:
    """The next pieces; False when none is left, or a person has paused it. Pausing waits for a step."""
    mailing = Mailing.objects.select_for_update(of=("self",)).select_related("template").get(pk=mailing_id)
    if mailing.state != State.RUNNING:
        return False
    _one_at_a_time()
    waiting = mailing.recipients.waiting().order_by("place")
    ids = list(waiting.values_list("pk", flat=True)[:STEP])
    if ids:
        _make(mailing, ids)
    left = mailing.rows_left - len(ids) if len(ids) == STEP else 0
    Mailing.objects.filter(pk=mailing_id).update(rows_left=max(left, 0), lease_until=timezone.now() + LEASE)
    return len(ids) == STEP


def _one_at_a_time() -> None:
    """Two mailings that are prepared at the same moment see each other's pieces: nobody gets both."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [STEPS])


def _make(mailing: Mailing, ids: Sequence[int]) -> None:
    rows, dropped = _judged(mailing, ids)
    texts = TemplateText.objects.in_bulk({row.text_id for row in rows})
    made = _letters(rows, texts, dropped) if mailing.medium == Medium.LETTER else _mails(rows, texts)
    values = {"rows": json.dumps([one.as_json() for one in made])}
    if mailing.medium == Medium.EMAIL:
        enqueue_many(_drafts(mailing, made))
    with connection.cursor() as cursor:
        cursor.execute(DROP, {"rows": json.dumps(dropped)})
        cursor.execute(MAKE, values | {
            "now": timezone.now(), "medium": mailing.medium, "topic": mailing.topic, "mailing": mailing.pk,
            "use": mailing.template.use if mailing.template else "other", "by": mailing.created_by_id,
            "kind": KIND,
        })  # fmt: skip
        cursor.execute(NAME, values)


def _judged(mailing: Mailing, ids: Sequence[int]) -> tuple[list[Row], list[dict[str, Any]]]:
    """Who may still be written to, by place; and why others may not any more."""
    places = dict(Recipient.objects.filter(pk__in=ids).values_list("pk", "place"))
    rows, dropped = [], []
    for row in Audience(mailing, recipients=ids).rows():
        reason = row.reason
        if not reason and mailing.medium == Medium.EMAIL and not _is_address(row.address):
            reason = Exclusion.NO_ADDRESS.value
        if reason:
            dropped.append({"id": row.id, "reason": reason, "missing": row.missing[:300]})
        else:
            rows.append(replace(row, place=places[row.id]))
    return sorted(rows, key=lambda row: row.place or 0), dropped


def _is_address(address: str) -> bool:
    try:
        return bool(normalised(address))
    except ValidationError:
        return False


def _mails(rows: Sequence[Row], texts: dict[int, TemplateText]) -> list[Made]:
    numbers = _numbers(len(rows))
    return [
        Made(row, number, language_of(row.language, texts[row.text_id or 0]))
        for row, number in zip(rows, numbers, strict=True)
    ]


def _letters(
    rows: Sequence[Row], texts: dict[int, TemplateText], dropped: list[dict[str, Any]]
) -> list[Made]:
    """Letters wait for the printer with their words in them; one that no printer could set is not made."""
    asked = []
    for row in rows:
        text = texts[row.text_id or 0]
        language = language_of(row.language, text)
        asked.append((text, Subject(row.account_id, row.contact_id or 0, row.sender_id, language)))
    trouble_of = _judge_of_letters(rows)
    made = []
    for row, number, (_text, subject), words in zip(
        rows, _numbers(len(rows)), asked, written(asked), strict=True
    ):
        if words.missing:
            dropped.append({"id": row.id, "reason": "missing", "missing": ", ".join(words.missing)[:300]})
        elif trouble := trouble_of(row, number, words):
            dropped.append({"id": row.id, "reason": Exclusion.NO_ADDRESS.value, "missing": trouble[:300]})
        else:
            made.append(Made(row, number, subject.language, words.subject, words.body))
    return made


def _judge_of_letters(rows: Sequence[Row]) -> Callable[[Row, int, Written], str]:
    """Tells what would keep a letter from being printed: it would wait for ever, and its mailing with it."""
    today = company_today()
    accounts = Account.objects.in_bulk({row.account_id for row in rows})
    contacts = Contact.objects.in_bulk({row.contact_id for row in rows if row.contact_id})

    def trouble_of(row: Row, number: int, words: Written) -> str:
        account, contact = accounts[row.account_id], contacts[row.contact_id or 0]
        piece = Piece(pk=number, account=account, contact=contact, subject=words.subject, body=words.body)
        return " ".join(trouble.words for trouble in troubles_of(piece, today) if trouble.stops)

    return trouble_of


def _drafts(mailing: Mailing, made: Sequence[Made]) -> list[Draft]:
    senders = {one.row.sender_id for one in made}
    identities = {
        identity.user_id: Sender(identity.name, identity.address)
        for identity in Identity.objects.verified().filter(user__in=senders)
    }
    return [
        Draft(
            KIND, mailing.topic, one.row.address, f"piece {one.piece}",
            {"piece": one.piece, "mailing": mailing.pk}, one.row.contact_id,
            not_before=holding.turn(mailing, one.row.place or 0), identity=identities[one.row.sender_id or 0],
        )
        for one in made
    ]  # fmt: skip


def _numbers(wanted: int) -> list[int]:
    """Numbers of pieces to be: their mails name them before they are there."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [wanted])
        return [row[0] for row in cursor.fetchall()]
