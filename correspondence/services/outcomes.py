"""Writing down what came of a mail."""

from __future__ import annotations

import logging
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from correspondence import kinds, reports
from correspondence.models import DeliveryReport, Message, State
from correspondence.services.claiming import MAX_ATTEMPTS, PAUSES
from correspondence.verdicts import Outcome, Result

logger = logging.getLogger(__name__)
# A worker that was given up and comes back may still tell the truth about its own attempt.
MAY_SETTLE = (State.SENDING, State.UNCERTAIN, State.PENDING)
FIELDS = (
    "state", "attempts", "next_try_at", "lease_until", "handing_over", "has_slot", "provider_id", "sent_at",
    "stored", "last_error", "updated_at",
)  # fmt: skip


@transaction.atomic
def record(results: list[tuple[Message, Result]]) -> None:
    """What came of a batch, in one transaction with what the kinds make of it."""
    ours = _still_ours([message for message, _result in results])
    settled = [(message, result) for message, result in results if message.pk in ours]
    now = timezone.now()
    for message, result in settled:
        _settle(message, result, now)
    Message.objects.bulk_update([message for message, _result in settled], FIELDS)
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
    Message.objects.bulk_update(messages, FIELDS)
    _tell_kinds(messages)


@transaction.atomic
def release(messages: list[Message]) -> None:
    """Give back what the mail server never heard of; no attempt is counted."""
    ours = _still_ours(messages)
    now = timezone.now()
    mine = [message for message in messages if message.pk in ours]
    for message in mine:
        _wait(message, now)
        message.attempts -= 1
    Message.objects.bulk_update(mine, FIELDS)


def cancel(reasons: dict[int, str]) -> None:
    """These are not to be sent any more, and why."""
    by_reason: dict[str, list[int]] = defaultdict(list)
    for pk, reason in reasons.items():
        by_reason[reason].append(pk)
    for reason, ids in by_reason.items():
        Message.objects.filter(pk__in=ids, state=State.SENDING).update(
            state=State.CANCELLED, reason=reason[:200], stored="", lease_until=None, updated_at=timezone.now()
        )


def fail(errors: dict[int, str]) -> None:
    """These could not be rendered: half a mail is never sent."""
    for pk, words in errors.items():
        Message.objects.filter(pk=pk, state=State.SENDING).update(
            state=State.FAILED, last_error=words[:2000], stored="", lease_until=None, updated_at=timezone.now()
        )


def _still_ours(messages: list[Message]) -> set[int]:
    """Those whose attempt is still the one we claimed; locked."""
    mine = {message.pk: message.attempts for message in messages}
    found = Message.objects.filter(pk__in=mine, state__in=MAY_SETTLE).order_by("pk").select_for_update()
    return {pk for pk, attempts in found.values_list("pk", "attempts") if attempts == mine[pk]}


def _settle(message: Message, result: Result, now: datetime) -> None:
    message.lease_until, message.has_slot, message.updated_at = None, False, now
    message.last_error = result.words
    if result.outcome == Outcome.SENT:
        message.state, message.sent_at, message.provider_id = State.SENT, now, result.provider_id
    elif result.outcome in (Outcome.REFUSED, Outcome.BOUNCED):
        message.state = State.FAILED
    elif result.outcome == Outcome.DOUBTFUL:
        _after_doubt(message, now)
    else:
        _again_or_failed(message, now)
    if message.state not in (State.PENDING, State.SENDING):
        message.stored = ""


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
    message.lease_until, message.handing_over = None, False
    message.updated_at = timezone.now()


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
                last_error="It was sent, but what follows from that could not be recorded: see the worker's log."
            )
