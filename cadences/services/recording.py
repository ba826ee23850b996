"""One door for the log form: what was chosen as outcome decides which verb is meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import Touchpoint
from cadences.services.closing import IN_VAIN, POSTPONED, close_todo, complete, log_contact, tried
from cadences.services.dates import call_back, first_line
from cadences.services.locks import SavedBeforeError, sent_before
from cadences.services.steps import NextStep
from contacts.models import Interaction
from contacts.services import LogEntry, add_contact
from users.models import User


@dataclass(frozen=True)
class Submission:
    """The log form as it was sent: the log, a new person if there is one, and the dates."""

    entry: LogEntry
    next_step: NextStep = field(default_factory=NextStep.as_planned)
    new_person: dict[str, Any] | None = None
    try_on: date | None = None
    back_on: date | None = None
    back_at: time | None = None


@transaction.atomic
def record(user: User, touchpoint: Touchpoint, sent: Submission) -> Interaction:
    """Log against a touchpoint: closes it, leaves it open after a vain try, or dates the call back."""
    if before := sent_before(user, sent.entry.token, touchpoint.account_id):
        return _if_unchanged(user, before, sent, SavedBeforeError.OWED)
    sent = _with_person(user, touchpoint.account, sent)
    outcome = sent.entry.outcome
    if touchpoint.kind == Touchpoint.Kind.TODO:
        return close_todo(user, touchpoint, sent.entry)
    if outcome in IN_VAIN:
        return tried(user, touchpoint, sent.entry, sent.try_on)
    if outcome == POSTPONED:
        if sent.back_on is None:
            raise ValidationError({"back_on": _("Choose the day they want to be called.")})
        return call_back(user, touchpoint, sent.entry, sent.back_on, sent.back_at)
    return complete(user, touchpoint, sent.entry, sent.next_step)


@transaction.atomic
def record_on_account(
    user: User, account: Account, sent: Submission, counts_as: Iterable[Touchpoint] = ()
) -> Interaction:
    """Log on an account, outside any touchpoint or for those that it counts as."""
    if before := sent_before(user, sent.entry.token, account.pk):
        return _if_unchanged(user, before, sent)
    sent = _with_person(user, account, sent)
    reached = sent.entry.outcome not in IN_VAIN and sent.entry.outcome != POSTPONED
    step: NextStep | None = sent.next_step if reached else None
    if sent.back_on and sent.entry.outcome == POSTPONED:
        about = first_line(sent.entry) or _("They asked to be called.")
        step = NextStep.agreed(sent.back_on, sent.back_at, contact=sent.entry.contact, about=about)
    if step is not None and step == NextStep.as_planned():
        step = None
    return log_contact(user, account, sent.entry, step, counts_as if reached else ())


def _if_unchanged(user: User, before: Interaction, sent: Submission, cure: str = "") -> Interaction:
    """The first log, unless the form says something else by now: then nothing is swallowed silently."""
    entry, words = sent.entry, sent.entry.summary.strip()
    differs = bool(words) and words != before.summary
    if before.kind == entry.kind:  # a to-do leaves a note, whatever the form says
        differs |= (before.outcome, before.sentiment) != (entry.outcome, entry.sentiment)
    more = (
        entry.commitment is not None and not before.commitments.exists(),
        entry.concern is not None and not before.concerns.exists(),
        bool(entry.expectation.strip()) and not before.expectations.exists(),
        bool(entry.asks) and not before.asks.exists(),
    )
    if differs or any(more):
        raise SavedBeforeError(before, user, cure)
    return before


def _with_person(user: User, account: Account, sent: Submission) -> Submission:
    """Quick-add: the new person is the one the talk was with, and will be next."""
    if sent.new_person is None:
        return sent
    person = add_contact(user, account, **sent.new_person)
    entry = replace(sent.entry, contact=person)
    step = replace(sent.next_step, contact=person) if sent.next_step.on else sent.next_step
    return replace(sent, entry=entry, next_step=step, new_person=None)
