"""Addresses of an erased person become keyed hashes: what they asked us not to send still holds."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.models import Contact
from correspondence.models import DeliveryReport, Message, Suppression
from correspondence.suppression import hashed
from imports.erasing import in_bin
from imports.erasing.registry import Person
from surveys.models import Invitation

NUMBERS = ("phone", "phone_e164", "mobile", "mobile_e164")


def shared(people: Collection[Contact]) -> set[str]:
    """Addresses and numbers of theirs that somebody else has as well, however a number is written."""
    forms: dict[str, set[str]] = {}
    for row in people:
        for written, dialled in (
            (row.email.strip().lower(), ""), (row.phone, row.phone_e164), (row.mobile, row.mobile_e164),
        ):  # fmt: skip
            forms.setdefault(written, set()).update({written, dialled} - {""})
    taken = _of_others({row.pk for row in people}, set().union(*forms.values()))
    return {written for written, ways in forms.items() if ways & taken}


def _of_others(people: Collection[int], wanted: Collection[str]) -> set[str]:
    """What others have of these, in their tables and in the recycle bin."""
    if not wanted:
        return set()
    here = Contact.objects.exclude(pk__in=people).filter(_has(wanted))
    there = in_bin.kept(Contact).exclude(object_id__in=people).filter(_has(wanted, "data__"))
    found = [
        *here.values_list("email", *NUMBERS),
        *there.values_list("data__email", *(f"data__{name}" for name in NUMBERS)),
    ]
    return {value for email, *numbers in found for value in (email.lower(), *numbers)}


def _has(wanted: Collection[str], prefix: str = "") -> Q:
    numbers, found = [one for one in wanted if "@" not in one], Q()
    for address in wanted:
        if "@" in address:
            found |= Q(**{f"{prefix}email__iexact": address})
    for name in NUMBERS:
        found |= Q(**{f"{prefix}{name}__in": numbers})
    return found


def mails_to(person: Person) -> QuerySet[Message]:
    """The outbox, also what named them until they were put into the recycle bin."""
    before = in_bin.named(Message, "contact_id", person.contacts)
    return Message.objects.filter(Q(contact__in=person.contacts) | Q(pk__in=before))


def forget(person: Person) -> None:
    """In the outbox, reports, suppressions and invitations. One that a colleague shares stays theirs."""
    sent = mails_to(person)
    reached = {one for one in person.reached if "@" in one}
    for address in reached | set(sent.values_list("recipient", flat=True)):
        if not address.endswith(hashed(address).partition("@")[2]):
            sent.filter(recipient=address).update(recipient=hashed(address), updated_at=timezone.now())
    for row in Invitation.objects.filter(contact__in=person.contacts).exclude(address__endswith=".invalid"):
        Invitation.objects.filter(pk=row.pk).update(address=hashed(row.address))
    for address in person.own_addresses:
        _everywhere(address)


def _everywhere(address: str) -> None:
    instead = hashed(address)
    DeliveryReport.objects.filter(address=address).update(address=instead)
    Message.objects.filter(recipient=address, contact__isnull=True).update(recipient=instead)
    known = Suppression.objects.filter(address=instead).values("topic")
    Suppression.objects.filter(address=address, topic__in=known).delete()
    Suppression.objects.filter(address=address).update(address=instead)
