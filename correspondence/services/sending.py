"""The dispatcher: claim, commit, ask again whether, render, say that it may go out, send, write down.

Nothing is held while the mail server is talked to, and every step leaves rows from which the next dispatcher
knows what is certain: before ``handing_over`` nothing has gone out, after it the mail server may have it.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.jobs import kill_point
from correspondence import health, kinds, suppression
from correspondence.building import build
from correspondence.models import Message
from correspondence.services import claiming, outcomes
from correspondence.services.halting import halt_if_bad
from correspondence.transport import Line
from correspondence.verdicts import Outcome, Result, words_of

logger = logging.getLogger(__name__)
SECONDS = 240  # then another task goes on; far below the broker's patience
MARGIN = 60  # seconds before the lease ends in which no other mail is begun
# The mail server has said something about the mail, be it no.
ANSWERED = frozenset({
    Outcome.SENT, Outcome.TEMPORARY, Outcome.REFUSED, Outcome.BOUNCED, Outcome.BARRED,
})  # fmt: skip

Ready = list[tuple[Message, EmailMessage]]
Results = list[tuple[Message, Result]]


def send_due(*, seconds: float = SECONDS) -> Counter[Outcome]:
    """Send what is due until nothing is, or the time is over; safe at any time and any number of times.

    Returns how many mails came out how.
    """
    done: Counter[Outcome] = Counter()
    claiming.sweep(timezone.now())
    until = time.monotonic() + seconds
    with claiming.slot() as free:
        if not free or not health.may_try(timezone.now()):
            return done
        with Line() as line:
            while time.monotonic() < until:
                batch, more = claiming.claim(timezone.now())
                kill_point("outbox claimed")
                if batch and not _send(batch, line, done):
                    break
                if not more:
                    break
    return done


def _send(batch: list[Message], line: Line, done: Counter[Outcome]) -> bool:
    """Send one batch; False when the mail server cannot be reached, or the time of the batch is over."""
    deadline = time.monotonic() + claiming.time_left(batch, timezone.now()).total_seconds() - MARGIN
    ready = _rendered(_still_wanted(batch))
    kill_point("outbox rendered")
    for start in range(0, len(ready), claiming.AT_ONCE):
        rest = start + claiming.AT_ONCE
        if not _send_some(ready[start:rest], line, deadline, done):
            outcomes.release([message for message, _email in ready[rest:]])
            return False
    return True


def _send_some(ready: Ready, line: Line, deadline: float, done: Counter[Outcome]) -> bool:
    """Announce, hand over, write down; False when the rest of the batch is not to be tried."""
    ours = claiming.announce(_not_held([message for message, _email in ready]))
    ready = [(message, email) for message, email in ready if message.pk in ours]
    kill_point("outbox announced")
    results, down = _hand_over(ready, line, deadline)
    passed = {message.from_address for message, result in results if result.outcome == Outcome.SENT}
    results = [(message, _about_mail_alone(message, result, passed)) for message, result in results]
    outcomes.record(results)
    kill_point("outbox recorded")
    outcomes.release([message for message, _email in ready[len(results) :]])
    done.update(result.outcome for _message, result in results)
    if down is not None:
        health.went_down(down.words)
    elif results and all(result.outcome in ANSWERED for _message, result in results):
        health.came_up()
    _note_senders(results, passed)
    halt_if_bad({m.topic for m, result in results if result.outcome == Outcome.BOUNCED})
    return len(results) == len(ready)


def _about_mail_alone(message: Message, result: Result, passed: set[str]) -> Result:
    """Where other mails of a sender pass, one that is barred is not so for its sender: it costs attempts."""
    if result.outcome == Outcome.BARRED and message.from_address in passed:
        return replace(result, outcome=Outcome.TEMPORARY)
    return result


def _note_senders(results: Results, passed: set[str]) -> None:
    """Whose mail is let through, and whose is not: that sender's mails wait, the others go on."""
    barred = {m.from_address: result.words for m, result in results if result.outcome == Outcome.BARRED}
    for sender, words in barred.items():
        health.barred(sender, words)
    health.let_through(passed)


def _hand_over(ready: Ready, line: Line, deadline: float) -> tuple[Results, Result | None]:
    """What came of each until the time was over or the mail server away; and what it was away with."""
    results: Results = []
    for message, email in ready:
        if time.monotonic() > deadline:
            break
        result = line.hand_over(email)
        kill_point("outbox handed over")
        if result.outcome == Outcome.DOWN:
            return results, result
        results.append((message, result))
    return results, None


def _still_wanted(batch: list[Message]) -> list[Message]:
    """Without those that must not be sent any more; they are cancelled with the reason."""
    reasons: dict[int, str] = {}
    by_topic: dict[str, list[Message]] = defaultdict(list)
    for message in batch:
        by_topic[message.topic].append(message)
    for topic, messages in by_topic.items():
        gone = suppression.suppressed((m.recipient for m in messages), topic)
        refusing = suppression.refusing((m.contact_id for m in messages if m.contact_id), topic)
        reasons |= {m.pk: _("The address is suppressed.") for m in messages if m.recipient in gone}
        reasons |= {m.pk: _("The contact refuses e-mail.") for m in messages if m.contact_id in refusing}
    return _asked(batch, reasons, lambda kind: kind.may_send)


def _not_held(batch: list[Message]) -> list[Message]:
    """Without those that a person has held back since the batch was asked about; the others may go out."""
    return _asked(batch, {}, lambda kind: kind.held)


def _asked(
    batch: list[Message], reasons: dict[int, str], question: Callable[[kinds.Kind], kinds.MaySend | None]
) -> list[Message]:
    """Without those of which their kinds say so, or for which there are ``reasons`` already: these are
    cancelled. Those whose kind failed to answer wait for another try.
    """
    unasked: Results = []
    by_kind: dict[str, list[Message]] = defaultdict(list)
    for message in batch:
        if message.pk not in reasons:
            by_kind[message.kind].append(message)
    for name, messages in by_kind.items():
        kind = kinds.find(name)
        ask = question(kind) if kind is not None else None
        if ask is None:
            continue
        try:
            reasons |= ask(messages)
        except Exception as error:  # the fault of one kind must not hold up the mails of the others
            logger.exception("Mails of kind %s could not be asked about", name)
            later = Result(Outcome.TEMPORARY, type(error).__name__)
            unasked += [(message, later) for message in messages]
    if reasons:
        outcomes.cancel(batch, reasons)
    if unasked:
        outcomes.record(unasked)
    settled = reasons.keys() | {message.pk for message, _later in unasked}
    return [message for message in batch if message.pk not in settled]


def _rendered(batch: list[Message]) -> Ready:
    """Each with its mail; what is not to be sent is cancelled, what cannot be rendered has failed."""
    ready: Ready = []
    withdrawn: dict[int, str] = {}
    errors: dict[int, str] = {}
    for message in batch:
        kind = kinds.find(message.kind)
        if kind is None:
            errors[message.pk] = f"Nobody renders mails of kind “{message.kind}”."
            continue
        try:
            with translation.override(None):
                rendered = kind.render(message)
            if rendered is None:
                withdrawn[message.pk] = _("No longer to be sent.")
            else:
                ready.append((message, build(message, rendered)))
        except Exception as error:
            logger.exception("Mail %s could not be rendered", message.pk)
            errors[message.pk] = f"It could not be rendered: {words_of(error)}"
    outcomes.cancel(batch, withdrawn)
    outcomes.fail(batch, errors)
    return ready
