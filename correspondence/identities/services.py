"""The verbs: enter, prove, change, give up one's own sender address."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from correspondence.addresses import normalised, one_line
from correspondence.models import Identity
from users import mail
from users.access import require_active
from users.models import User

LIFE = timedelta(hours=24)
PAUSE = timedelta(minutes=1)
"""Between two links: nobody's mailbox is filled by pressing a button."""


class LinkDeadError(Exception):
    """The link was used, is too old, or a newer one was mailed."""


@transaction.atomic
def save_identity(user: User, *, name: str, address: str, signature: str) -> Identity:
    """Name and signature count at once; a new address waits for its link, and the old one keeps sending.

    Raises ValidationError by field, PermissionDenied for deactivated users, and NotSentError after the
    address was saved and its link could not be mailed.
    """
    require_active(user)
    if not one_line(name):
        raise ValidationError({"name": _("Say the name that recipients read.")})
    wanted = _address(address)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # the same form twice: one after the other
    identity = _locked(user) or Identity(user=user, address=wanted)
    identity.name, identity.signature = one_line(name, 100), signature.strip()
    if identity.verified_at is None:
        is_new = identity.pk is None or identity.address != wanted
        identity.address = wanted
    elif wanted == identity.address:
        is_new, identity.wanted, identity.token = False, "", ""
    else:
        is_new = identity.wanted != wanted
        identity.wanted = wanted
    _refuse_of_another(user, wanted)
    if is_new and _is_too_soon(identity):
        raise ValidationError(
            {"address": _("A link was mailed a moment ago: wait a minute, then save again.")}
        )
    identity.save()
    if is_new:
        _mail_link(identity)
    return identity


@transaction.atomic
def send_link(user: User) -> Identity:
    """Another link; the one before is dead. Raises ValidationError when there is nothing to prove."""
    require_active(user)
    identity = _locked(user)
    if identity is None or not identity.unproven:
        raise ValidationError(_("There is no address that waits to be verified."))
    if _is_too_soon(identity):
        raise ValidationError(_("A link was mailed a moment ago: look into your mailbox first."))
    _mail_link(identity)
    return identity


def read_link(user: User, token: str) -> Identity:
    """Whose address a link proves, without proving it: mail scanners look, too. Raises LinkDeadError."""
    identity = Identity.objects.editable_by(user).first()
    if identity is None or not _opens(identity, token):
        raise LinkDeadError
    return identity


@transaction.atomic
def verify(user: User, token: str) -> Identity:
    """The user has the mailbox: from now on mail leaves from this address. The link works once.

    Raises LinkDeadError; ValidationError when a colleague has proven the same address meanwhile.
    """
    require_active(user)
    identity = _locked(user)
    if identity is None or not _opens(identity, token):
        raise LinkDeadError
    _refuse_of_another(user, identity.unproven)
    identity.address, identity.wanted = identity.unproven, ""
    identity.verified_at, identity.token, identity.token_at = timezone.now(), "", None
    try:
        with transaction.atomic():
            identity.save()
    except IntegrityError:
        raise ValidationError(_of_another()) from None
    return identity


@transaction.atomic
def revoke(user: User) -> None:
    """No mail leaves from this address any more. What waits in the outbox leaves as it was approved."""
    require_active(user)
    identity = _locked(user)
    if identity is not None:
        identity.delete()


def end(user: User) -> None:
    """Of somebody who works here no more: it sends nothing, and does not come back with them."""
    Identity.objects.filter(user=user).delete()


def _locked(user: User) -> Identity | None:
    found: Identity | None = Identity.objects.select_for_update().filter(user=user).first()
    return found


def _is_too_soon(identity: Identity) -> bool:
    return identity.token_at is not None and timezone.now() - identity.token_at < PAUSE


def _address(address: str) -> str:
    try:
        return normalised(address)
    except ValidationError as error:
        raise ValidationError({"address": error.messages}) from error


def _opens(identity: Identity, token: str) -> bool:
    fresh = identity.token_at is not None and timezone.now() - identity.token_at <= LIFE
    return bool(identity.token) and fresh and constant_time_compare(identity.token, _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _refuse_of_another(user: User, address: str) -> None:
    if Identity.objects.filter(address=address, verified_at__isnull=False).exclude(user=user).exists():
        raise ValidationError({"address": _of_another()})


def _of_another() -> str:
    return _("A colleague sends from this address: two people must not write as one.")


def _mail_link(identity: Identity) -> None:
    token = secrets.token_urlsafe(32)
    identity.token, identity.token_at = _hash(token), timezone.now()
    identity.save(update_fields=["token", "token_at", "updated_at"])
    link = mail.absolute(reverse("correspondence:my_mail_verify", args=[token]))
    address, user = identity.unproven, identity.user
    transaction.on_commit(lambda: mail.send("correspondence/email/verify", address, user=user, link=link))
