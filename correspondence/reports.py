"""What providers and mail servers report back: bounces, complaints, people who unsubscribed.

Opens and clicks are neither asked for nor stored.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.db import transaction
from django.utils import timezone

from correspondence.models import DeliveryReport, Message, State, Suppression, Topic
from correspondence.suppression import after_soft_bounce, suppress

KEPT = timedelta(days=90)
Kind = DeliveryReport.Kind
HARD = frozenset({RejectReason.INVALID, RejectReason.BOUNCED})
REJECTED = {
    RejectReason.SPAM: Kind.COMPLAINT,
    RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBE,
    RejectReason.TIMED_OUT: Kind.SOFT_BOUNCE,
}
CAME_BACK = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE)
BULK = (Topic.SURVEY.value, Topic.MARKETING.value)


def listen() -> None:
    """Hear anymail's webhooks."""
    tracking.connect(on_event, dispatch_uid="correspondence.reports")


def on_event(event: AnymailTrackingEvent, esp_name: str, **_signal: Any) -> None:
    """One event of a provider, perhaps for the second time. An error makes the provider send it again."""
    address = (event.recipient or "").strip().lower()
    if not address:
        return
    message = _message(event, address)
    if event.event_type == EventType.DELIVERED:
        _arrived(message)
        return
    kind = kind_of(event)
    if kind is not None:
        topic = message.topic if message else ""
        note(kind, address, topic, _event_id(event, esp_name, address), message)


def kind_of(event: AnymailTrackingEvent) -> str | None:
    """What an event means to us; None: nothing."""
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type == EventType.UNSUBSCRIBED:
        return Kind.UNSUBSCRIBE
    if event.event_type == EventType.BOUNCED:
        soft = event.reject_reason not in HARD and not _says_hard(event)
        return Kind.SOFT_BOUNCE if soft else Kind.HARD_BOUNCE
    if event.event_type == EventType.REJECTED:
        return Kind.HARD_BOUNCE if event.reject_reason in HARD else REJECTED.get(str(event.reject_reason))
    return None


@transaction.atomic
def note(kind: str, address: str, topic: str, event_id: str, message: Message | None = None) -> bool:
    """Keep a report and draw the conclusions; False when it was known. The same event twice is once.

    ``message``: the very mail that came back, so that its sender is told.
    """
    from correspondence.services.halting import halt_if_bad  # noqa: PLC0415 - services import this module

    report = DeliveryReport(
        event_id=event_id[:200], kind=kind, address=address, topic=topic, reported_at=timezone.now()
    )
    before = DeliveryReport.objects.filter(event_id=report.event_id).exists()
    DeliveryReport.objects.bulk_create([report], ignore_conflicts=True)
    if before:
        return False
    if message is not None and kind in CAME_BACK:
        Message.objects.filter(pk=message.pk, state=State.SENT).update(returned_at=report.reported_at)
    if kind == Kind.HARD_BOUNCE:
        suppress(address, "", Suppression.Reason.HARD_BOUNCE)
    elif kind == Kind.SOFT_BOUNCE:
        after_soft_bounce(address)
    else:
        _no_more(address, topic, kind)
    if kind in (Kind.HARD_BOUNCE, Kind.COMPLAINT):
        halt_if_bad([topic])
    return True


def forget_old() -> int:
    """Delete reports that nothing counts any more."""
    return DeliveryReport.objects.filter(reported_at__lt=timezone.now() - KEPT).delete()[0]


def _no_more(address: str, topic: str, kind: str) -> None:
    """Who complains or unsubscribes gets nothing more of that topic; of unknown mail, nothing in bulk."""
    reason = Suppression.Reason.COMPLAINT if kind == Kind.COMPLAINT else Suppression.Reason.UNSUBSCRIBE
    for each in [topic] if topic in BULK else BULK:
        suppress(address, each, reason)


def _message(event: AnymailTrackingEvent, address: str) -> Message | None:
    if not event.message_id:
        return None
    found: Message | None = Message.objects.by_provider(str(event.message_id), address).first()
    return found


def _arrived(message: Message | None) -> None:
    """An uncertain mail did arrive."""
    from correspondence.services.outcomes import record_sent  # noqa: PLC0415 - services import this module

    if message is None:
        return
    with transaction.atomic():
        locked = Message.objects.select_for_update().filter(pk=message.pk, state=State.UNCERTAIN)
        record_sent(list(locked))


def _says_hard(event: AnymailTrackingEvent) -> bool:
    """Some providers name no reason; then the mail server's own words count."""
    from correspondence.verdicts import is_bad_address  # noqa: PLC0415 - needs smtplib only here

    words = str(event.mta_response or "")
    code = words.strip()[:3]
    return event.reject_reason is None and code.isdigit() and is_bad_address(int(code), words)


def _event_id(event: AnymailTrackingEvent, provider: str, address: str) -> str:
    """The provider's id; some give none, then what the event says is its id."""
    if event.event_id:
        return f"{provider} {event.event_id} {event.event_type}"[:120] + f" {_short(address)}"
    said = f"{event.message_id} {event.event_type} {event.timestamp} {address}"
    return f"{provider} {_short(said)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
