"""Taking back what a verb wrote, as long as nobody has written there since.

For undoing a change of many accounts: whoever made it was allowed to, and takes back their own. What a
colleague changed meanwhile is kept; ``ValidationError`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.booked import Kept, entry_of, kept
from accounts.models import Account, BookEntry, Tier
from core import facts
from core.among import among
from users.access import require_active
from users.models import User

Values = dict[str, Any]

PARTS: dict[str, tuple[str, ...]] = {
    "owner": ("owner_id", "owner_since", "owner_before_id"),
    "tier": ("tier_id", "tier_before_id", "tier_since", "tier_reason", "tier_pinned", "tier_pinned_until",
             "below_since"),
    "pause": ("paused_from", "paused_until", "pause_reason"),
}  # fmt: skip
COMPARED: dict[str, tuple[str, ...]] = {
    **PARTS,
    "tier": ("tier_id", "tier_pinned", "tier_pinned_until", "tier_reason"),
}
"""What tells a later edit: the night's own bookkeeping is none."""


def values_of(account: Account, part: str) -> dict[str, Any]:
    """The values of one part of the account as JSON keeps them; for the owner also their book."""
    values = {name: _kept(getattr(account, name)) for name in PARTS[part]}
    if part == "owner" and account.owner_id:
        entry = BookEntry.objects.filter(account=account, user_id=account.owner_id).first()
        values["in_book"] = kept(entry)
    return values


def owner_of(account: Account) -> dict[str, Any]:
    """The owner's values without the book: what tells a later change, no query."""
    return {name: _kept(getattr(account, name)) for name in PARTS["owner"]}


@transaction.atomic
def put_back(user: User, account_id: int, part: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write the values ``before`` where those of ``after`` still stand. Raises ValidationError if not."""
    require_active(user)
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    now = values_of(account, part)
    if any(now.get(name) != after.get(name) for name in COMPARED[part]):
        raise ValidationError(_("Somebody has changed this since; it stays as it is now."))
    _check(part, before)
    if part == "owner":
        BookEntry.objects.filter(account=account, user_id=account.owner_id).delete()
    for name in PARTS[part]:
        setattr(account, name, _read(name, before.get(name)))
    account.save()
    if part == "owner" and before.get("in_book") and account.owner_id:
        entry = entry_of(account.owner_id, account.pk, before["in_book"])
        BookEntry.objects.bulk_create([entry], ignore_conflicts=True)
    facts.changed(account_ids=[account.pk])


@transaction.atomic
def put_owners_back(user: User, wanted: Mapping[int, tuple[Values, Values]]) -> dict[int, str]:
    """As :func:`put_back`, for ``before`` and ``after`` of many accounts, in some statements for all of them.

    Returns why not, in words, for those that stay.
    """
    require_active(user)
    accounts = Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=among(wanted))
    owners = User.objects.in_bulk({before.get("owner_id") for before, _after in wanted.values()} - {None})
    refused, moved = dict[int, str](), []
    for account in accounts.order_by("pk"):
        before, after = wanted[account.pk]
        owner = owners.get(before.get("owner_id"))
        if any(value != after.get(name) for name, value in owner_of(account).items()):
            refused[account.pk] = _("Somebody has changed this since; it stays as it is now.")
        elif before.get("owner_id") and (owner is None or not owner.may_own_accounts):
            refused[account.pk] = _("The owner before cannot own accounts any more.")
        else:
            moved.append(account)
    _out_of_books(moved)
    now = timezone.now()
    for account in moved:
        for name in PARTS["owner"]:
            setattr(account, name, _read(name, wanted[account.pk][0].get(name)))
        account.updated_at = now
    Account.objects.bulk_update(moved, [*PARTS["owner"], "updated_at"], batch_size=500)
    _into_books({account: wanted[account.pk][0].get("in_book") for account in moved})
    facts.changed(account_ids=[account.pk for account in moved])
    return refused


def _out_of_books(accounts: Sequence[Account]) -> None:
    """Those of whoever has them now."""
    whose = {account.pk: account.owner_id for account in accounts}
    entries = BookEntry.objects.filter(account__in=among(whose)).values_list("pk", "account_id", "user_id")
    gone = [pk for pk, account, user in entries if whose[account] == user]
    BookEntry.objects.filter(pk__in=among(gone)).delete()


def _into_books(kept_of: Mapping[Account, Kept | None]) -> None:
    entries = [
        entry_of(account.owner_id, account.pk, said)
        for account, said in kept_of.items()
        if said and account.owner_id
    ]
    BookEntry.objects.bulk_create(entries, ignore_conflicts=True)


def _check(part: str, before: dict[str, Any]) -> None:
    """What stood there before must still be there."""
    if part == "owner" and before.get("owner_id"):
        owner = User.objects.filter(pk=before["owner_id"]).first()
        if owner is None or not owner.may_own_accounts:
            raise ValidationError(_("The owner before cannot own accounts any more."))
    ids = {before[name] for name in ("tier_id", "tier_before_id") if before.get(name)}
    if part == "tier" and Tier.objects.filter(pk__in=ids).count() < len(ids):
        raise ValidationError(_("The tier before has been deleted."))


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    is_day = isinstance(Account._meta.get_field(name), DateField)
    return date.fromisoformat(value) if is_day and value else value
