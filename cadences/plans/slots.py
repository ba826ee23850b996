"""Slots: what contacts are for. Versions share them: names and order change everywhere at once."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.models import Override, PlanItem, Slot, Touchpoint
from cadences.plans.drafts import lock_plans
from users.access import require_admin
from users.models import User

STEP = 10
MOST_SLOTS = 60


@transaction.atomic
def add_slot(user: User, name: str, *, is_track: bool = False) -> Slot:
    """A new slot at the end of its group. Nothing is owed for it until a version with a cell of it runs."""
    require_admin(user)
    lock_plans()
    said = _checked_name(name, None)
    if Slot.objects.of_plans().count() >= MOST_SLOTS:
        raise ValidationError(_("There are %(n)d slots already: no customer needs more.") % {"n": MOST_SLOTS})
    last = Slot.objects.of_plans().aggregate(Max("position"))["position__max"] or 0
    return Slot.objects.create(key=_free_key(said), name=said, is_track=is_track, position=last + STEP)


@transaction.atomic
def edit_slot(user: User, slot: Slot, *, name: str, is_track: bool | None = None) -> Slot:
    """Rename a slot; move it into or out of the 1-2-1 track while no version has a cell of it."""
    require_admin(user)
    lock_plans()
    row = _own(slot)
    row.name = _checked_name(name, row)
    if is_track and row.is_of_event:
        raise ValidationError({"is_track": _("This slot follows another event than a purchase.")})
    if is_track is not None and is_track != row.is_track:
        if row.items.exists():
            raise ValidationError(
                {
                    "is_track": _(
                        "Versions of the plan use this slot, so it stays where it is. Add another slot."
                    )
                }
            )
        row.is_track = is_track
    row.save()
    return row


@transaction.atomic
def move_slot(user: User, slot: Slot, up: bool) -> None:
    """One place up or down within its group."""
    require_admin(user)
    lock_plans()
    rows = list(Slot.objects.of_plans().in_order())
    kind = _own(slot).group
    group = [row for row in rows if row.group == kind]
    at = next(n for n, row in enumerate(group) if row.pk == slot.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(group):
        return
    group[at], group[to] = group[to], group[at]
    others = [row for row in rows if row.group != kind]
    for place, row in enumerate(sorted([*group, *others], key=lambda row: row.rank), 1):
        if row.position != place * STEP:
            row.position = place * STEP
            row.save(update_fields=["position"])


@transaction.atomic
def delete_slot(user: User, slot: Slot) -> None:
    """Delete a slot that nothing ever used; refused in words otherwise."""
    require_admin(user)
    lock_plans()
    row = _own(slot)
    used = users_of_slot(row)
    if used:
        raise ValidationError(
            _("“%(slot)s” is used by %(used)s. Clear its cells in a draft to stop using it.")
            % {"slot": row.name, "used": ", ".join(used)}
        )
    row.delete()


def users_of_slot(slot: Slot) -> list[str]:
    """What keeps a slot from being deleted, in words."""
    versions = sorted(set(PlanItem.objects.filter(slot=slot).values_list("plan__version", flat=True)))
    used = []
    if versions:
        said = ", ".join(str(version) for version in versions)
        used.append(ngettext("plan %(said)s", "plans %(said)s", len(versions)) % {"said": said})
    exceptions = Override.objects.filter(slot=slot).count()
    if exceptions:
        used.append(ngettext("%(n)d exception", "%(n)d exceptions", exceptions) % {"n": exceptions})
    if not versions and Touchpoint.objects.filter(slot=slot).exists():  # no index: asked last
        used.append(_("touchpoints of earlier versions"))
    return used


def hold_slot(slot: Slot) -> Slot:
    """The slot as it is now, kept until the transaction ends: whoever deletes slots waits for that.

    Raises ValidationError if a colleague has deleted it.
    """
    held: Slot | None = Slot.objects.select_for_update(no_key=True).filter(pk=slot.pk).first()
    if held is None:
        words = _("A colleague has deleted the slot “%(slot)s” meanwhile. Nothing was saved.")
        raise ValidationError(words % {"slot": slot.name})
    return held


def _own(slot: Slot) -> Slot:
    """The slot as it is now, unless it is built in."""
    row: Slot | None = Slot.objects.of_plans().select_for_update().filter(pk=slot.pk).first()
    if row is None:
        raise ValidationError(_("This slot is built in, or has been deleted meanwhile."))
    return row


def _checked_name(name: str, slot: Slot | None) -> str:
    said = " ".join(name.split())
    if not 1 <= len(said) <= 80:
        raise ValidationError({"name": _("Give the slot a name of at most %(n)d characters.") % {"n": 80}})
    same = Slot.objects.filter(name__iexact=said)
    if slot is not None:
        same = same.exclude(pk=slot.pk)
    if same.exists():
        raise ValidationError({"name": _("There is a slot of this name already. Choose another one.")})
    return said


def _free_key(name: str) -> str:
    base = slugify(name)[:34] or "slot"
    taken = set(Slot.objects.filter(key__startswith=base).values_list("key", flat=True))
    key, n = base, 1
    while key in taken:
        n += 1
        key = f"{base}-{n}"
    return key
