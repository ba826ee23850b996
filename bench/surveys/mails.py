"""Invitations through the outbox, beside a bare loop over one connection to the same mail sink."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from bench.report import Line
from bench.surveys import sink
from bench.surveys.ground import Ground
from correspondence import kinds
from correspondence.building import build
from correspondence.models import Message
from correspondence.services import send_due
from correspondence.verdicts import Outcome
from surveys.models import Wave
from surveys.services import inviting
from surveys.services.inviting import INVITATION, Guest
from users.clock import company_today

GOAL = 60.0  # per cent of the bare loop's rate
ROUNDS = 5  # outbox and loop take turns, so that what the machine does meanwhile hits both alike


@dataclass
class Mails:
    """How many left, and the seconds it took; ``queued``: the seconds until they were in the outbox."""

    sent: int = 0
    queued: float = 0.0
    outbox: float = 0.0
    bare: float = 0.0
    taken: int = 0  # by the sink, from both

    @property
    def per_cent(self) -> float:
        return 100 * self.bare / self.outbox


def measure(ground: Ground, wave: Wave, guests: list[Guest], say: Callable[[str], None]) -> Mails:
    """Invite them in rounds; each round leaves through the outbox, then as often through a bare loop.

    Raises RuntimeError when a mail did not leave, or did not arrive.
    """
    found = Mails()
    settings.MAIL_SINK_SOCKET = ground.folder / "sink"
    with sink.running(settings.MAIL_SINK_SOCKET) as server:
        size = -(-len(guests) // ROUNDS)
        for start in range(0, len(guests), size):
            some = guests[start : start + size]
            found.queued += _timed(partial(_invite, wave, some))
            found.outbox += _timed(partial(_send, len(some)))
            found.bare += _timed(partial(_loop, _ready_made(len(some))))
            found.sent += len(some)
            say(f"  {found.sent:,} mails: {found.sent / found.outbox:.0f} a second, "
                f"bare loop {found.sent / found.bare:.0f}")  # fmt: skip
    found.taken = server.mails
    if found.taken != 2 * found.sent:
        raise RuntimeError(f"The mail sink took {found.taken} mails instead of {2 * found.sent}.")
    return found


def lines(found: Mails) -> list[Line]:
    outbox, bare = found.sent / found.outbox, found.sent / found.bare
    return [
        Line(
            f"rate of the outbox, {found.sent:,} invitations", found.per_cent, "%", GOAL, at_least=True,
            detail=f"{outbox:.0f} a second rendered and handed over, {bare:.0f} by a bare loop; "
            f"put in at {found.sent / found.queued:.0f} a second",
        )
    ]  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@transaction.atomic
def _invite(wave: Wave, some: list[Guest]) -> None:
    inviting.send(wave, some, company_today() - timedelta(days=1))  # whose morning has come everywhere


def _send(expected: int) -> None:
    """The dispatcher as a worker runs it, until nothing is due."""
    done = send_due(seconds=3600)
    if done != {Outcome.SENT: expected}:
        raise RuntimeError(f"Of {expected} mails came out: {dict(done)}.")


def _ready_made(number: int) -> list[EmailMessage]:
    """One of the mails that left, to as many addresses: nothing to read, nothing to render."""
    message = Message.objects.filter(kind=INVITATION).latest("id")
    kind = kinds.find(INVITATION)
    rendered = kind.render(message) if kind else None
    if rendered is None:
        raise RuntimeError("The mail cannot be rendered again.")
    return [build(message, rendered) for _ in range(number)]


def _loop(ready: list[EmailMessage]) -> None:
    with get_connection(settings.MAIL_TRANSPORT) as line:
        for email in ready:
            line.send_messages([email])
