"""Accounts change hands: one or thousands by the same verb, with history, told to the new owner.

Taking it back: ``accounts.restoring``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.booked import Kept, kept
from accounts.models import Account, BookEntry
from core import facts
from users import mail
from users.access import require, require_active
from users.clock import today_for
from users.models import User

NAMED_IN_MAIL = 25

Along = tuple[str, int, int, int]
"""Something of a leaver's that went along: kind, id, whose it was, and at which account."""
Bringing = Callable[[list[int], set[int], User], Iterable[Along]]
_bringing: list[Bringing] = []


def register(bring: Bringing) -> None:
    """Called with accounts, the owners who left, and the new owner: what was theirs alone goes along."""
    _bringing.append(bring)


def bring_along(
    before: Mapping[int, int | None], new_owner: User | None, *, leaver: User | None = None
) -> tuple[Along, ...]:
    """To-dos, promises and concerns of owners who have left go to whoever has the account now.

    Every door that changes owners ends here. ``before``: account -> whose it was. ``leaver``: somebody who is
    about to leave, besides those who are deactivated.
    """
    owners = {owner for owner in before.values() if owner}
    leaving = set(User.objects.filter(pk__in=owners, is_active=False).values_list("pk", flat=True))
    if leaver is not None:
        leaving |= {leaver.pk} & owners
    if new_owner is None or not leaving:
        return ()
    accounts = [pk for pk, owner in before.items() if owner in leaving]
    return tuple(one for bring in _bringing for one in bring(accounts, leaving, new_owner))


@dataclass(frozen=True)
class Held:
    """Whose an account was before it changed hands; ``in_book``: its entry in that owner's book, if any."""

    account_id: int
    owner_id: int | None
    owner_before_id: int | None
    owner_since: date | None
    in_book: Kept | None = None

    def as_values(self) -> dict[str, Any]:
        """As ``accounts.restoring`` keeps and puts back the values of an owner."""
        since = self.owner_since
        return {
            "owner_id": self.owner_id,
            "owner_since": since.isoformat() if since else None,
            "owner_before_id": self.owner_before_id,
            "in_book": self.in_book,
        }


@dataclass(frozen=True)
class HandedOver:
    """What a hand-over changed. ``left_out``: accounts that this user may not reassign."""

    new_owner_id: int | None
    held: tuple[Held, ...]
    left_out: tuple[int, ...] = ()

    @property
    def account_ids(self) -> list[int]:
        return [row.account_id for row in self.held]


def check_owner(owner: User | None) -> None:
    """Raises ValidationError where this user cannot own accounts."""
    if owner is not None and not owner.may_own_accounts:
        words = _("%(name)s cannot own accounts: choose an active salesperson or manager.")
        raise ValidationError({"owner": words % {"name": owner}})


def reassignable_by(user: User) -> QuerySet[Account, Account]:
    """Accounts whose owner this user may change: the manager's side, and for admins all."""
    accounts: QuerySet[Account, Account] = Account.objects.editable_by(user)
    return accounts if user.is_active and (user.is_manager or user.is_admin) else accounts.none()


@transaction.atomic
def hand_over(
    user: User, account_ids: Collection[int], new_owner: User | None, *, tells: bool = True
) -> HandedOver:
    """Give these accounts to one owner from today on (R9: they introduce themselves); None: to nobody.

    ``tells``: False for a caller that tells the new owner itself, of several hand-overs at once.

    A few statements for thousands. Whoever has an account already keeps it as it is. Raises PermissionDenied
    for people who change no owners, ValidationError for a new owner who cannot own accounts.
    """
    require_active(user)
    require(user.is_manager or user.is_admin, _("Owners are changed by the team's manager and by admins."))
    check_owner(new_owner)
    wanted = set(account_ids)
    allowed = reassignable_by(user).filter(pk__in=wanted)
    rows = allowed.select_for_update(no_key=True, of=("self",)).order_by("pk")
    values = list(rows.values_list("pk", "owner_id", "owner_before_id", "owner_since"))
    target = new_owner.pk if new_owner is not None else None
    moved = [row for row in values if row[1] != target]
    books = _out_of_books([(row[0], row[1]) for row in moved if row[1]])
    held = tuple(Held(*row, in_book=books.get(row[0])) for row in moved)
    result = HandedOver(target, held, tuple(sorted(wanted - {row[0] for row in values})))
    _write(result.account_ids, new_owner, today_for(user))
    if held:
        facts.changed(account_ids=result.account_ids)
        if tells:
            tell(user, new_owner, result.account_ids)
    return result


def _write(account_ids: list[int], new_owner: User | None, today: date) -> None:
    """``owner_before`` is whoever had it before the day's first change; nobody in between leaves it."""
    unchanged = Q(owner=None) | Q(owner_since=today, owner_before__isnull=False)
    Account.objects.filter(pk__in=account_ids).update(
        owner=new_owner,
        owner_since=today if new_owner is not None else None,
        owner_before=Case(When(unchanged, then=F("owner_before")), default=F("owner")),
        updated_at=timezone.now(),
    )


def _out_of_books(pairs: Iterable[tuple[int, int]]) -> dict[int, Kept | None]:
    """Take accounts out of their former owners' books; the entries as they were, by account."""
    owner_of = dict(pairs)
    entries = BookEntry.objects.filter(account__in=owner_of, user__in=set(owner_of.values()))
    found = [row for row in entries.select_for_update() if owner_of[row.account_id] == row.user_id]
    BookEntry.objects.filter(pk__in=[row.pk for row in found]).delete()
    return {row.account_id: kept(row) for row in found}


def tell(user: User, new_owner: User | None, account_ids: Collection[int]) -> None:
    """A mail with the accounts, in the transaction of the change; not to whoever took them themself."""
    if new_owner is None or new_owner == user or not new_owner.email or not account_ids:
        return
    accounts = Account.objects.filter(pk__in=account_ids).order_by("name_folded", "pk")
    named = [
        {
            "name": account.name,
            "city": account.city,
            "url": mail.absolute(reverse("accounts:detail", args=[account.pk])),
        }
        for account in accounts.only("name", "city")[:NAMED_IN_MAIL]
    ]
    mail.send(
        "accounts/email/handed_over",
        str(new_owner.email),
        user=new_owner,
        by=user,
        count=len(account_ids),
        accounts=named,
        more=len(account_ids) - len(named),
        link=mail.absolute(f"{reverse('accounts:list')}?owner=me"),
    )
