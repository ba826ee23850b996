"""Writing the cells of a draft: what a tier gets in a slot, nothing of its own, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import md5
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Tier
from accounts.services import hold_tier
from cadences.models import SLOT_AGREED, SLOT_TODO, Plan, PlanItem, Slot
from cadences.plans import words
from cadences.plans.drafts import locked_draft
from cadences.plans.rules import FIELDS, check, normal
from cadences.plans.slots import hold_slot
from users.models import User


class StaleError(ValidationError):
    """A colleague changed the cell meanwhile; ``stored`` is the token of what is there now."""

    def __init__(self, message: str, stored: str) -> None:
        self.stored = stored
        super().__init__(message, code="stale")


def token_of(items: PlanItem | Iterable[PlanItem] | None) -> str:
    """What a form carries, to be refused if somebody saved meanwhile; empty for an empty cell."""
    rows = [items] if isinstance(items, PlanItem) else list(items or ())
    names = (*(f"{name}_id" if name in {"purpose", "template"} else name for name in FIELDS), "is_off")
    said = [(row.pk, *(str(getattr(row, name)) for name in names)) for row in rows]
    return md5(str(sorted(said)).encode(), usedforsecurity=False).hexdigest() if said else ""


@transaction.atomic
def set_cell(
    user: User,
    plan: Plan,
    slot: Slot,
    tier: Tier | None,
    values: Mapping[str, Any] | None,
    *,
    seen: str | None = None,
) -> PlanItem | None:
    """Write what this tier (None: the base plan) gets in the slot; ``values`` None clears the cell.

    ``values`` holds fields of the item; what it does not name keeps its value. ``seen`` is the token that
    the editor was opened with: StaleError if the cell is another one by now. Raises ValidationError with
    one entry per field.
    """
    draft = locked_draft(user, plan)
    _hold(slot, tier)
    item = _fresh(draft, slot, tier, seen)
    if values is None:
        if item is not None:
            item.delete()
        return None
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise ValidationError(_("A cell has no field “%(name)s”.") % {"name": sorted(unknown)[0]})
    item = item or PlanItem(plan=draft, slot=slot, tier=tier, kind=PlanItem.Kind.CALL)
    stored = {name: getattr(item, name) for name in FIELDS}
    for name, value in normal({**stored, **values}, slot).items():
        setattr(item, name, value)
    item.slot, item.is_off = slot, False
    check(item)
    item.save()
    return item


@transaction.atomic
def clear_cell(
    user: User, plan: Plan, slot: Slot, tier: Tier | None, *, seen: str | None = None
) -> PlanItem | None:
    """Let the tier inherit what the tiers below it get."""
    return set_cell(user, plan, slot, tier, None, seen=seen)


@transaction.atomic
def switch_off_cell(
    user: User, plan: Plan, slot: Slot, tier: Tier | None, *, seen: str | None = None
) -> PlanItem:
    """From this tier on the slot is not used. Refused in the base plan, which has nothing below it."""
    draft = locked_draft(user, plan)
    if tier is None:
        raise ValidationError(_("The base plan inherits from nobody: clear the cell instead."))
    _hold(slot, tier)
    item = _fresh(draft, slot, tier, seen)
    if item is None:
        item = PlanItem(plan=draft, slot=slot, tier=tier, kind=_kind_below(draft, slot))
        item.anchor, item.every = PlanItem.Anchor.AFTER_EVENT, 0
    item.is_off = True
    item.save()
    return item


@transaction.atomic
def set_track(
    user: User,
    plan: Plan,
    starts: str,
    min_amount: Decimal | None = None,
    product: str = "",
    *,
    seen: str | None = None,
) -> list[PlanItem]:
    """Say for all items of the 1-2-1 track which purchases start it (R1)."""
    draft = locked_draft(user, plan)
    rows = PlanItem.objects.filter(plan=draft, slot__is_track=True, is_off=False)
    items = list(rows.select_for_update(of=("self",)).with_words().order_by("id"))
    if not items:
        raise ValidationError(_("The track is empty. Fill a cell of it first."))
    _refuse_stale(items, seen, lambda: words.starts(items[0]))
    for item in items:
        item.starts, item.min_amount, item.product = starts, min_amount, product.strip()
        check(item)
        item.save(update_fields=["starts", "min_amount", "product", "updated_at"])
    return items


def _hold(slot: Slot, tier: Tier | None) -> None:
    """Neither tier nor slot can be deleted before the cell is written."""
    if tier is not None:
        hold_tier(tier)
    hold_slot(slot)


def _fresh(draft: Plan, slot: Slot, tier: Tier | None, seen: str | None) -> PlanItem | None:
    """The item of the cell, unless a colleague made it another one since the editor was opened."""
    if slot.key in {SLOT_AGREED, SLOT_TODO}:
        raise ValidationError(_("Agreed dates and to-dos are made by people and in no plan."))
    found = PlanItem.objects.filter(plan=draft, slot=slot, tier=tier).with_words().first()
    _refuse_stale(found, seen, lambda: words.whole(found) if found else _("nothing"))
    return found


def _refuse_stale(items: Any, seen: str | None, stored: Any) -> None:
    if seen is not None and seen != token_of(items):
        raise StaleError(
            _("A colleague saved this while you were editing. Stored now: %(words)s. Check and save again.")
            % {"words": stored()},
            token_of(items),
        )


def _kind_below(draft: Plan, slot: Slot) -> str:
    """A cell that is off still has a kind: that of what it switches off."""
    kind = PlanItem.objects.filter(plan=draft, slot=slot).values_list("kind", flat=True).first()
    return kind or PlanItem.Kind.CALL
