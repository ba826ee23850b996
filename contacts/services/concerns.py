"""A customer's worries: raised by anybody, resolved with words (R2, R16)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Concern, ConcernNote, Contact, Interaction
from users.access import require, require_active
from users.clock import today_for
from users.models import User

CHANGEABLE = frozenset({"what", "severity", "owner", "due_on", "contact"})


@transaction.atomic
def raise_concern(  # noqa: PLR0913 - who, where, what, how bad, and four things that may be known
    user: User,
    account: Account,
    what: str,
    severity: int = Concern.Severity.MEDIUM,
    *,
    contact: Contact | None = None,
    owner: User | None = None,
    due_on: date | None = None,
    interaction: Interaction | None = None,
) -> Concern:
    """Put a worry on the account; without an owner, the account's owner or else who raised it has it."""
    require_active(user)
    concern = Concern(
        account=account,
        contact=contact,
        interaction=interaction,
        what=what.strip(),
        severity=severity,
        raised_by=user,
        owner=owner or _somebody(account, user),
        opened_on=today_for(user),
        due_on=due_on,
    )
    _check(concern)
    concern.save()
    return concern


@transaction.atomic
def change_concern(user: User, concern: Concern, **changes: Any) -> Concern:
    """Reword it, hand it to somebody else, give it a date."""
    concern = _locked(user, concern)
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise ValueError(f"not changeable: {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(concern, name, value)
    _check(concern)
    concern.save()
    return concern


@transaction.atomic
def resolve_concern(user: User, concern: Concern, resolution: str) -> Concern:
    """Close it with the words that say how it was solved."""
    concern = _locked(user, concern)
    if not resolution.strip():
        raise ValidationError({"resolution": _("Say how it was solved: the next caller reads it.")})
    if not concern.is_open:
        raise ValidationError(
            _("%(who)s resolved this concern on %(day)s already.")
            % {"who": concern.resolved_by or _("Somebody"), "day": concern.resolved_on}
        )
    concern.resolution = resolution.strip()
    concern.resolved_on = today_for(user)
    concern.resolved_by = user
    concern.save()
    return concern


@transaction.atomic
def confirm_concern(
    user: User, concern: Concern, contact: Contact | None = None, on: date | None = None
) -> Concern:
    """The customer said that it is solved: who of theirs, on what day. Whoever heard it may write it down."""
    require_active(user)
    concern = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    if concern.resolved_on is None:
        raise ValidationError(_("This concern is still open: resolve it before the customer confirms it."))
    on = on or today_for(user)
    wrong: dict[str, str] = {}
    if on > today_for(user):
        wrong["on"] = _("That day is still to come: choose today or an earlier one.")
    elif on < concern.resolved_on:
        wrong["on"] = _("It was resolved later than that: choose the day on which they confirmed it.")
    if contact is not None and contact.account_id != concern.account_id:
        wrong["contact"] = _("Choose somebody who works at this account.")
    if wrong:
        raise ValidationError(wrong)
    concern.confirmed_on, concern.confirmed_with, concern.confirmed_by = on, contact, user
    concern.save()
    return concern


@transaction.atomic
def note_on_concern(user: User, concern: Concern, text: str, token: UUID | None = None) -> ConcernNote:
    """A remark in its thread, from any department. The same ``token`` again notes nothing more."""
    require_active(user)
    if not text.strip():
        raise ValidationError({"text": _("Write the note before saving it.")})
    Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    if token and (before := ConcernNote.objects.filter(token=token, concern=concern).first()):
        return before
    return ConcernNote.objects.create(concern=concern, user=user, text=text.strip(), token=token)


@transaction.atomic
def reopen_concern(user: User, concern: Concern) -> Concern:
    """It was not solved after all; the words of the first try stay in the history."""
    concern = _locked(user, concern)
    concern.resolved_on = concern.resolved_by = None
    concern.confirmed_on = concern.confirmed_with = concern.confirmed_by = None
    concern.resolution = ""
    concern.save()
    return concern


@transaction.atomic
def unconfirm_concern(user: User, concern: Concern) -> Concern:
    """Undo of the confirmation: by who wrote it down, or by those who may change the concern."""
    require_active(user)
    concern = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    if concern.confirmed_by_id != user.pk:
        concern = _locked(user, concern)
    concern.confirmed_on = concern.confirmed_with = concern.confirmed_by = None
    concern.save()
    return concern


def _locked(user: User, concern: Concern) -> Concern:
    require_active(user)
    require(
        Concern.objects.editable_by(user).filter(pk=concern.pk).exists(),
        _("Only who raised it, who owns it or those who look after the account may change a concern."),
    )
    return Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)


def _somebody(account: Account, user: User) -> User:
    owner = account.owner
    return owner if owner is not None and owner.is_active else user


def _check(concern: Concern) -> None:
    wrong: dict[str, str] = {}
    if not concern.what:
        wrong["what"] = _("Say what worries the customer.")
    if concern.severity not in Concern.Severity.values:
        wrong["severity"] = _("Choose how bad it is: low, medium or high.")
    if concern.due_on and concern.due_on < concern.opened_on:
        wrong["due_on"] = _("A concern cannot be due before it was raised: choose a later day.")
    if concern.owner is not None and not concern.owner.is_active:
        wrong["owner"] = _("%(name)s has been deactivated: choose somebody who works here.") % {
            "name": concern.owner
        }
    if concern.contact is not None and concern.contact.account_id != concern.account_id:
        wrong["contact"] = _("Choose somebody who works at this account.")
    if wrong:
        raise ValidationError(wrong)
