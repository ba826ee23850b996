"""What can be done to many accounts: each kind calls the verb of one account, so its rules are the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import handing_over, restoring, services
from accounts.models import Account, BookEntry, Tier
from cadences.models import BulkChange
from cadences.reassigning import services as reassigning
from users.access import require_admin
from users.clock import today_for
from users.models import User

Kind = BulkChange.Kind
Values = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """``before`` and ``after`` as JSON keeps them. No change: the account was so already."""

    before: Values
    after: Values

    @property
    def is_none(self) -> bool:
        return self.before == self.after


def apply(user: User, account: Account, change: BulkChange) -> Change:
    """Do it to one account. Raises PermissionDenied and ValidationError, as the verb does."""
    return _APPLY[change.kind](user, account, change.options)


def take_back(user: User, change: BulkChange, account_id: int, before: Values, after: Values) -> None:
    """Undo it for one account. Raises ValidationError where somebody has changed it since."""
    if change.kind in _PARTS:
        restoring.put_back(user, account_id, _PARTS[Kind(change.kind)], before, after)
    else:
        _UNDO[change.kind](user, account_id, change.options)


def take_back_together(
    user: User, change: BulkChange, wanted: Mapping[int, tuple[Values, Values]]
) -> dict[int, reassigning.Taken] | None:
    """Undo it for many accounts at once; None for kinds that go account by account."""
    return reassigning.take_back(user, wanted) if change.kind == Kind.HAND_OVER else None


def take_back_besides(change: BulkChange) -> Values:
    """What was given on besides accounts; how many went back, and in words what stayed."""
    if not change.options.get("given"):
        return {}
    outcome = reassigning.take_back_besides(change)
    return {"back": len(outcome.done), "stayed": outcome.one_by_one}


def may_be_taken_back(user: User, change: BulkChange) -> None:
    """Raises PermissionDenied, and ValidationError while nothing could go back."""
    if change.options.get("given"):
        require_admin(user)  # teams and places as a deputy are theirs to give, also back
    reassigning.refuse_while_away(change)


_PARTS = {Kind.OWNER: "owner", Kind.TIER: "tier", Kind.PAUSE: "pause"}


def _written(part: str, account: Account, verb: Callable[[], Account]) -> Change:
    before = restoring.values_of(account, part)
    return Change(before, restoring.values_of(verb(), part))


def _owner(user: User, account: Account, options: Values) -> Change:
    new = User.objects.get(pk=options["owner"]) if options.get("owner") else None
    if account.owner_id == (new.pk if new else None):
        services.change_owner(user, account, new)  # refuses whoever may not, although nothing changes
        return Change({}, {})
    return _written("owner", account, lambda: services.change_owner(user, account, new, tells=False))


def tell(change: BulkChange, account_ids: Collection[int]) -> None:
    """One mail to the new owner about all that changed."""
    if change.kind == Kind.OWNER and change.options.get("owner"):
        handing_over.tell(change.user, User.objects.get(pk=change.options["owner"]), account_ids)


def _tier(user: User, account: Account, options: Values) -> Change:
    tier = Tier.objects.filter(pk=options["tier"]).first() if options.get("tier") else None
    if options.get("tier") and tier is None:
        raise ValidationError(_("That tier has been deleted meanwhile."))
    until = date.fromisoformat(options["until"]) if options.get("until") else None
    reason = options.get("reason", "")
    return _written(
        "tier", account, lambda: services.pin_tier(user, account, tier, reason=reason, until=until)
    )


def _pause(user: User, account: Account, options: Values) -> Change:
    first = today_for(user)
    last, reason = date.fromisoformat(options["until"]), options.get("reason", "")
    return _written("pause", account, lambda: services.pause_account(user, account, first, last, reason))


def _tags(account: Account) -> list[str]:
    return sorted(tag.name for tag in account.tags.all())


def _add_tag(user: User, account: Account, options: Values) -> Change:
    return _hang(user, account, options["tag"], there=True)


def _remove_tag(user: User, account: Account, options: Values) -> Change:
    return _hang(user, account, options["tag"], there=False)


def _hang(user: User, account: Account, tag: str, *, there: bool) -> Change:
    """The account's tags with that one among them, or without it."""
    names = _tags(account)
    has = tag.casefold() in {name.casefold() for name in names}
    if has == there:
        services.edit_account(user, account)  # refuses whoever may not
        return Change({}, {})
    wanted = [*names, tag] if there else [name for name in names if name.casefold() != tag.casefold()]
    services.edit_account(user, account, tags=wanted)
    return Change({"has": has}, {"has": there})


def _book(user: User, account: Account, _options: Values) -> Change:
    mine = BookEntry.objects.filter(user=user, account=account)
    had = mine.exists()
    services.book_add(user, account)
    return Change({"has": had}, {"has": True})


def _undo_tag(user: User, account_id: int, options: Values, *, there: bool) -> None:
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    if _hang(user, account, options["tag"], there=there).is_none:
        raise ValidationError(_("Somebody has changed this since; it stays as it is now."))


def _undo_book(user: User, account_id: int, _options: Values) -> None:
    entry = BookEntry.objects.filter(user=user, account_id=account_id).first()
    if entry is None:
        raise ValidationError(_("It is not in your book any more."))
    services.book_remove(user, entry.account)


_APPLY: dict[str, Callable[[User, Account, Values], Change]] = {
    Kind.OWNER: _owner,
    Kind.TIER: _tier,
    Kind.ADD_TAG: _add_tag,
    Kind.REMOVE_TAG: _remove_tag,
    Kind.PAUSE: _pause,
    Kind.BOOK: _book,
}
_UNDO: dict[str, Callable[[User, int, Values], None]] = {
    Kind.ADD_TAG: lambda user, pk, options: _undo_tag(user, pk, options, there=False),
    Kind.REMOVE_TAG: lambda user, pk, options: _undo_tag(user, pk, options, there=True),
    Kind.BOOK: _undo_book,
}


def offered_to(user: User) -> list[str]:
    """The kinds that this user may use at all; whether on an account, its owner decides."""
    is_lead = user.is_manager or user.is_admin
    return [kind for kind in _APPLY if kind != Kind.OWNER or is_lead]
