"""It was a mistake that somebody has left: within a day all that it moved goes back (R24).

What a person has touched since stays as it is, and is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import NotedDeparture, Touchpoint
from contacts.models import Commitment, Concern, Contact
from contacts.services import edit_contact
from core import facts
from users.access import require, require_active
from users.models import User


@dataclass(frozen=True)
class PutBack:
    """``kept``: in words, what stays as it is because a person has touched it since."""

    contact: Contact
    kept: list[str]


@dataclass(frozen=True)
class Before:
    """Who they were in the account before the departure ended it."""

    was_main: bool
    reports_to: int | None
    reports: list[int]

    @classmethod
    def of(cls, contact: Contact) -> Before:
        reports = Contact.objects.filter(reports_to=contact).values_list("pk", flat=True)
        return cls(contact.is_main, contact.reports_to_id, list(reports))


def hand_dates(row: Touchpoint) -> list[Any]:
    """What a person changes about an open row; the engine moves its day without touching these."""
    return [row.snoozed_on and row.snoozed_on.isoformat(), row.is_touched]


@transaction.atomic
def left_by_mistake(user: User, contact: Contact) -> PutBack:
    """Take the latest departure back. Raises PermissionDenied, ValidationError where it is over a day old."""
    require_active(user)
    require(
        Contact.objects.editable_by(user).filter(pk=contact.pk).exists(),
        _("Only those who look after the account may change its people."),
    )
    Account.objects.select_for_update(no_key=True).get(pk=contact.account_id)
    noted = NotedDeparture.objects.to_take_back(contact.pk)
    contact = Contact.objects.select_for_update(of=("self",)).select_related("account").get(pk=contact.pk)
    if noted is None or contact.left_on is None:
        raise ValidationError(
            _("It is too late to take this back, that is possible for a day: say that they came back.")
        )
    contact = _employed_again(user, contact, noted.moved)
    kept = [*_touchpoints(contact, noted), *_promises(contact, noted), *_concern(noted), *_elsewhere(noted)]
    noted.taken_back_at = timezone.now()
    noted.save(update_fields=["taken_back_at", "updated_at"])
    facts.changed(account_ids=[contact.account_id])
    return PutBack(contact, kept)


def _employed_again(user: User, contact: Contact, moved: dict[str, Any]) -> Contact:
    """With the lines they had; whom we call is theirs again unless a person has chosen somebody since."""
    there = Contact.objects.employed().filter(account=contact.account_id)
    main = there.filter(is_main=True).first()
    is_main = moved["was_main"] and (main is None or (moved["takes_main"] and main.pk == moved["successor"]))
    boss = there.filter(pk=moved["reports_to"]).first() if moved["reports_to"] else None
    contact = edit_contact(user, contact, left_on=None, is_main=is_main, reports_to=boss)
    for report in there.filter(pk__in=moved["reports"], reports_to=None):
        edit_contact(user, report, reports_to=contact)
    return contact


def _touchpoints(contact: Contact, noted: NotedDeparture) -> Iterator[str]:
    before = {int(pk): dates for pk, dates in noted.moved["touchpoints"].items()}
    rows = Touchpoint.objects.select_for_update(of=("self",)).select_related("slot").filter(pk__in=before)
    back = []
    for row in rows.order_by("pk"):
        is_theirs = row.state == Touchpoint.State.OPEN and row.contact_id == noted.moved["successor"]
        if is_theirs and hand_dates(row) == before[row.pk]:
            back.append(row.pk)
        elif row.state != Touchpoint.State.CANCELLED:
            yield str(row.slot)
    Touchpoint.objects.filter(pk__in=back).update(contact=contact, updated_at=timezone.now())


def _promises(contact: Contact, noted: NotedDeparture) -> Iterator[str]:
    rows = Commitment.objects.filter(pk__in=noted.moved["promises"])
    untouched = rows.open().filter(contact=noted.moved["successor"], updated_at__lte=noted.created_at)
    back = set(untouched.values_list("pk", flat=True))
    yield from rows.exclude(pk__in=back).order_by("pk").values_list("what", flat=True)
    rows.filter(pk__in=back).update(contact=contact, updated_at=timezone.now())


def _concern(noted: NotedDeparture) -> Iterator[str]:
    """Nothing is at risk: it goes, unless somebody has begun to see to it."""
    rows = Concern.objects.filter(pk=noted.moved["concern"])
    rows.open().filter(notes=None, updated_at__lte=noted.created_at).delete()
    yield from rows.values_list("what", flat=True)


def _elsewhere(noted: NotedDeparture) -> Iterator[str]:
    """A person who was added, there or as a successor, is somebody: only a person takes them out again."""
    added = Contact.objects.employed().filter(pk__in=noted.moved["added"]).select_related("account")
    for person in added:
        yield _("%(name)s at %(account)s") % {"name": person.name, "account": person.account.name}
