"""Does mail leave at all?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from correspondence.models import Message, Outage

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
# Longer than two bells of beat: whoever waits longer waits for a worker that is not there.
PATIENCE = timedelta(minutes=2)


def is_working() -> bool:
    """False when mail about logins does not leave, or nobody takes up what is urgent and due."""
    if Outage.objects.filter(name__in=[Outage.TRANSPORT, Outage.name_of("")]).exists():
        return False
    overdue = Message.objects.due(timezone.now() - PATIENCE).filter(is_urgent=True)
    return not overdue.exists()


def may_try(now: datetime) -> bool:
    """Whether the mail server is worth a try now."""
    return not Outage.objects.filter(name=Outage.TRANSPORT, next_try_at__gt=now).exists()


def went_down(error: str) -> None:
    """The mail server could not be reached: pause a little longer each time."""
    _stands_still(Outage.TRANSPORT, error)


def came_up() -> None:
    """The mail server answered."""
    Outage.objects.filter(name=Outage.TRANSPORT).delete()


def barred(sender: str, error: str) -> None:
    """The provider lets no mail of this sender through ("" = DEFAULT_FROM_EMAIL): its mails wait."""
    _stands_still(Outage.name_of(sender), error)


def let_through(senders: Iterable[str]) -> None:
    """Mail of these senders went out."""
    if names := [Outage.name_of(sender) for sender in senders]:
        Outage.objects.filter(name__in=names).delete()


def barred_senders(now: datetime) -> list[str]:
    """Whose mails are not worth a try now."""
    waiting = Outage.objects.exclude(name=Outage.TRANSPORT).filter(next_try_at__gt=now)
    return [outage.sender for outage in waiting]


def standing() -> list[Outage]:
    """What the page tells of, the mail server first."""
    return sorted(Outage.objects.all(), key=lambda each: (each.name != Outage.TRANSPORT, each.name))


def _stands_still(name: str, error: str) -> None:
    now = timezone.now()
    outage, new = Outage.objects.get_or_create(
        name=name, defaults={"since": now, "next_try_at": now + FIRST_PAUSE, "error": error[:1000]}
    )
    if not new:
        outage.failures += 1
        outage.next_try_at = now + min(FIRST_PAUSE * 2 ** min(outage.failures - 1, 10), LONGEST_PAUSE)
        outage.error = error[:1000]
        outage.save()
