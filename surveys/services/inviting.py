"""Invitations and their mails, in one transaction: both are there, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Account
from contacts.models import Contact
from core.places import zone_of
from correspondence.services import Draft, Identity, enqueue_many
from sales.models import Purchase
from surveys import keys
from surveys.models import Asked, Invitation, Programme, Wave
from surveys.people import TOPIC, address_of
from users.clock import zone
from users.models import Company

INVITATION = "survey_invitation"
FOLLOW_UP = "survey_follow_up"
KINDS = (INVITATION, FOLLOW_UP)
SWITCHED_OFF = "survey switched off"  # why a mail was cancelled that comes back with the survey
FIRST_HOUR = time(9)  # at the contact's place
CODE_BYTES = 40  # of a value: it must fit into the ticket


@dataclass(frozen=True)
class Guest:
    """Somebody who is asked."""

    contact: Contact
    account: Account
    purchase: Purchase | None = None


def send(wave: Wave, guests: Sequence[Guest], on: date) -> list[Invitation]:
    """Invite them: invitation, outbox row, and the note for the quarantine. The caller's transaction."""
    if not guests:
        return []
    rows = Invitation.objects.bulk_create(
        [
            Invitation(
                wave=wave, contact=guest.contact, account=guest.account, address=address_of(guest.contact),
                language=guest.contact.language or guest.account.language,
                codes=codes_of(wave, guest.account),
                send_on=on, state=Invitation.State.QUEUED,
            )
            for guest in guests
        ]
    )  # fmt: skip
    put_into_outbox(wave, rows, [guest.purchase for guest in guests], on)
    return rows


def put_into_outbox(
    wave: Wave, rows: Sequence[Invitation], purchases: Sequence[Purchase | None], on: date
) -> None:
    """The mails of these invitations; their links can be made until the day's key is destroyed."""
    keys.make_tags(wave.pk, on)
    Asked.objects.bulk_create(
        [
            Asked(contact=row.contact, programme=wave.programme, purchase=purchase, sent_on=on)
            for row, purchase in zip(rows, purchases, strict=True)
        ]
    )
    moments = Moments(on)
    enqueue_many([draft(INVITATION, row, wave.programme, moments.not_before(row.account)) for row in rows])


def draft(kind: str, row: Invitation, programme: Programme, moment: datetime) -> Draft:
    """A mail of an invitation: once per kind, whoever asks how often."""
    return Draft(
        kind=kind, topic=TOPIC, to=row.address, key=str(row.pk), payload={"invitation": str(row.pk)},
        contact_id=row.contact_id, not_before=moment, identity=identity_of(programme),
    )  # fmt: skip


def identity_of(programme: Programme) -> Identity:
    """The neutral sender: never a person."""
    return Identity(programme.sender_name, programme.sender_address, programme.reply_to)


def codes_of(wave: Wave, account: Account) -> dict[str, str]:
    """What figures may be shown by, as coarse as it gets."""
    if "tier" not in wave.dimensions or account.tier is None:
        return {}
    return {"tier": coarse(account.tier.name)}


def coarse(name: str) -> str:
    """A name cut so that it fits a ticket."""
    return name.encode()[:CODE_BYTES].decode(errors="ignore").strip()


class Moments:
    """From when on the mails of a day may leave; knows what time it is now, and the company's clock."""

    def __init__(self, on: date) -> None:
        self.on, self.now = on, timezone.now()
        self.company_zone = Company.get().time_zone

    def not_before(self, account: Account) -> datetime:
        """09:00 of that day at the account's place, or now where that is over."""
        return max(self.now, datetime.combine(self.on, FIRST_HOUR, tzinfo=self.place_of(account)))

    def place_of(self, account: Account) -> ZoneInfo:
        """Their clock: the account's own zone, else its country's, else the company's."""
        return zone(account.time_zone or zone_of(str(account.country)) or self.company_zone)
