"""Dates that people set: put off, called back later, agreed with the customer, noted for oneself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import SLOT_AGREED, SLOT_TODO, PlanItem, Slot, Touchpoint
from cadences.services.locks import lock_account, lock_open, sent_before
from cadences.services.steps import NextStep
from contacts.models import Contact, Interaction
from contacts.services import LogEntry, write_log
from core import facts
from users.access import require_active
from users.clock import today_for, zone
from users.models import User

FARTHEST = timedelta(days=731)
"""Two years: a later date is a slip of the keyboard."""


@dataclass(frozen=True)
class HandDate:
    """What putting off changes: kept by whoever offers to undo it, who may have dated it by hand before."""

    due_on: date
    lapses_on: date | None
    snoozed_on: date | None
    is_touched: bool
    reason: str

    @classmethod
    def of(cls, touchpoint: Touchpoint) -> Self:
        return cls(*(getattr(touchpoint, field.name) for field in fields(cls)))

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        days = ("due_on", "lapses_on", "snoozed_on")
        return cls(**said | {name: date.fromisoformat(said[name]) for name in days if said[name]})

    def as_json(self) -> dict[str, Any]:
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: on.isoformat() if isinstance(on, date) else on for name, on in said.items()}

    def put_on(self, touchpoint: Touchpoint) -> None:
        """Does not save."""
        for field in fields(self):
            setattr(touchpoint, field.name, getattr(self, field.name))


@transaction.atomic
def snooze(user: User, touchpoint: Touchpoint, until: date, reason: str = "") -> Touchpoint:
    """Put it off to ``until``. Moves ``due_on`` alone: lateness still counts from the planned day."""
    check_day(user, until, "until")
    touchpoint = lock_open(user, touchpoint)
    hand_date(user, touchpoint, until, reason)
    facts.changed(account_ids=[touchpoint.account_id])
    return touchpoint


@transaction.atomic
def unsnooze(user: User, touchpoint: Touchpoint, before: HandDate | None = None) -> Touchpoint:
    """Back to how it was dated ``before`` it was put off; to the planned day where that is not known."""
    touchpoint = lock_open(user, touchpoint)
    if before is None:
        to_planned_day(touchpoint, today_for(user))
    else:
        before.put_on(touchpoint)
    touchpoint.save()
    facts.changed(account_ids=[touchpoint.account_id])
    return touchpoint


@transaction.atomic
def call_back(
    user: User, touchpoint: Touchpoint, entry: LogEntry, on: date, at: time | None = None
) -> Interaction:
    """ "Call me Thursday 14:00": logged, and the talk is owed then (``at`` in the user's zone).

    A rolling call gives way to an agreed call, which counts as that call when done (decision table,
    agreed date). Any other touchpoint stays itself and is dated by hand, so that a track's call is not
    owed twice.
    """
    if before := sent_before(user, entry.token, touchpoint.account_id):
        return before
    check_day(user, on, "back_on")
    touchpoint = lock_open(user, touchpoint)
    interaction = write_log(user, touchpoint.account, entry)
    about = first_line(entry)
    if touchpoint.anchor == PlanItem.Anchor.AFTER_CONTACT and touchpoint.kind == Touchpoint.Kind.CALL:
        step = NextStep.agreed(on, at, touchpoint.kind, entry.contact or touchpoint.contact, about)
        agree(user, touchpoint.account, interaction, step)
    else:
        touchpoint.made_by = interaction
        touchpoint.due_at = _instant(user, on, at)
        touchpoint.about = touchpoint.about or about
        hand_date(user, touchpoint, on, str(interaction.get_outcome_display()))
    facts.changed(account_ids=[touchpoint.account_id])
    return interaction


@transaction.atomic
def add_todo(  # noqa: PLR0913 - where, what, when, with whom, which form
    user: User,
    account: Account,
    text: str,
    on: date,
    at: time | None = None,
    *,
    contact: Contact | None = None,
    token: UUID | None = None,
) -> Touchpoint:
    """A note with a date for oneself; it suppresses nothing of the plan."""
    require_active(user)
    if not text.strip():
        raise ValidationError({"text": _("Write what is to be done.")})
    if before := sent_before(user, token, account.pk):
        return Touchpoint.objects.get(made_by=before, slot__key=SLOT_TODO)
    check_day(user, on, "on")
    account = lock_account(account.pk)
    note = write_log(user, account, LogEntry("note", "noted", summary=text, contact=contact, token=token))
    todo = _dated(user, account, note, on, at)
    todo.slot = built_in_slot(SLOT_TODO)
    todo.kind = Touchpoint.Kind.TODO
    todo.basis = Touchpoint.Basis.TODO
    todo.assignee = user
    todo.contact = contact
    todo.about = text.strip()[:300]
    todo.save()
    facts.changed(account_ids=[account.pk])
    return todo


def agree(user: User, account: Account, interaction: Interaction, step: NextStep) -> Touchpoint:
    """The touchpoint of a date promised in ``interaction``; the account's owner keeps the promise."""
    if step.on is None:
        raise ValueError("an agreed date has a day")
    check_day(user, step.on, "next_on")
    agreed = _dated(user, account, interaction, step.on, step.at)
    agreed.slot = built_in_slot(SLOT_AGREED)
    agreed.kind = step.channel
    agreed.basis = Touchpoint.Basis.AGREED
    agreed.assignee = account.owner if account.owner and account.owner.is_active else user
    agreed.contact = step.contact or interaction.contact
    agreed.about = step.about[:300]
    agreed.save()
    return agreed


def hand_date(user: User, touchpoint: Touchpoint, on: date, reason: str) -> None:
    """Set the day by hand: the plan, the tier and the calendar leave the row alone from now on."""
    touchpoint.redate(on, on=today_for(user))
    touchpoint.reason = reason.strip()[:200]
    touchpoint.save()


def to_planned_day(touchpoint: Touchpoint, today: date) -> None:
    """As if nobody had dated it by hand: the plan may move it again. Does not save."""
    touchpoint.redate(touchpoint.planned_on, on=today)
    touchpoint.snoozed_on = None
    touchpoint.is_touched = not touchpoint.is_from_plan
    touchpoint.reason = ""


def built_in_slot(key: str) -> Slot:
    """The slots ``agreed`` and ``todo``, which no plan item names; made by a migration."""
    slot: Slot = Slot.objects.get_or_create(key=key, defaults={"name": key, "position": 900})[0]
    return slot


def _dated(user: User, account: Account, origin: Interaction, on: date, at: time | None) -> Touchpoint:
    return Touchpoint(
        account=account,
        cycle=f"I{origin.pk}",
        anchor="agreed",
        base_on=origin.happened_on,
        ideal_on=on,
        planned_on=on,
        due_on=on,
        due_at=_instant(user, on, at),
        made_by=origin,
        is_touched=True,
    )


def _instant(user: User, on: date, at: time | None) -> datetime | None:
    return datetime.combine(on, at, tzinfo=zone(user.time_zone)) if at else None


def check_day(user: User, on: date, field: str) -> None:
    """Refuse a day that cannot be meant, at the form's field."""
    if wrong := wrong_day(on, today_for(user)):
        raise ValidationError({field: wrong})


def wrong_day(on: date, today: date) -> str:
    """Why nobody can mean this day for something to come; empty when they can."""
    if on < today:
        return _("This day is past: choose today or later.")
    if on > today + FARTHEST:
        return _("This is more than two years ahead: check the year.")
    return ""


def first_line(entry: LogEntry) -> str:
    """What the agreed talk is about, by the note of the call that asked for it."""
    return entry.summary.strip().split("\n", 1)[0][:300]
