"""What people do with gifts: say what one is, tick it sent, note the thanks, set the year's budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cadences.gifts.words import words_of
from cadences.models import Gift, GiftBudget, Slot, Touchpoint
from cadences.planned.following import take_back
from cadences.planned.rows import recipients
from cadences.services.closing import close_with
from cadences.services.locks import lock, lock_open
from contacts.models import Interaction
from contacts.services import LogEntry, write_log
from core import facts
from users.access import require, require_active
from users.clock import today_for
from users.models import User

MOST = Decimal("1e9")


@transaction.atomic
def describe(user: User, touchpoint: Touchpoint, *, what: str, cost: Decimal | None) -> Gift:
    """Say what this one is and costs, where that is not the usual. Raises ValidationError by field."""
    touchpoint = lock(user, touchpoint)
    if cost is not None and not 0 <= cost < MOST:
        raise ValidationError({"cost": _("An amount from 0 on, or empty for what is usual.")})
    if len(what.strip()) > 200:
        raise ValidationError({"what": _("At most %(n)d characters.") % {"n": 200}})
    gift = _gift_of(touchpoint)
    gift.what, gift.cost = what.strip(), cost
    gift.save()
    return gift


@transaction.atomic
def tick_sent(user: User, touchpoint: Touchpoint, on: date | None = None) -> Interaction:
    """It has gone: logged as a gift to the named or main contact, and no longer owed. Again changes nothing.

    A card that waits as a draft goes with it; one that somebody has approved is still printed and posted.
    """
    touchpoint = lock(user, touchpoint)
    if touchpoint.state == Touchpoint.State.DONE and touchpoint.interaction is not None:
        return touchpoint.interaction
    touchpoint = lock_open(user, touchpoint)
    day = on or today_for(user)
    if day > today_for(user):
        raise ValidationError({"on": _("Gifts are sent today or were on an earlier day.")})
    what = words_of([touchpoint]).get(touchpoint.pk) or touchpoint.slot.name
    entry = LogEntry(
        kind=Interaction.Kind.GIFT, outcome=Interaction.Outcome.SENT, summary=what, happened_on=day,
        contact=recipients([touchpoint]).get(touchpoint.pk), no_next_reason=_("A gift asks for nothing."),
    )  # fmt: skip
    log = write_log(user, touchpoint.account, entry)
    close_with(touchpoint, log, user)
    take_back(touchpoint, _("The gift went without it."), approved_too=False)
    facts.changed(account_ids=[touchpoint.account_id])
    return log


@transaction.atomic
def note_thanks(user: User, touchpoint: Touchpoint, on: date | None = None) -> Gift:
    """They have thanked us for it. Raises ValidationError before it was sent."""
    touchpoint = lock(user, touchpoint)
    if touchpoint.state != Touchpoint.State.DONE:
        raise ValidationError(_("It has not been sent yet."))
    day = on or today_for(user)
    if not (touchpoint.closed_on or day) <= day <= today_for(user):
        raise ValidationError({"on": _("Between the day on which it was sent and today.")})
    gift = _gift_of(touchpoint)
    gift.thanked_on = gift.thanked_on or day
    gift.save()
    return gift


@transaction.atomic
def set_budget(
    user: User, year: int, slot: Slot, *, amount: Decimal, each: Decimal = Decimal(0), what: str = ""
) -> GiftBudget:
    """What a slot may cost in a year. Raises PermissionDenied, ValidationError by field."""
    require_active(user)
    require(user.is_manager or user.is_admin, _("Managers and admins set the budget."))
    wrong = {
        name: _("An amount from 0 on.")
        for name, value in (("amount", amount), ("each", each))
        if not 0 <= value < MOST
    }
    if wrong:
        raise ValidationError(wrong)
    values = {"amount": amount, "each": each, "what": what.strip()[:200]}
    budget: GiftBudget = GiftBudget.objects.update_or_create(year=year, slot=slot, defaults=values)[0]
    return budget


def _gift_of(touchpoint: Touchpoint) -> Gift:
    return Gift.objects.filter(touchpoint=touchpoint).first() or Gift(touchpoint=touchpoint)
