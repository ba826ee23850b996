"""Does mail leave at all, and what must a person know of it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from correspondence.models import Halt, Message, Outage, State

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
# Longer than two bells of beat: whoever waits longer waits for a worker that is not there.
PATIENCE = timedelta(minutes=2)
# A mail server that is started anew is away for minutes; after that somebody should look.
LONG = timedelta(minutes=15)


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


def forget_idle_senders() -> None:
    """Nothing waits for these senders any more, so no try would ever say that they may send again."""
    for outage in Outage.objects.exclude(name=Outage.TRANSPORT):
        waiting = Message.objects.filter(from_address=outage.sender, state__in=[State.PENDING, State.SENDING])
        if not waiting.exists():
            outage.delete()


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


def alarms(now: datetime) -> list[str]:
    """What a person must look at, in words for the Engine page; four queries."""
    said = []
    uncertain = Message.objects.filter(state=State.UNCERTAIN).count()
    if uncertain:
        said.append(
            ngettext(
                "%(n)s mail may have gone out or not: nobody but you sends it again.",
                "%(n)s mails may have gone out or not: nobody but you sends them again.",
                uncertain,
            )
            % {"n": uncertain}
        )
    halted = Halt.objects.standing()
    said += [
        _("%(topic)s: halted, because too many mails came back or were reported as spam.")
        % {"topic": halt.get_topic_display()}
        for halt in halted
    ]
    return said + _what_does_not_leave(now, [halt.topic for halt in halted])


def _what_does_not_leave(now: datetime, halted: list[str]) -> list[str]:
    """An outage that lasts, or mails that nobody takes up."""
    outages = standing()
    said = [_outage_words(outage, now) for outage in outages if now - outage.since > LONG]
    # When the next try is over for long, nobody tries: the outage is then no reason to wait.
    tried = [outage for outage in outages if outage.next_try_at > now - LONG]
    if not all(outage.is_sender for outage in tried):
        return said
    due = Message.objects.due(now - LONG).exclude(topic__in=halted)
    overdue = due.exclude(from_address__in=[outage.sender for outage in tried]).order_by().count()
    if not overdue:
        return said
    words = ngettext(
        "%(n)s mail is due since long and nobody takes it up. Is the worker running?",
        "%(n)s mails are due since long and nobody takes them up. Is the worker running?",
        overdue,
    )
    return [*said, words % {"n": overdue}]


def _outage_words(outage: Outage, now: datetime) -> str:
    words = _("The mail server has not been reached for %(minutes)s minutes: %(error)s")
    if outage.name != Outage.TRANSPORT:
        words = _("The provider has let no mail of %(sender)s through for %(minutes)s minutes: %(error)s")
    minutes = int((now - outage.since) / timedelta(minutes=1))
    return words % {"minutes": minutes, "error": outage.error, "sender": outage.sender or _("our own sender")}
