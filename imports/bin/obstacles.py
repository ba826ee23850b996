"""What stands in the way of deleting or restoring, in words and with the cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import Appointment
from contacts.models import Contact
from correspondence.models import Message, Piece, State
from imports.bin.graph import Unit
from imports.bin.kept import ROW, models_of
from imports.bin.kinds import KINDS
from imports.bin.mending import NUMBER
from imports.models import BinRow, BinUnit


@dataclass(frozen=True)
class Obstacle:
    """``address`` and ``cure``: where it is mended. ``is_number``: restoring without the number mends it."""

    words: str
    address: str = ""
    cure: str = ""
    is_number: bool = False


def of_deletion(unit: Unit) -> list[Obstacle]:
    """Meetings that people expect to happen, and mails that the mail server has in its hands."""
    return [*_meetings(unit), *_mails(unit)]


def _meetings(unit: Unit) -> Iterator[Obstacle]:
    expected = Appointment.objects.filter(state=Appointment.State.PLANNED, ends_at__gt=timezone.now())
    guests = Q(guests__contact__in=unit.of(Contact), guests__is_off=False)
    ours = expected.filter(Q(pk__in=unit.of(Appointment)) | guests).distinct()
    for meeting in ours.order_by("starts_at")[:3]:
        when = date_format(meeting.local_start, "j M Y, H:i")
        yield Obstacle(
            _("A meeting is agreed for %(when)s: cancel or change it first, so that its guests hear of it.")
            % {"when": when},
            reverse("meetings:detail", args=[meeting.pk]),
            _("To the meeting"),
        )


def mails_of(unit: Unit) -> Q:
    """Rows of the outbox that go to people of the unit, or carry its letters."""
    return Q(contact__in=unit.of(Contact)) | Q(piece__in=unit.of(Piece))


def _mails(unit: Unit) -> Iterator[Obstacle]:
    if Message.objects.filter(mails_of(unit), state=State.SENDING).exists():
        yield Obstacle(_("A mail is being sent at this moment. Try again in a minute."))


def of_restoring(unit: BinUnit) -> list[Obstacle]:
    """The account is gone, or somebody else has its number by now."""
    return [*_account_gone(unit), *_numbers_taken(unit)]


def _account_gone(unit: BinUnit) -> Iterator[Obstacle]:
    if unit.kind == "account" or Account.objects.filter(pk=unit.account_id).exists():
        return
    holder = BinUnit.objects.filter(kind="account", object_id=unit.account_id).first()
    words = {"account": unit.account_name}
    if holder is not None:
        yield Obstacle(
            _("It belongs to %(account)s, which is in the recycle bin itself: restore that first.") % words,
            reverse("bin:unit", args=[holder.pk]),
            _("To %(account)s in the recycle bin") % words,
        )
    else:
        yield Obstacle(_("It belongs to %(account)s, which is gone for good: it cannot come back.") % words)


def _numbers_taken(unit: BinUnit) -> Iterator[Obstacle]:
    for model in models_of(unit):
        if not any(field.name == NUMBER and field.unique for field in model._meta.concrete_fields):
            continue
        kept = BinRow.objects.filter(unit=unit, role=ROW, model=model._meta.label_lower)
        given = {row.data[NUMBER]: row.object_id for row in kept if row.data.get(NUMBER)}
        taken = model._base_manager.filter(**{f"{NUMBER}__in": list(given)}).exclude(pk__in=given.values())
        for other in taken[:3]:
            yield Obstacle(
                _(
                    "The number %(number)s belongs to %(name)s by now: give that another one, or restore "
                    "without the number."
                )
                % {"number": getattr(other, NUMBER), "name": other},
                _page_of(other),
                _("To %(name)s") % {"name": other},
                is_number=True,
            )


def _page_of(record: object) -> str:
    for kind in KINDS.values():
        if kind.page and isinstance(record, kind.model):
            return reverse(kind.page, args=[record.pk])
    return ""


def notices(unit: BinUnit) -> list[Obstacle]:
    """What is worth knowing and keeps nobody from restoring."""
    found = []
    if unit.owner is not None and not unit.owner.is_active:
        words = _(
            "%(name)s, who looked after it, has been deactivated: hand the account over once it is back."
        )
        found.append(Obstacle(words % {"name": unit.owner}))
    return found
