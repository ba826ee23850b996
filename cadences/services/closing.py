"""Closing what is owed: done with a log and a next date, tried in vain, or skipped with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import Touchpoint
from cadences.planned.following import take_back
from cadences.services.dates import agree, check_day, hand_date
from cadences.services.locks import lock, lock_account, lock_open, sent_before
from cadences.services.steps import NextStep
from cadences.upcoming import next_owed_on
from contacts.models import Interaction
from contacts.services import LogEntry, write_log
from core import facts
from users.access import require, require_active
from users.clock import today_for
from users.models import User

IN_VAIN = frozenset({"no_answer", "voicemail", "wrong_number"})
"""Outcomes that leave the touchpoint open."""

POSTPONED = "call_back"

AGREED_KINDS = frozenset(Touchpoint.Kind.values) - {Touchpoint.Kind.SURVEY, Touchpoint.Kind.TODO}
"""How people agree to be in contact: the system sends surveys, and a to-do is agreed with nobody."""


@transaction.atomic
def complete(user: User, touchpoint: Touchpoint, entry: LogEntry, next_step: NextStep) -> Interaction:
    """Close a touchpoint with the contact that was owed, and say when we are in touch next (R11).

    The same form sent twice logs once. Raises TouchpointClosedError when somebody was faster, and
    ValidationError naming the field.
    """
    if before := sent_before(user, entry.token, touchpoint.account_id):
        return before
    if entry.outcome in IN_VAIN or entry.outcome == POSTPONED:
        raise ValidationError(
            {"outcome": _("Nobody was reached: this stays owed. Choose when to try again.")}
        )
    touchpoint = lock_open(user, touchpoint)
    interaction = _log(user, touchpoint.account, entry, next_step)
    close_with(touchpoint, interaction, user)
    _settle_next(user, touchpoint.account, interaction, next_step)
    return interaction


@transaction.atomic
def log_contact(
    user: User,
    account: Account,
    entry: LogEntry,
    next_step: NextStep | None = None,
    counts_as: Iterable[Touchpoint] = (),
) -> Interaction:
    """Log a contact from outside My day: by anybody, on any account.

    ``counts_as``: open track or calendar touchpoints that this contact fulfils; rolling ones are closed
    by the engine itself when the contact qualifies. Without ``next_step`` the plan decides.
    """
    require_active(user)
    if before := sent_before(user, entry.token, account.pk):
        return before
    account = lock_account(account.pk)
    step = next_step or NextStep.as_planned()
    closing = list(counts_as)
    for touchpoint in closing:
        require(touchpoint.account_id == account.pk, _("This touchpoint belongs to another account."))
    closing = [lock_open(user, touchpoint) for touchpoint in closing]
    interaction = _log(user, account, entry, step)
    for touchpoint in closing:
        close_with(touchpoint, interaction, user)
    _settle_next(user, account, interaction, step, demanded=next_step is not None)
    return interaction


@transaction.atomic
def tried(user: User, touchpoint: Touchpoint, entry: LogEntry, try_on: date | None = None) -> Interaction:
    """Nobody answered, a voicemail, a wrong number: logged, and the touchpoint stays open.

    ``try_on``: the day of the next try; lateness still counts from the planned day.
    """
    if before := sent_before(user, entry.token, touchpoint.account_id):
        return before
    if entry.outcome not in IN_VAIN:
        raise ValueError(f"not a try in vain: {entry.outcome}")
    touchpoint = lock_open(user, touchpoint)
    interaction = write_log(user, touchpoint.account, entry)
    if try_on and try_on != touchpoint.due_on:
        check_day(user, try_on, "try_on")
        hand_date(user, touchpoint, try_on, str(interaction.get_outcome_display()))
    facts.changed(account_ids=[touchpoint.account_id])
    return interaction


@transaction.atomic
def skip(user: User, touchpoint: Touchpoint, reason: str) -> Touchpoint:
    """Leave this one out: it consumes the cycle and counts as owed and not done."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is skipped; the reason stays with it.")})
    touchpoint = lock_open(user, touchpoint)
    touchpoint.state = Touchpoint.State.SKIPPED
    touchpoint.reason = reason.strip()[:200]
    touchpoint.closed_on = today_for(user)
    touchpoint.closed_by = user
    touchpoint.save()
    take_back(touchpoint, touchpoint.reason)
    facts.changed(account_ids=[touchpoint.account_id])
    return touchpoint


