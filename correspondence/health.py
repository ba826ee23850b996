"""Does mail leave at all?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from correspondence.models import Message, Outage

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
# Longer than two bells of beat: whoever waits longer waits for a worker that is not there.
PATIENCE = timedelta(minutes=2)


def is_working() -> bool:
    """False when the mail server cannot be reached, or nobody takes up what is urgent and due."""
    if Outage.objects.exists():
        return False
    overdue = Message.objects.due(timezone.now() - PATIENCE).filter(is_urgent=True)
    return not overdue.exists()


def may_try(now: datetime) -> bool:
    """Whether the mail server is worth a try now."""
    return not Outage.objects.filter(next_try_at__gt=now).exists()


def went_down(error: str) -> None:
    """The mail server could not be reached: pause a little longer each time."""
    now = timezone.now()
    outage, new = Outage.objects.get_or_create(
        name="transport", defaults={"since": now, "next_try_at": now + FIRST_PAUSE, "error": error[:1000]}
    )
    if not new:
        outage.failures += 1
        outage.next_try_at = now + min(FIRST_PAUSE * 2 ** min(outage.failures - 1, 10), LONGEST_PAUSE)
        outage.error = error[:1000]
        outage.save()


def came_up() -> None:
    """The mail server answered."""
    Outage.objects.all().delete()


def standing() -> Outage | None:
    """The outage the page tells of."""
    return Outage.objects.first()
