"""People at accounts: added by anybody, changed by those who look after the account."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact
from contacts.reporting import closes_circle
from core import facts
from core.phones import e164
from users.access import require, require_active
from users.clock import today_for
from users.models import User

LONGEST_PAUSE = timedelta(days=731)
LONGEST_REASON = 200
EDITABLE = frozenset(
    {
        "first_name",
        "last_name",
        "job_title",
        "department",
        "email",
        "phone",
        "mobile",
        "language",
        "is_main",
        "preferred_channel",
        "refused_channels",
        "started_on",
        "left_on",
        "formerly",
        "decision_roles",
        "influence",
        "attitude",
        "placed",
        "reports_to",
        "about",
    }
)


@transaction.atomic
def add_contact(user: User, account: Account, **fields: Any) -> Contact:
    """A new person at the account; the first one becomes the one we call.

    Anybody active may add one, also in the middle of a call (quick-add).
    """
    require_active(user)
    _only_known(fields)
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not Contact.objects.filter(account=account, is_main=True, left_on__isnull=True).exists():
        fields.setdefault("is_main", True)
    _check_gone(user, fields)
    contact = Contact(account=account, **fields)
    return _saved(contact)


@transaction.atomic
def edit_contact(user: User, contact: Contact, **fields: Any) -> Contact:
    """Change a person: also that they left (``left_on``), which leaves their history in place."""
    require_active(user)
    require(
        Contact.objects.editable_by(user).filter(pk=contact.pk).exists(),
        _("Only those who look after the account may change its people."),
    )
    _only_known(fields)
    Account.objects.select_for_update(no_key=True).get(pk=contact.account_id)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    _check_gone(user, fields)
    was_gone = contact.left_on is not None
    for name, value in fields.items():
        setattr(contact, name, value)
    if was_gone != (contact.left_on is not None):
        contact.left_noted_at = None if was_gone else timezone.now()
    return _saved(contact)


@transaction.atomic
def pause_contact(user: User, contact: Contact, until: date | None, reason: str = "") -> Contact:
    """Not the person to call until that day, included; ``None``: they are again.

    What is owed to the account stays as it is. Raises PermissionDenied, or ValidationError by field.
    """
    require_active(user)
    require(
        Contact.objects.editable_by(user).filter(pk=contact.pk).exists(),
        _("Only those who look after the account may change its people."),
    )
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if until is not None:
        _check_pause(contact, until, reason, today_for(user))
    contact.paused_until = until
    contact.pause_reason = reason.strip() if until else ""
    contact.save(update_fields=["paused_until", "pause_reason", "updated_at"])
    facts.changed(account_ids=[contact.account_id])
    return contact


def _check_pause(contact: Contact, until: date, reason: str, today: date) -> None:
    if contact.left_on is not None:
        raise ValidationError(_("%(name)s has left the account.") % {"name": contact.name})
    if until < today:
        raise ValidationError({"paused_until": _("That day is over: choose today or a later one.")})
    if until - today > LONGEST_PAUSE:
        message = _("A pause ends within two years. Who is gone for longer has left.")
        raise ValidationError({"paused_until": message})
    if not reason.strip():
        raise ValidationError({"pause_reason": _("Say why, so that a colleague does not call them.")})
    if len(reason.strip()) > LONGEST_REASON:
        raise ValidationError({"pause_reason": _("That is too long: at most 200 letters.")})


def _only_known(fields: dict[str, Any]) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise ValueError(f"not a field of a contact: {', '.join(sorted(unknown))}")


def _check_gone(user: User, fields: dict[str, Any]) -> None:
    left_on = fields.get("left_on")
    if left_on is not None and left_on > today_for(user):
        message = _("That day is still to come: say so once they have left.")
        raise ValidationError({"left_on": message})


def _saved(contact: Contact) -> Contact:
    """Check, derive the numbers to dial, keep one main contact per account, save, ring."""
    country = str(contact.account.country or "")
    contact.phone_e164 = e164(contact.phone, country)
    contact.mobile_e164 = e164(contact.mobile, country)
    if contact.left_on:
        _end_lines(contact)
        if contact.started_on and contact.left_on < contact.started_on:
            raise ValidationError({"left_on": _("Nobody leaves before they started: choose a later day.")})
    if contact.reports_to is not None:
        _check_boss(contact, contact.reports_to)
    if not contact.last_name.strip():
        raise ValidationError({"last_name": _("Enter the last name.")})
    if contact.is_main:
        others = Contact.objects.filter(account=contact.account_id, is_main=True, left_on__isnull=True)
        for other in others.exclude(pk=contact.pk):
            other.is_main = False
            other.save(update_fields=["is_main", "updated_at"])
    contact.clean_fields(exclude=["account", "formerly", "reports_to"])
    contact.save()
    facts.changed(account_ids=[contact.account_id])
    return contact


def _end_lines(contact: Contact) -> None:
    """Who has left is nobody's boss, reports to nobody and is not whom we call."""
    contact.is_main = False
    contact.reports_to = None
    if contact.pk:
        Contact.objects.filter(reports_to=contact).update(reports_to=None, updated_at=timezone.now())


def _check_boss(contact: Contact, boss: Contact) -> None:
    """Of the same account, still there, and nobody ends up above themself. The account is locked."""
    words = {"name": contact.name, "boss": boss.name}
    if boss.account_id != contact.account_id or boss.left_on is not None:
        raise ValidationError({"reports_to": _("%(boss)s does not work at this account.") % words})
    lines = Contact.objects.filter(account=contact.account_id, reports_to__isnull=False)
    if closes_circle(dict(lines.values_list("pk", "reports_to_id")), contact.pk or 0, boss.pk):
        message = _("%(boss)s reports to %(name)s, directly or through others: change that line first.")
        raise ValidationError({"reports_to": message % words})
