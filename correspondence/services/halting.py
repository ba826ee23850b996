"""The kill switch: a topic whose mails bounce or annoy too often is not sent until an admin says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from correspondence.models import DeliveryReport, Halt, Message, Topic

DAY = timedelta(days=1)
FEWEST = 50  # mails of the last day; below that a share means nothing
MOST_BOUNCED = 0.02
MOST_COMPLAINTS = 0.001
# Never halted: mails that people asked for. Anybody can have one sent to any address (the page for a
# forgotten password), and must not be able to lock everybody out with it.
NEVER = frozenset({Topic.SERVICE.value})


def halt_if_bad(topics: Iterable[str]) -> None:
    """Look at the last day of these topics and halt those that did badly."""
    for topic in set(topics) - NEVER - {""}:
        _look_at(topic)


def _look_at(topic: str) -> None:
    now = timezone.now()
    halt, _new = Halt.objects.get_or_create(topic=topic)
    if halt.halted_at:
        return
    since = max(now - DAY, halt.counted_from or now - DAY)
    reports = DeliveryReport.objects.since(since).filter(topic=topic)
    bounced = reports.filter(kind=DeliveryReport.Kind.HARD_BOUNCE).count()
    complaints = reports.filter(kind=DeliveryReport.Kind.COMPLAINT).count()
    # what bounced while it was handed over was never "sent"
    refused = reports.filter(kind=DeliveryReport.Kind.HARD_BOUNCE, event_id__startswith="smtp ").count()
    sent = Message.objects.filter(topic=topic, sent_at__gte=since).count() + refused
    if sent >= FEWEST and (bounced > sent * MOST_BOUNCED or complaints > sent * MOST_COMPLAINTS):
        Halt.objects.filter(topic=topic, halted_at=None).update(
            halted_at=now, sent=sent, bounced=bounced, complaints=complaints
        )
