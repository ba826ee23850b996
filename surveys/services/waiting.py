"""What managers decide about single people: who waits is asked or not, and who is excluded."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact
from surveys.models import Exclusion, HeldBack
from surveys.people import address_of
from surveys.services.programmes import require_manager
from users.clock import today_for
from users.models import User


@transaction.atomic
def release(by: User, row: HeldBack, contact: Contact | None = None) -> None:
    """They are asked in the next night. ``contact``: whom a manager chose where the main one has no address.

    Raises ValidationError when nobody with an address was chosen, or somebody else has decided meanwhile.
    """
    require_manager(by)
    row = _locked(row)
    chosen = contact or row.contact
    if chosen is None or not address_of(chosen):
        raise ValidationError({"contact": _("Choose somebody with an e-mail address.")})
    if chosen.account_id != row.account_id:
        raise ValidationError({"contact": _("Choose somebody of this account.")})
    row.contact, row.address = chosen, address_of(chosen)
    row.state, row.decided_by, row.decided_because = HeldBack.State.RELEASED, by, ""
    row.save()


@transaction.atomic
def skip(by: User, row: HeldBack, reason: str) -> None:
    """They are not asked this time. Raises ValidationError without a reason."""
    require_manager(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stays with it.")})
    row = _locked(row)
    row.state, row.decided_by, row.decided_because = HeldBack.State.SKIPPED, by, reason.strip()[:200]
    row.save()


@transaction.atomic
def exclude(
    by: User, *, account: Account | None, contact: Contact | None, reason: str, until: date | None
) -> Exclusion:
    """Not asked any more, from now on; mails that wait in the outbox do not leave either.

    Raises ValidationError by field.
    """
    require_manager(by)
    wrong = {}
    if (account is None) == (contact is None):
        wrong["account"] = _("Choose an account, or one of its contacts.")
    if not reason.strip():
        wrong["reason"] = _("Say why: exclusions are counted, and the reason stays with them.")
    if until is not None and until < today_for(by):
        wrong["until"] = _("This day is over: choose today or later, or leave it empty.")
    if wrong:
        raise ValidationError(wrong)
    try:
        with transaction.atomic():
            return Exclusion.objects.create(
                account=account, contact=contact, reason=reason.strip()[:200], by=by, until=until
            )
    except IntegrityError:
        raise ValidationError(
            {"account": _("They are excluded already: end that exclusion first.")}
        ) from None


@transaction.atomic
def end_exclusion(by: User, row: Exclusion) -> None:
    """They are asked again when the next survey is owed; history keeps that they were not."""
    require_manager(by)
    row.delete()


def _locked(row: HeldBack) -> HeldBack:
    found: HeldBack = HeldBack.objects.select_for_update().select_related(None).get(pk=row.pk)
    if found.state != HeldBack.State.OPEN:
        raise ValidationError(_("This has been decided meanwhile, or its time is over."))
    return found
