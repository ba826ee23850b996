"""Promises, ours and theirs (R12)."""

from __future__ import annotations

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
    """Kept (late, if after its day) or broken."""
    require_active(user)
    require(
        Commitment.objects.editable_by(user).filter(pk=commitment.pk).exists(),
        _("Only who promised or those who look after the account may close a promise."),
    )
    commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    if commitment.state != Commitment.State.OPEN:
        raise ValidationError(_("This promise was closed on %(day)s.") % {"day": commitment.closed_on})
    today = today_for(user)
    if not kept:
        commitment.state = Commitment.State.BROKEN
    elif today > commitment.due_on:
        commitment.state = Commitment.State.LATE
    else:
        commitment.state = Commitment.State.KEPT
    commitment.closed_on = today
    commitment.save()
    return commitment
