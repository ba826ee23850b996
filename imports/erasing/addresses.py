"""Addresses of an erased person become keyed hashes: what they asked us not to send still holds."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from contacts.models import Contact
from correspondence.models import DeliveryReport, Message, Suppression
from correspondence.suppression import hashed
from imports.erasing.registry import Person
from surveys.models import Invitation


def forget(person: Person) -> None:
    """In the outbox, reports, suppressions and invitations. One that a colleague shares stays theirs."""
    own = {one for one in person.reached if "@" in one}
    sent = Message.objects.filter(contact__in=person.contacts)
    for address in own | set(sent.values_list("recipient", flat=True)):
        if not address.endswith(hashed(address).partition("@")[2]):
            sent.filter(recipient=address).update(recipient=hashed(address), updated_at=timezone.now())
    for row in Invitation.objects.filter(contact__in=person.contacts).exclude(address__endswith=".invalid"):
        Invitation.objects.filter(pk=row.pk).update(address=hashed(row.address))
    for address in own - _shared(own, person):
        _everywhere(address)


def _shared(own: set[str], person: Person) -> set[str]:
    others = Contact.objects.exclude(pk__in=person.contacts)
    wanted = Q()
    for address in own:
        wanted |= Q(email__iexact=address)
    return (
        {email.lower() for email in others.filter(wanted).values_list("email", flat=True)} if own else set()
    )


def _everywhere(address: str) -> None:
    instead = hashed(address)
    DeliveryReport.objects.filter(address=address).update(address=instead)
    Message.objects.filter(recipient=address, contact__isnull=True).update(recipient=instead)
    known = Suppression.objects.filter(address=instead).values("topic")
    Suppression.objects.filter(address=address, topic__in=known).delete()
    Suppression.objects.filter(address=address).update(address=instead)
