"""Exceptions: one account is served otherwise than the plan says, in one slot, with a reason.

Whoever may edit the account makes, changes and ends them; one per account and slot. One that is over stays
on the list until the slot gets another one, and changes nothing that is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Tier
from accounts.services import hold_tier, may_edit
from cadences.models import SLOT_AGREED, SLOT_TODO, Override, Plan, PlanItem, Slot
from cadences.plans import effective_items
from cadences.plans.slots import hold_slot
from cadences.words import span
from core import facts
from users.access import require, require_active
from users.clock import company_today
from users.models import User

NOT_YOURS = gettext_lazy(
    "Exceptions are made by the account's owner, their deputy, their manager and admins."
)
LONGEST = {"day": 1830, "week": 260, "month": 60, "year": 5}
"""Five years in each unit: a longer interval is a slip of the keyboard, or means off."""

FARTHEST = timedelta(days=3653)


class What(models.TextChoices):
    """What an exception does with its slot."""

    INTERVAL = "interval", gettext_lazy("another interval")
    TIER = "tier", gettext_lazy("served like another tier")
    OFF = "off", gettext_lazy("switched off")


@dataclass(frozen=True)
class Wish:
    """What somebody asks for; fields that ``what`` does not use are ignored."""

    what: str
    reason: str
    every: int | None = None
    unit: str = ""
    as_tier: Tier | None = None
    until: date | None = None


@transaction.atomic
def make_exception(user: User, account: Account, slot: Slot, wish: Wish) -> Override:
    """Raises PermissionDenied, or ValidationError by field; also where the slot has a running one."""
    account = _locked(user, account)
    today = company_today()
    found = Override.objects.filter(account=account, slot=slot).first()
    if found is not None and not is_over(found, today):
        words = _("%(name)s has an exception for %(slot)s already. Change that one.")
        raise ValidationError({"slot": words % {"name": account.name, "slot": slot.name}})
    if slot.key in (SLOT_AGREED, SLOT_TODO):
        raise ValidationError({"slot": _("Agreed dates and to-dos are no part of the plan.")})
    override = found or Override(account=account, slot=slot)
    override.since = today
    return _write(override, account, wish, today)


@transaction.atomic
def change_exception(user: User, override: Override, wish: Wish) -> Override:
    """Another kind, interval, tier, reason or end. Raises as :func:`make_exception` does."""
    account = _locked(user, override.account)
    override = Override.objects.select_for_update(of=("self",)).select_related("slot").get(pk=override.pk)
    today = company_today()
    if is_over(override, today) or (wish.what == What.TIER and override.as_tier != wish.as_tier):
        override.since = today  # what another tier lends counts from now
    return _write(override, account, wish, today)


@transaction.atomic
def end_exception(user: User, override: Override) -> Override:
    """From today on the plan holds again. One that began today leaves no trace but in the history."""
    account = _locked(user, override.account)
    override = Override.objects.select_for_update().get(pk=override.pk)
    today = company_today()
    if is_over(override, today):
        return override
    if override.since is not None and override.since >= today:
        override.delete()
    else:
        override.until = today - timedelta(days=1)
        override.save(update_fields=["until", "updated_at"])
    facts.changed(account_ids=[account.pk])
    return override


def is_over(override: Override, today: date) -> bool:
    """Whether its last day is past."""
    return override.until is not None and override.until < today


def what_of(override: Override) -> What:
    if override.is_off:
        return What.OFF
    return What.TIER if override.as_tier_id else What.INTERVAL


def in_words(override: Override) -> str:
    """What it does: "every 2 weeks", "like Large", "like Large, every year", "off"."""
    if override.is_off:
        return _("off")
    every = _("every %(span)s") % {"span": span(override.every, override.unit)} if override.every else ""
    like = _("like %(tier)s") % {"tier": override.as_tier} if override.as_tier else ""
    return ", ".join(part for part in (like, every) if part)


def slots_for(account: Account, today: date) -> models.QuerySet[Slot]:
    """Slots of the running plan that have no running exception at this account."""
    taken = Override.objects.running(today).filter(account=account).values("slot")
    used = PlanItem.objects.filter(plan__state=Plan.State.RUNNING).values("slot")
    return Slot.objects.filter(pk__in=used).exclude(pk__in=taken).order_by("position", "pk")


def _locked(user: User, account: Account) -> Account:
    require_active(user)
    locked = Account.objects.select_for_update(no_key=True, of=("self",)).select_related("owner", "tier")
    account = locked.get(pk=account.pk)
    require(may_edit(user, account), str(NOT_YOURS))
    return account


def _write(override: Override, account: Account, wish: Wish, today: date) -> Override:
    _check(override.slot, account, wish, today)
    if wish.what == What.TIER and wish.as_tier is not None:
        hold_tier(wish.as_tier)
    hold_slot(override.slot)
    override.is_off = wish.what == What.OFF
    override.as_tier = wish.as_tier if wish.what == What.TIER else None
    own_interval = wish.what == What.INTERVAL or (wish.what == What.TIER and wish.every)
    override.every = wish.every if own_interval else None
    override.unit = wish.unit if own_interval else ""
    override.reason = wish.reason.strip()
    override.until = wish.until
    override.full_clean(validate_unique=False)
    override.save()
    facts.changed(account_ids=[account.pk])
    return override


def _check(slot: Slot, account: Account, wish: Wish, today: date) -> None:
    if wish.what not in What.values:
        raise ValidationError({"what": _("Choose what is otherwise.")})
    if not wish.reason.strip():
        raise ValidationError({"reason": _("Say why, so that a colleague understands it.")})
    if wish.until is not None and wish.until < today:
        raise ValidationError({"until": _("That day is over: choose today or a later one, or none.")})
    if wish.until is not None and wish.until - today > FARTHEST:
        raise ValidationError({"until": _("That is more than ten years ahead: leave it empty.")})
    if wish.what == What.TIER:
        if wish.as_tier is None:
            raise ValidationError({"as_tier": _("Choose the tier.")})
        if _item(slot, wish.as_tier.rank) is None:
            words = _("%(tier)s gets no %(slot)s either: choose another tier.")
            raise ValidationError({"as_tier": words % {"tier": wish.as_tier, "slot": slot.name}})
    if wish.what == What.INTERVAL or (wish.what == What.TIER and wish.every is not None):
        _check_interval(slot, account, wish)


def _check_interval(slot: Slot, account: Account, wish: Wish) -> None:
    if wish.unit not in LONGEST:
        raise ValidationError({"unit": _("Choose days, weeks, months or years.")})
    if wish.every is None or not 0 < wish.every <= LONGEST[wish.unit]:
        raise ValidationError({"every": _("An interval is between one day and five years.")})
    tier = wish.as_tier if wish.what == What.TIER else account.tier
    item = _item(slot, tier.rank if tier else _lowest_rank())
    if item is None:
        words = _("The plan gives this account no %(slot)s: serve it like a tier that has it.")
        raise ValidationError({"what": words % {"slot": slot.name}})
    if item.anchor != PlanItem.Anchor.AFTER_CONTACT:
        words = _("%(slot)s has no interval in the plan: switch it off, or serve it like another tier.")
        raise ValidationError({"every": words % {"slot": slot.name}})


def _item(slot: Slot, rank: int) -> Any:
    """What an account of this rank gets in the slot; None: nothing."""
    plan = Plan.objects.filter(state=Plan.State.RUNNING).first()
    item = effective_items(plan).get(rank, {}).get(slot.pk) if plan else None
    return None if item is None or item.is_off else item


def _lowest_rank() -> int:
    return Tier.objects.order_by("rank").values_list("rank", flat=True).first() or 0
