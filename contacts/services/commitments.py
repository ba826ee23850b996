"""Promises, ours and theirs (R12)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Channel, Commitment, Contact, Interaction
from contacts.services.entries import CommitmentDraft
from users.access import require, require_active
from users.clock import today_for
from users.models import User


@transaction.atomic
def make_commitment(
    user: User,
    account: Account,
    draft: CommitmentDraft,
    *,
    contact: Contact | None = None,
    interaction: Interaction | None = None,
) -> Commitment:
    """Record a promise; it is open until somebody says that it was kept or broken."""
    require_active(user)
    if not draft.what.strip():
        raise ValidationError({"what": _("Say what was promised.")})
    if draft.due_on < today_for(user):
        raise ValidationError({"due_on": _("A promise is for a day to come: choose today or later.")})
    if draft.channel and draft.channel not in Channel.values:
        raise ValidationError({"channel": _("Choose one of the channels in the list.")})
    return Commitment.objects.create(
        account=account,
        contact=contact,
        interaction=interaction,
        user=user,
        by_us=draft.by_us,
        what=draft.what.strip()[:300],
        channel=draft.channel,
        due_on=draft.due_on,
    )


@transaction.atomic
def close_commitment(user: User, commitment: Commitment, *, kept: bool) -> Commitment:
    """Kept (late, if after the day by which it is judged) or broken."""
    commitment = _locked_open(user, commitment)
    today = today_for(user)
    if not kept:
        commitment.state = Commitment.State.BROKEN
    elif today > commitment.judged_on:
        commitment.state = Commitment.State.LATE
    else:
        commitment.state = Commitment.State.KEPT
    commitment.closed_on = today
    commitment.save()
    return commitment


@transaction.atomic
def move_commitment(user: User, commitment: Commitment, due_on: date, reason: str) -> Commitment:
    """Give it a new date, with a reason.

    A new date that was told in time counts like the first one. Set after the day has passed, it helps to
    keep the promise in the end, but no longer in time: it will count as late.
    """
    commitment = _locked_open(user, commitment)
    today = today_for(user)
    wrong: dict[str, str] = {}
    if due_on < today:
        wrong["due_on"] = _("That day is over: choose today or later.")
    elif due_on == commitment.due_on:
        wrong["due_on"] = _("It is due on that day already: choose another one.")
    if not reason.strip():
        wrong["reason"] = _("Say why it moves, and what the customer said to it.")
    if wrong:
        raise ValidationError(wrong)
    if commitment.missed_on is None and today > commitment.due_on:
        commitment.missed_on = commitment.due_on
    commitment.due_on = due_on
    commitment.moved_reason = reason.strip()[:200]
    commitment.save()
    return commitment


@transaction.atomic
def reopen_commitment(user: User, commitment: Commitment) -> Commitment:
    """Undo of closing: it is owed again, on the day it was due."""
    commitment = _locked(user, commitment)
    commitment.state = Commitment.State.OPEN
    commitment.closed_on = None
    commitment.save()
    return commitment


def _locked(user: User, commitment: Commitment) -> Commitment:
    require_active(user)
    require(
        Commitment.objects.editable_by(user).filter(pk=commitment.pk).exists(),
        _("Only who promised or those who look after the account may change a promise."),
    )
    locked: Commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    return locked


def _locked_open(user: User, commitment: Commitment) -> Commitment:
    commitment = _locked(user, commitment)
    if commitment.state != Commitment.State.OPEN:
        raise ValidationError(_("This promise was closed on %(day)s.") % {"day": commitment.closed_on})
    return commitment
