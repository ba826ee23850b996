"""What happens to touchpoints when a log turns out not to be one (decision table, cycle keys)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from cadences.models import PlanItem, Touchpoint
from cadences.services.closing import IN_VAIN, POSTPONED
from cadences.services.dates import to_planned_day
from contacts.models import Interaction
from contacts.services import withdraw_interaction
from core.among import among
from users.access import require
from users.clock import company_today
from users.models import User

LOG_WITHDRAWN = "log withdrawn"

UNDONE = Q(interaction__withdrawn_at__isnull=False) | Q(interaction__outcome__in=[*IN_VAIN, POSTPONED])
"""The log that closed the row was taken back, or corrected into a try in vain."""


@transaction.atomic
def undo_log(user: User, interaction: Interaction) -> Interaction:
    """One click after saving: the log is withdrawn and what it closed is owed again."""
    require(
        interaction.user_id == user.pk,
        _("Only who logged it may undo it; withdraw it with a reason instead."),
    )
    withdrawn = withdraw_interaction(user, interaction, _("Undone by its author right after saving."))
    _forget_what_came_with(withdrawn)
    return withdrawn


def _forget_what_came_with(interaction: Interaction) -> None:
    """Promise, concern, expectation and asks go with their log, unless touched since."""
    for rows in (
        interaction.commitments.filter(state="open"),
        interaction.concerns.filter(resolved_on__isnull=True, notes__isnull=True),
        interaction.expectations.filter(state="open"),
        interaction.asks.all(),
    ):
        rows.filter(updated_at__lt=F("created_at") + timedelta(seconds=1)).delete()


def settle_withdrawn(account_ids: Collection[int], user_ids: Collection[int] = ()) -> None:
    """Open again what withdrawn logs had closed, and drop what they had promised.

    Of a rolling slot only the last row opens again, and the open row after it is cancelled; an earlier
    row becomes skipped. A listener of ``core.facts``: runs before the reconciler, in the transaction of
    the verb; ``user_ids`` are of no interest here.
    """
    if not account_ids:
        return
    undone = (
        Touchpoint.objects.select_for_update(of=("self",))
        .filter(UNDONE, account_id__in=among(account_ids), state=Touchpoint.State.DONE)
        .order_by("id")
    )
    for touchpoint in undone:
        _open_again(touchpoint)
    moved = Touchpoint.objects.filter(
        account_id__in=among(account_ids), state=Touchpoint.State.DONE, interaction__happened_on__isnull=False
    ).exclude(closed_on=F("interaction__happened_on"))
    for touchpoint in moved.select_related("interaction").select_for_update(of=("self",)).order_by("id"):
        touchpoint.closed_on = touchpoint.interaction.happened_on
        touchpoint.save(update_fields=["closed_on", "updated_at"])
    promised = (
        Touchpoint.objects.select_for_update(of=("self",))
        .filter(
            account_id__in=among(account_ids),
            state=Touchpoint.State.OPEN,
            made_by__withdrawn_at__isnull=False,
        )
        .order_by("id")
    )
    for touchpoint in promised:
        _take_promise_back(touchpoint)


def open_again(touchpoint_ids: Collection[int]) -> None:
    """Open what was closed by logs that are about to be removed; who removes them tells the facts then.

    The latest of a slot first: so the earliest of a row of them is the one that is owed.
    """
    rows = Touchpoint.objects.select_for_update(of=("self",)).filter(
        pk__in=touchpoint_ids, state=Touchpoint.State.DONE
    )
    for touchpoint in rows.order_by("-id"):
        _open_again(touchpoint)


def _open_again(touchpoint: Touchpoint) -> None:
    rolling = touchpoint.anchor == PlanItem.Anchor.AFTER_CONTACT
    later = _later_rows(touchpoint) if rolling else []
    if any(row.state in (Touchpoint.State.DONE, Touchpoint.State.SKIPPED) for row in later):
        touchpoint.state = Touchpoint.State.SKIPPED
        touchpoint.reason = LOG_WITHDRAWN
    else:
        for row in later:
            if row.state == Touchpoint.State.OPEN:
                _cancel(row)
        touchpoint.state = Touchpoint.State.OPEN
        touchpoint.closed_on = None
        touchpoint.closed_by = None
        touchpoint.reason = ""
    touchpoint.interaction = None
    touchpoint.save()


def _later_rows(touchpoint: Touchpoint) -> list[Touchpoint]:
    """The rows of the same slot with a higher number in their cycle key ``n<k>``."""
    rows = Touchpoint.objects.select_for_update(of=("self",)).filter(
        account_id=touchpoint.account_id, slot_id=touchpoint.slot_id, anchor=touchpoint.anchor
    )
    return [row for row in rows.order_by("id") if _number(row.cycle) > _number(touchpoint.cycle)]


def _number(cycle: str) -> int:
    return int(cycle[1:]) if cycle[:1] == "n" and cycle[1:].isdigit() else 0


def _take_promise_back(touchpoint: Touchpoint) -> None:
    """The agreed date or to-do falls with its log; a row only dated by it returns to its planned day."""
    if touchpoint.anchor == "agreed" and touchpoint.cycle == f"I{touchpoint.made_by_id}":
        _cancel(touchpoint)
    else:
        to_planned_day(touchpoint, company_today())
        touchpoint.due_at = None
        touchpoint.made_by = None
    touchpoint.save()


def _cancel(touchpoint: Touchpoint) -> None:
    touchpoint.state = Touchpoint.State.CANCELLED
    touchpoint.closed_on = company_today()
    touchpoint.reason = LOG_WITHDRAWN
    touchpoint.save()
