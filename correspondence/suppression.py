"""Whom not to write to: asked before every mail, filled by bounces, complaints and unsubscribing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from contacts.models import Contact
from contacts.models.interaction import Channel
from correspondence.addresses import normalised
from correspondence.models import DeliveryReport, Suppression, Topic
from users.access import require_admin
from users.models import User

ERASED_DOMAIN = "erased.invalid"
SOFT_BOUNCES = 3
SOFT_BOUNCE_DAYS = 14
SOFT_SUPPRESSION = timedelta(days=90)
# Whoever refuses e-mail still gets what they asked for themselves.
ASKED_FOR = frozenset({Topic.SERVICE.value})

SUPPRESS = """
INSERT INTO correspondence_suppression AS known (created_at, updated_at, address, topic, reason, until)
VALUES (%(now)s, %(now)s, %(address)s, %(topic)s, %(reason)s, %(until)s)
ON CONFLICT (address, topic) DO UPDATE
SET updated_at = %(now)s, reason = excluded.reason, until = excluded.until
-- what holds for good is not shortened by something that passes
WHERE known.until IS NOT NULL AND (excluded.until IS NULL OR excluded.until > known.until)
"""


def suppressed(addresses: Iterable[str], topic: str) -> set[str]:
    """Those of the addresses that get no mail about this topic, in one query; normalised.

    Also one of somebody who was erased and came back with a file: what they said still holds.
    """
    wanted = {form: plain for plain in map(_plain, addresses) for form in (plain, *_hashes(plain))}
    found = Suppression.objects.in_force(timezone.now()).about(topic).filter(address__in=wanted)
    return {wanted[address] for address in found.values_list("address", flat=True)}


def hashed(address: str) -> str:
    """What stands for an address that must not be known any more; shaped like one."""
    return next(_hashes(_plain(address)))


def _hashes(plain: str) -> Iterator[str]:
    """By the key of today, then by earlier ones."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        digest = salted_hmac("correspondence.suppression", plain, secret=secret, algorithm="sha256")
        yield f"{digest.hexdigest()[:40]}@{ERASED_DOMAIN}"


def _plain(address: str) -> str:
    return address.strip().lower()


def refusing(contact_ids: Iterable[int], topic: str) -> set[int]:
    """Those of the contacts that refuse e-mail; nobody when they asked for the mail themselves."""
    if topic in ASKED_FOR:
        return set()
    refused = Contact.objects.filter(pk__in=set(contact_ids), refused_channels__contains=[Channel.EMAIL])
    return set(refused.values_list("pk", flat=True))


def suppress(address: str, topic: str, reason: str, until: datetime | None = None) -> None:
    """Write no more to this address about the topic ("" = anything). Again changes nothing."""
    values: dict[str, datetime | str | None] = {
        "now": timezone.now(),
        "address": address.strip().lower(),
        "topic": Topic(topic).value if topic else "",
        "reason": Suppression.Reason(reason).value,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(SUPPRESS, values)


def after_soft_bounce(address: str) -> None:
    """The third soft bounce within two weeks: no mail for 90 days."""
    now = timezone.now()
    recent = DeliveryReport.objects.since(now - timedelta(days=SOFT_BOUNCE_DAYS))
    if recent.filter(address=address, kind=DeliveryReport.Kind.SOFT_BOUNCE).count() >= SOFT_BOUNCES:
        suppress(address, "", Suppression.Reason.SOFT_BOUNCES, now + SOFT_SUPPRESSION)


def suppress_by_hand(by: User, address: str, topic: str) -> Suppression:
    """An admin enters an address. Raises PermissionDenied, or ValidationError when it is none."""
    require_admin(by)
    plain = normalised(address)
    suppress(plain, topic, Suppression.Reason.MANUAL)
    found: Suppression = Suppression.objects.get(address=plain, topic=topic)
    return found


def lift(by: User, suppression: Suppression) -> None:
    """Write to this address again. Raises PermissionDenied."""
    require_admin(by)
    suppression.delete()
