"""A week later everybody is written to once more, with the same words: nobody knows who has answered.

Then the day's tag key is destroyed: from that moment on nobody can say which tag was whose.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ballotbox.policy import FOLLOW_UP_DAYS, TAG_KEY_DAYS
from correspondence.models import Message, State
from correspondence.services import enqueue_many
from surveys import keys
from surveys.models import Invitation, Wave
from surveys.services.inviting import FOLLOW_UP, KINDS, SWITCHED_OFF, Moments, draft

# What may still go out, or may still be sent again by a person's decision.
UNFINISHED = (State.PENDING, State.SENDING)


def enqueue_due(on: date) -> int:
    """The follow-ups of every day of sending that is a week ago, to all that were handed over."""
    n = 0
    for wave_id, day in keys.send_days():
        if timedelta(days=FOLLOW_UP_DAYS) <= on - day < timedelta(days=TAG_KEY_DAYS):
            n += _enqueue(wave_id, day, on)
    return n


@transaction.atomic
def _enqueue(wave_id: UUID, day: date, on: date) -> int:
    wave = Wave.objects.select_related("programme").filter(pk=wave_id, closes_on__gte=on).first()
    if wave is None:
        return 0
    rows = wave.invitations.filter(send_on=day, state=Invitation.State.HANDED_OVER).select_related("account")
    moments = Moments(on)
    return enqueue_many(
        [draft(FOLLOW_UP, row, wave.programme, moments.not_before(row.account)) for row in rows]
    )


def destroy_tag_keys(on: date) -> int:
    """The keys of days whose mails are all out, at the latest 14 days after sending."""
    n = 0
    for wave_id, day in keys.send_days():
        age = on - day
        if age >= timedelta(days=TAG_KEY_DAYS) or (
            age > timedelta(days=FOLLOW_UP_DAYS) and _is_over(wave_id, day)
        ):
            n += keys.destroy_tags(wave_id, day)
    return n


def destroy_old_tag_keys(on: date) -> int:
    """The keys of days that are 14 days ago, whatever waits: by the names of the files alone."""
    old = [each for each in keys.send_days() if on - each[1] >= timedelta(days=TAG_KEY_DAYS)]
    return sum(keys.destroy_tags(wave_id, day) for wave_id, day in old)


def _is_over(wave_id: UUID, day: date) -> bool:
    """Whether no mail of that day can leave any more; those that the switch has stopped may come back."""
    ids = [
        str(pk) for pk in Invitation.objects.filter(wave=wave_id, send_on=day).values_list("pk", flat=True)
    ]
    mails = Message.objects.filter(kind__in=KINDS, key__in=ids)
    stopped = Q(state=State.CANCELLED, reason=SWITCHED_OFF)
    return not mails.filter(Q(state__in=UNFINISHED) | stopped).exists()
