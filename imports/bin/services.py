"""The verbs of the recycle bin: put a record in with all that hangs on it, and restore it as a whole."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.chain import engine_lock
from cadences.services.withdrawn import settle_withdrawn
from contacts.models import Interaction
from core import facts
from core.history import through
from correspondence.models import Message, State
from correspondence.services.managing import withdraw
from imports.bin import followed, kept, mending, obstacles
from imports.bin.graph import Unit, unit_of
from imports.bin.kinds import KINDS, Kind, may_put_in
from imports.models import BinUnit
from sales.models import Purchase
from sales.services import refresh_status
from users.access import require, require_active
from users.models import User


class GoneError(Exception):
    """Somebody else has put it into the bin, or restored it, in this moment."""


@transaction.atomic
def put_in(user: User, kind: Kind, record: Model, why: str = "") -> BinUnit:
    """Move a record and all that hangs on it into the bin; every page and number is right at once.

    What waits to be sent to people who go is not sent. Raises PermissionDenied, ValidationError with what
    stands in the way, GoneError.
    """
    require_active(user)
    account = _lock_account(record)
    locked = kind.model._base_manager.select_for_update().filter(pk=record.pk).first()
    if account is None or locked is None:
        raise GoneError
    require(may_put_in(user, locked), _("This is deleted by those who look after the account."))
    if kind.needs_why and not why.strip():
        raise ValidationError({"why": _("Say why, so that a colleague understands it later.")})
    engine_lock([account.pk])
    rows = unit_of(locked, lock=True)
    if found := obstacles.of_deletion(rows):
        raise ValidationError([one.words for one in found])
    unit = BinUnit(
        kind=kind.slug,
        object_id=locked.pk,
        name=str(locked)[:300],
        account_id=account.pk,
        account_name=account.name,
        owner=account.owner,
        deleted_by=user,
        deleted_at=timezone.now(),
        why=why.strip()[:200],
        counts=rows.counts,
    )
    with through("bin"):
        _move(unit, locked, rows)
    return unit


def _lock_account(record: Model) -> Account | None:
    """Before anything that belongs to it; nobody can hang something on an account that is going."""
    pk = record.pk if isinstance(record, Account) else record.account_id  # type: ignore[attr-defined]
    rows = Account.objects.select_for_update(no_key=not isinstance(record, Account), of=("self",))
    found: Account | None = rows.select_related("owner__team").filter(pk=pk).first()
    return found


def _move(unit: BinUnit, record: Model, rows: Unit) -> None:
    """Keep, let go, delete, tell: in this order, so that what is kept is as it was before."""
    unit.save()
    is_part = not isinstance(record, Account)
    if is_part:
        followed.note_before(unit)
    for model, ids in rows.ids.items():
        kept.keep(unit, model, ids)
    loosened = [(key, ids, rows.of(key.model)) for key, ids in rows.loosened()]
    for key, named, inside in loosened:
        kept.keep_reference(unit, key, named, inside)
    _let_go(record, rows)
    for key, named, inside in loosened:
        kept.loosen(key, named, inside)
    for model, gone in rows.forgotten.items():
        kept.delete(model, gone)
    for model, ids in rows.ids.items():
        kept.delete(model, ids)
    _tell(record, unit.account_id)
    if is_part:
        followed.note_after(unit)


def _let_go(record: Model, rows: Unit) -> None:
    """What is under way ends: mails that wait, and what a log had closed."""
    waiting = Message.objects.filter(obstacles.mails_of(rows), state=State.PENDING)
    for pk in waiting.values_list("pk", flat=True):
        withdraw(pk, _("Its recipient was put into the recycle bin."))
    if isinstance(record, Interaction) and record.withdrawn_at is None:
        Interaction.objects.filter(pk=record.pk).update(
            withdrawn_at=timezone.now(), withdrawn_reason=_("Put into the recycle bin.")
        )
        settle_withdrawn([record.account_id])


def _tell(record: Model, account_id: int) -> None:
    if isinstance(record, Purchase):
        refresh_status([account_id])
    facts.changed(account_ids=[account_id])


@transaction.atomic
def restore(user: User, unit: BinUnit, *, without_number: bool = False) -> tuple[BinUnit, int]:
    """Everything is back where it was, with its ids. Returns how many rows could not come along.

    ``without_number``: numbers of the customer file that others have taken since are given up. Raises
    PermissionDenied, ValidationError with what stands in the way, GoneError.
    """
    require_active(user)
    locked = BinUnit.objects.select_for_update(of=("self",)).filter(pk=unit.pk).first()
    if locked is None:
        raise GoneError
    require(
        BinUnit.objects.editable_by(user).filter(pk=unit.pk).exists(),
        _("Restored by whoever deleted it and by those who look after the account."),
    )
    Account.objects.select_for_update(no_key=True).filter(pk=locked.account_id).first()
    engine_lock([locked.account_id])
    standing = obstacles.of_restoring(locked)
    if without_number:
        standing = [one for one in standing if not one.is_number]
    if standing:
        raise ValidationError([one.words for one in standing])
    with through("bin restore"):
        lost = _bring_back(locked)
    return locked, lost


def _bring_back(unit: BinUnit) -> int:
    lost = mending.mend(unit)
    try:
        with transaction.atomic():
            kept.put_back(unit)
            followed.put_back(unit)
            mending.name_again(unit)
    except IntegrityError as error:
        words = _("Something else stands in its place by now; nothing was changed. Ask an admin: %(what)s")
        raise ValidationError(words % {"what": str(error).partition("\n")[0]}) from None
    record = KINDS[unit.kind].model._base_manager.get(pk=unit.object_id)
    _tell(record, unit.account_id)
    BinUnit.objects.filter(pk=unit.pk).delete()
    return lost
