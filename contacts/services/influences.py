"""Who has the ear of whom (R21): drawn and ended by those who look after the account."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact, Influence
from users.access import require, require_active
from users.models import User

LONGEST_NOTE = 200


@transaction.atomic
def add_influence(user: User, who: Contact, whom: Contact, note: str = "") -> Influence:
    """``who`` moves ``whom``; said again, the note is the new one. Raises ValidationError by field."""
    require_active(user)
    require(
        Contact.objects.editable_by(user).filter(pk=who.pk).exists(),
        _("Only those who look after the account may change its people."),
    )
    Account.objects.select_for_update(no_key=True).get(pk=who.account_id)
    if whom.pk == who.pk:
        raise ValidationError({"whom": _("Choose somebody else: everybody influences themself.")})
    if whom.account_id != who.account_id or {who.left_on, whom.left_on} != {None}:
        raise ValidationError({"whom": _("Choose somebody who works at this account.")})
    if len(note.strip()) > LONGEST_NOTE:
        raise ValidationError({"note": _("That is too long: at most 200 letters.")})
    link, _made = Influence.objects.update_or_create(
        who=who, whom=whom, defaults={"account": who.account, "note": note.strip()}
    )
    return link


@transaction.atomic
def end_influence(user: User, link: Influence) -> None:
    """It is so no longer, or never was; the history keeps it."""
    require_active(user)
    require(
        Influence.objects.editable_by(user).filter(pk=link.pk).exists(),
        _("Only those who look after the account may change its people."),
    )
    link.delete()
