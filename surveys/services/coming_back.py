"""Mails that a survey stopped while it was off leave after all when it is switched on again in time."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from correspondence.models import Message, State
from correspondence.services import bring_back
from surveys import keys
from surveys.models import Asked, Invitation, Programme, Wave
from surveys.services.inviting import FOLLOW_UP, INVITATION, KINDS, SWITCHED_OFF, Moments

TOO_OLD = timedelta(days=14)
"""An invitation that should have left longer ago stays away: the purchase is past."""


def all_of(programme: Programme, on: date) -> int:
    """Mails of invitations, and of follow-ups whose links can still be made. The caller's transaction."""
    n = 0
    for wave in Wave.objects.sending_on(on).filter(programme=programme):
        n += _invitations(wave, on)
    for wave in programme.waves.filter(state=Wave.State.READY, closes_on__gte=on):
        n += _follow_ups(wave, on)
    return n


def every_night(on: date) -> int:
    """Of all programmes that are on.

    A dispatcher that had read that one was off may have stopped a mail after it was switched on.
    """
    stopped = Message.objects.filter(kind__in=KINDS, state=State.CANCELLED, reason=SWITCHED_OFF)
    if not stopped.exists():
        return 0
    n = 0
    for programme in Programme.objects.filter(is_on=True).order_by("pk"):
        with transaction.atomic():
            n += all_of(programme, on)
    return n


def _invitations(wave: Wave, on: date) -> int:
    """They count as sent on this day, so that the follow-up comes a week later and not at once."""
    rows = wave.invitations.filter(state=Invitation.State.QUEUED, send_on__gt=on - TOO_OLD)
    back = _waiting_again(INVITATION, list(rows.select_related("account")), on)
    if not back:
        return 0
    keys.make_tags(wave.pk, on)
    for row in back:
        # nothing else says which note for the quarantine belongs to an invitation
        asked = Asked.objects.filter(programme=wave.programme, contact=row.contact_id, sent_on=row.send_on)
        asked.update(sent_on=on)
    Invitation.objects.filter(pk__in=[row.pk for row in back]).update(send_on=on)
    return len(back)


def _follow_ups(wave: Wave, on: date) -> int:
    rows = wave.invitations.filter(state=Invitation.State.HANDED_OVER, send_on__gt=on - TOO_OLD)
    there = [row for row in rows.select_related("account") if keys.has_tags(wave.pk, row.send_on)]
    return len(_waiting_again(FOLLOW_UP, there, on))


def _waiting_again(kind: str, rows: list[Invitation], on: date) -> list[Invitation]:
    moments = Moments(on)
    back = bring_back(kind, SWITCHED_OFF, {str(row.pk): moments.not_before(row.account) for row in rows})
    return [row for row in rows if str(row.pk) in back]