@transaction.atomic
def reopen(user: User, touchpoint: Touchpoint) -> Touchpoint:
    """Take a skip back; the cycle after it is no longer owed."""
    touchpoint = lock(user, touchpoint)
    if touchpoint.state != Touchpoint.State.SKIPPED:
        raise ValidationError(_("Only a skipped touchpoint can be taken back; withdraw the log instead."))
    touchpoint.state = Touchpoint.State.OPEN
    touchpoint.reason = ""
    touchpoint.closed_on = None
    touchpoint.closed_by = None
    touchpoint.save()
    facts.changed(account_ids=[touchpoint.account_id])
    return touchpoint


@transaction.atomic
def close_todo(user: User, touchpoint: Touchpoint, entry: LogEntry) -> Interaction:
    """A to-do is done: a note remains, and nothing is owed after it."""
    if before := sent_before(user, entry.token, touchpoint.account_id):
        return before
    touchpoint = lock_open(user, touchpoint)
    if touchpoint.kind != Touchpoint.Kind.TODO:
        raise ValueError("not a to-do")
    text = entry.summary.strip() or _("Done: %(todo)s") % {"todo": touchpoint.about}
    interaction = write_log(user, touchpoint.account, replace(entry, summary=text))
    close_with(touchpoint, interaction, user)
    facts.changed(account_ids=[touchpoint.account_id])
    return interaction


def close_with(touchpoint: Touchpoint, interaction: Interaction, user: User) -> None:
    """Mark it done on the day the contact happened (late, if that was late)."""
    touchpoint.state = Touchpoint.State.DONE
    touchpoint.closed_on = interaction.happened_on
    touchpoint.closed_by = user
    touchpoint.interaction = interaction
    touchpoint.reason = ""
    touchpoint.save()


def _log(user: User, account: Account, entry: LogEntry, step: NextStep) -> Interaction:
    _check_next(user, step)
    return write_log(user, account, replace(entry, no_next_reason=step.reason))


def _check_next(user: User, step: NextStep) -> None:
    """What is wrong with the next date, by the form's field names."""
    wrong: dict[str, str] = {}
    if step.on and step.on < today_for(user):
        wrong["next_on"] = _("The next date is in the past: choose today or later.")
    if step.at and not step.on:
        wrong["next_on"] = _("A time needs its day: choose the date too.")
    if step.on and step.channel not in AGREED_KINDS:
        wrong["next_kind"] = _("Choose how you will be in contact next.")
    if step.on and step.channel == Touchpoint.Kind.LETTER and step.contact is None:
        wrong["contact"] = _("A letter goes to a named person: choose the contact.")
    refused = step.contact.refused_channels if step.contact else []
    if step.on and step.channel in refused and not step.about:
        wrong["next_about"] = _("%(name)s does not want this channel: write why it is used all the same.") % {
            "name": step.contact
        }
    if wrong:
        raise ValidationError(wrong)


def _settle_next(
    user: User, account: Account, interaction: Interaction, step: NextStep, *, demanded: bool = True
) -> None:
    """Write the agreed date, let the plan answer, and refuse an end without any next date (R11)."""
    if step.on:
        agree(user, account, interaction, step)
    facts.changed(account_ids=[account.pk])
    if step.on or step.reason or not demanded:
        return
    if next_owed_on(account.pk) is None:
        raise ValidationError(
            {
                "next_on": _(
                    "The plan holds nothing more for this account: choose a date, or say why there is none."
                )
            }
        )
