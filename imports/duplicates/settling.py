"""What can stand only once *in some state*: the loser's rows leave that state before they move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from cadences.models import Appointment, Campaign
from contacts.models import Contact
from imports.duplicates.keys import Key, conditional_with
from imports.duplicates.moving import Mover, Pairs, Settle


def settler(today: date) -> Settle:
    """Sees to every constraint of that sort; ``today`` is the day of whoever merges."""

    def settle(mover: Mover, key: Key, pairs: Pairs) -> None:
        for constraint in conditional_with(key):
            SETTLERS[constraint.name](mover, pairs, today)

    return settle


def _main(mover: Mover, pairs: Pairs, _today: date) -> None:
    """Whom we call at the survivor stays whom we call."""
    main = Contact.objects.filter(is_main=True, left_on__isnull=True)
    taken = set(main.filter(account__in=pairs.values()).values_list("account_id", flat=True))
    gone = [one for one, stays in pairs.items() if stays in taken]
    ids = main.filter(account__in=gone).values_list("pk", flat=True)
    mover.change(Contact, list(ids), is_main=False)


def _campaign(mover: Mover, pairs: Pairs, today: date) -> None:
    """Of two running campaigns the survivor's goes on."""
    running = Campaign.objects.filter(ended_on=None)
    taken = set(running.filter(account__in=pairs.values()).values_list("account_id", flat=True))
    gone = [one for one, stays in pairs.items() if stays in taken]
    ids = list(running.filter(account__in=gone).values_list("pk", flat=True))
    words = _("Merged with %(name)s, where one was running.") % {"name": mover.merge.survivor_name}
    mover.change(
        Campaign, ids, ended_on=today, ended_by=mover.merge.user, result=Campaign.Result.OTHER, words=words
    )


def _appointment(mover: Mover, pairs: Pairs, _today: date) -> None:
    """Of two meetings agreed for what is owed once, both take place; the survivor's counts for it."""
    planned = Appointment.objects.filter(state=Appointment.State.PLANNED)
    taken = set(planned.filter(touchpoint__in=pairs.values()).values_list("touchpoint_id", flat=True))
    gone = [one for one, stays in pairs.items() if stays in taken]
    ids = planned.filter(touchpoint__in=gone).values_list("pk", flat=True)
    mover.change(Appointment, list(ids), touchpoint=None)


SETTLERS: dict[str, Callable[[Mover, Pairs, date], None]] = {
    "contact_one_main": _main,
    "campaign_one_running": _campaign,
    "appointment_one_for_a_touchpoint": _appointment,
}
