"""Writing down what came of a mail."""

from __future__ import annotations

import json
import logging
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from correspondence import kinds, reports
from correspondence.models import DeliveryReport, Message, State
from correspondence.services.claiming import MAX_ATTEMPTS, PAUSES, still_held
from correspondence.verdicts import Outcome, Result

logger = logging.getLogger(__name__)
# A worker that was given up and comes back may still tell the truth about its own attempt.
MAY_SETTLE = (State.SENDING, State.UNCERTAIN, State.PENDING)
# One statement for a batch: bulk_update builds a CASE for every field, which costs more than the mail.
WRITE = """
UPDATE correspondence_message AS message
SET state = came.state, attempts = came.attempts, next_try_at = came.next_try_at, lease_until = NULL,
    handing_over = came.handing_over, has_slot = false, provider_id = came.provider_id,
    sent_at = came.sent_at,
    stored = CASE WHEN came.state = 'pending' THEN message.stored ELSE '' END,
    last_error = came.last_error, updated_at = %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS came (
    id bigint, state text, attempts int, next_try_at timestamptz, handing_over boolean, provider_id text,
    sent_at timestamptz, last_error text
)
WHERE message.id = came.id
"""
FIELDS = ("id", "state", "attempts", "next_try_at", "handing_over", "provider_id", "sent_at", "last_error")


@transaction.atomic
def record(results: list[tuple[Message, Result]]) -> None:
    """What came of a batch, in one transaction with what the kinds make of it."""
    ours = _still_ours([message for message, _result in results])
    settled = [(message, result) for message, result in results if message.pk in ours]
    now = timezone.now()
    for message, result in settled:
        _settle(message, result, now)
    _write([message for message, _result in settled])
    for message, result in settled:
        if result.outcome == Outcome.BOUNCED:
            event = f"smtp {message.message_id} {message.attempts}"
            reports.note(DeliveryReport.Kind.HARD_BOUNCE, message.recipient, message.topic, event)
    _tell_kinds(message for message, result in settled if result.outcome == Outcome.SENT)


@transaction.atomic
def record_sent(messages: list[Message]) -> None:
    """A person, or the provider afterwards, says that an uncertain mail was sent."""
    now = timezone.now()
    for message in messages:
        _settle(message, Result(Outcome.SENT, provider_id=message.provider_id), now)
    _write(messages)
    _tell_kinds(messages)


@transaction.atomic
def release(messages: list[Message]) -> None:
    """Give back what the mail server never heard of; no attempt is counted."""
    if not messages:
        return
    ours = _still_ours(messages)
    now = timezone.now()
    mine = [message for message in messages if message.pk in ours]
    for message in mine:
        _wait(message, now)
        message.attempts -= 1
    _write(mine)


@transaction.atomic
def cancel(batch: list[Message], reasons: Mapping[int, str]) -> None:
    """These of the batch are not to be sent any more, and why; what another has taken up since stays its.

    The mail server did not hear of them this time: that is no attempt.
    """
    by_reason: dict[str, list[int]] = defaultdict(list)
    for pk in still_held([message for message in batch if message.pk in reasons]):
        by_reason[reasons[pk]].append(pk)
    for reason, ids in by_reason.items():
        Message.objects.filter(pk__in=ids).update(
            state=State.CANCELLED, reason=reason[:200], attempts=F("attempts") - 1, stored="",
            lease_until=None, updated_at=timezone.now(),
        )  # fmt: skip


@transaction.atomic
def fail(batch: list[Message], errors: Mapping[int, str]) -> None:
    """These of the batch could not be rendered: half a mail is never sent."""
    for pk in still_held([message for message in batch if message.pk in errors]):
        Message.objects.filter(pk=pk).update(
            state=State.FAILED,
            last_error=errors[pk][:2000],
            stored="",
            lease_until=None,
            updated_at=timezone.now(),
        )


def _still_ours(messages: list[Message]) -> set[int]:
    """Those whose attempt is still the one we claimed; locked."""
    mine = {message.pk: message.attempts for message in messages}
    found = Message.objects.filter(pk__in=mine, state__in=MAY_SETTLE).order_by("pk").select_for_update()
    return {pk for pk, attempts in found.values_list("pk", "attempts") if attempts == mine[pk]}


def _write(messages: list[Message]) -> None:
    """The fields that an outcome changes; a text that is not needed any more is blanked."""
    rows = [{name: getattr(message, name) for name in FIELDS} for message in messages]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"rows": json.dumps(rows, default=datetime.isoformat), "now": timezone.now()})


def _settle(message: Message, result: Result, now: datetime) -> None:
    message.last_error = result.words
    if result.outcome == Outcome.SENT:
        message.state, message.sent_at, message.provider_id = State.SENT, now, result.provider_id
    elif result.outcome in (Outcome.REFUSED, Outcome.BOUNCED):
        message.state = State.FAILED
    elif result.outcome == Outcome.BARRED:
        _wait(message, now)  # until its sender may send: no attempt is counted
        message.attempts -= 1
    elif result.outcome == Outcome.DOUBTFUL:
        _after_doubt(message, now)
    else:
        _again_or_failed(message, now)


def _after_doubt(message: Message, now: datetime) -> None:
    kind = kinds.find(message.kind)
    if kind is None or kind.once or message.attempts >= MAX_ATTEMPTS:
        message.state = State.UNCERTAIN
    else:
        _again_or_failed(message, now)


def _again_or_failed(message: Message, now: datetime) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        message.state = State.FAILED
        return
    pause = PAUSES[message.attempts - 1] * 60
    # as much again at random: what failed together does not come back together
    seconds = pause + random.uniform(0, pause)  # noqa: S311 - no secret
    _wait(message, now + timedelta(seconds=seconds))


def _wait(message: Message, until: datetime) -> None:
    message.state, message.next_try_at = State.PENDING, until
    if message.not_before and message.not_before > until:
        message.next_try_at = message.not_before
    message.handing_over = False


def _tell_kinds(sent: Iterable[Message]) -> None:
    by_kind: dict[str, list[Message]] = defaultdict(list)
    for message in sent:
        by_kind[message.kind].append(message)
    for name, messages in by_kind.items():
        kind = kinds.find(name)
        if kind is None or kind.on_handed_over is None:
            continue
        try:
            with transaction.atomic():
                kind.on_handed_over(messages)
        except Exception:  # the mails are out: that they are must be recorded whatever happens here
            logger.exception("Mails of kind %s were sent, but what follows from it failed", name)
            Message.objects.filter(pk__in=[message.pk for message in messages]).update(
                last_error="It was sent; what follows from it could not be recorded: see the worker's log."
            )
