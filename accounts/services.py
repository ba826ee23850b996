"""The verbs of accounts. Pages, import and commands call the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.handing_over import bring_along, check_owner, hand_over
from accounts.models import Account, BookEntry, Tag, Tier
from core import facts
from core.phones import e164
from core.places import zone_of
from users.access import may_edit_owned_by, require, require_active
from users.clock import today_for
from users.models import Company, User

LONGEST_PAUSE = timedelta(days=731)
LONGEST_LOOK_BACK = timedelta(days=366)
LONGEST_PIN = timedelta(days=1827)
EDITABLE = frozenset(
    {
        "name", "external_id", "network_value", "network_reason", "tags", "industry", "employees",
        "yearly_revenue", "currency", "street", "city", "region", "postal_code", "country", "time_zone",
        "language", "phone", "fax", "email", "website", "about",
    }
)  # fmt: skip


Departing = Callable[[User, Account], object]
_when_former: list[Departing] = []


def when_former(act: Departing) -> None:
    """Called when a customer has left for good: what was under way with them ends."""
    _when_former.append(act)


def may_create(user: User) -> bool:
    """Who looks after accounts may add one; readers only read and log."""
    return user.has_role(User.Role.SALESPERSON, User.Role.MANAGER, User.Role.ADMIN)


def may_edit(user: User, account: Account) -> bool:
    """Owner, deputy, their manager, admin."""
    return may_edit_owned_by(user, account.owner)


def may_reassign(user: User, account: Account) -> bool:
    """A change of owner is the manager's and the admin's to decide."""
    return (user.is_manager or user.is_admin) and may_edit(user, account)


@transaction.atomic
def create_account(user: User, *, owner: User | None = None, **fields: Any) -> Account:
    """A new prospect. Raises ValidationError by field, PermissionDenied for readers.

    Whoever adds an account for somebody else must be able to edit that person's accounts.
    """
    require(may_create(user), _("Accounts are added by salespeople, managers and admins."))
    require(
        may_edit_owned_by(user, owner), _("You may add accounts for yourself and those you stand in for.")
    )
    _only_known(fields)
    check_owner(owner)
    today, tags = today_for(user), fields.pop("tags", [])
    account = Account(owner=owner, owner_since=today if owner else None, facts_from=today, **fields)
    account.tier = Tier.objects.order_by("rank").first()
    account.tier_since = today
    _save(account)
    hang_tags(account, tags)
    facts.changed(account_ids=[account.pk])
    return account


@transaction.atomic
def edit_account(user: User, account: Account, **fields: Any) -> Account:
    """Change what the account is; owner, tier, pause and status have verbs of their own."""
    _only_known(fields)
    account = _locked(user, account)
    network, tags = account.network_value, fields.pop("tags", None)
    for name, value in fields.items():
        setattr(account, name, value)
    _save(account, network)
    if tags is not None:
        hang_tags(account, tags)
    facts.changed(account_ids=[account.pk])
    return account


def hang_tags(account: Account, names: Iterable[str]) -> None:
    """Exactly these tags, new ones are made; a word that is there in another case is used as it is."""
    wanted = {name.casefold(): name for name in names}
    rows = Tag.objects.annotate(low=Lower("name")).filter(low__in=[name.lower() for name in wanted.values()])
    stored: dict[str, Tag] = {tag.name.casefold(): tag for tag in rows}
    for folded, name in wanted.items():
        if folded not in stored:
            stored[folded] = Tag(name=name)
            stored[folded].full_clean()
            stored[folded].save()
    account.tags.set(stored.values())


@transaction.atomic
def change_owner(user: User, account: Account, new_owner: User | None, *, tells: bool = True) -> Account:
    """Hand the account to somebody else from today on (R9: they introduce themselves).

    ``tells``: whether the new owner gets a mail about it.
    """
    account = _locked(user, account)
    require(may_reassign(user, account), _("Owners are changed by the team's manager and by admins."))
    before = account.owner
    hand_over(user, [account.pk], new_owner, tells=tells)
    bring_along({account.pk: before.pk if before else None}, new_owner)
    account.refresh_from_db()
    return account


def hold_tier(tier: Tier) -> Tier:
    """The tier as it is now, kept until the transaction ends: whoever deletes tiers waits for that.

    Raises ValidationError if a colleague has deleted it. Without this the database would find out at the
    end, as an error that no form can show.
    """
    held: Tier | None = Tier.objects.select_for_update(no_key=True).filter(pk=tier.pk).first()
    if held is None:
        words = _("A colleague has deleted the tier %(tier)s meanwhile. Choose another one.")
        raise ValidationError(words % {"tier": tier.name})
    return held


@transaction.atomic
def pin_tier(
    user: User, account: Account, tier: Tier | None, *, reason: str = "", until: date | None = None
) -> Account:
    """A person's choice of tier stands against the rules up to ``until``, or until it is given back (R28).

    ``tier`` None gives it back: the next night decides by the rules, without the months that a demotion
    waits otherwise. Raises ValidationError by field.
    """
    account = _locked(user, account)
    today = today_for(user)
    if tier is not None:
        _check_pin(reason, until, today)
        hold_tier(tier)
        if account.tier_id != tier.pk:
            account.tier_before, account.tier, account.tier_since = account.tier, tier, today
        account.tier_pinned, account.tier_pinned_until, account.below_since = True, until, None
        words = _("Chosen by %(name)s: %(reason)s")
        account.tier_reason = (words % {"name": user.display_name, "reason": reason.strip()})[:300]
    elif account.tier_pinned:
        account.tier_pinned, account.tier_pinned_until = False, today
        words = _("Given back to the rules by %(name)s; the next night decides.")
        account.tier_reason = words % {"name": user.display_name}
    account.save()
    facts.changed(account_ids=[account.pk])
    return account


def _check_pin(reason: str, until: date | None, today: date) -> None:
    wrong: dict[str, Any] = {}
    if not reason.strip():
        wrong["reason"] = _("Say why, so that a colleague understands what the rules do not.")
    if until and until < today:
        wrong["until"] = _("That day is over: choose today or a later one, or leave it empty.")
    elif until and until - today > LONGEST_PIN:
        wrong["until"] = _("Choose a day within five years, or leave it empty.")
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def pause_account(
    user: User, account: Account, starts_on: date | None, ends_on: date | None, reason: str = ""
) -> Account:
    """Owe nothing to the account between two days, both included; no days: end the pause."""
    account = _locked(user, account)
    if (starts_on is None) != (ends_on is None):
        missing = "paused_from" if starts_on is None else "paused_until"
        raise ValidationError({missing: _("A pause has a first and a last day: fill in both.")})
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"paused_until": _("The last day of the pause is before its first day.")})
    if starts_on and ends_on:
        _check_pause(account, starts_on, ends_on, today_for(user))
    if starts_on and not reason.strip():
        raise ValidationError({"pause_reason": _("Say why, so that a colleague understands the silence.")})
    account.paused_from, account.paused_until = starts_on, ends_on
    account.pause_reason = reason.strip()[:200] if starts_on else ""
    account.save()
    facts.changed(account_ids=[account.pk])
    return account


def _check_pause(account: Account, starts_on: date, ends_on: date, today: date) -> None:
    if today - starts_on > LONGEST_LOOK_BACK and starts_on != account.paused_from:
        raise ValidationError({"paused_from": _("A pause begins at most a year back. Check the year.")})
    if ends_on < today:
        raise ValidationError({"paused_until": _("That day is over: choose today or a later one.")})
    if ends_on - today > LONGEST_PAUSE:
        message = _("A pause ends within two years. Whoever is gone for longer is a former customer.")
        raise ValidationError({"paused_until": message})


@transaction.atomic
def mark_former(user: User, account: Account, *, former: bool) -> Account:
    """A customer who left for good; nothing is owed to them, and what was under way ends.

    A later purchase makes them one again.

    Taken back, they are what they were: a customer, or a prospect when their purchases were voided since.
    """
    account = _locked(user, account)
    if former and account.status != Account.Status.CUSTOMER:
        raise ValidationError(_("Only a customer can become a former customer."))
    if not former and account.status != Account.Status.FORMER:
        return account
    if former:
        account.status = Account.Status.FORMER
    else:
        bought = account.became_customer_on is not None
        account.status = Account.Status.CUSTOMER if bought else Account.Status.PROSPECT
    account.former_since = today_for(user) if former else None
    account.save()
    for act in _when_former if former else ():
        act(user, account)
    facts.changed(account_ids=[account.pk])
    return account


@transaction.atomic
def book_add(user: User, account: Account) -> None:
    """Take an account that one looks after into one's book (R7); it holds 25 by default."""
    require_active(user)
    require(may_edit(user, account), _("Your book holds accounts you own or stand in for."))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two adds at once count after each other
    size = Company.get().book_size
    mine = BookEntry.objects.filter(user=user)
    if mine.filter(account=account).exists():
        return
    if mine.count() >= size:
        raise ValidationError(
            _("Your book is full: it holds %(size)d accounts. Take one out that is finished.")
            % {"size": size}
        )
    BookEntry.objects.create(user=user, account=account, added_on=today_for(user))


@transaction.atomic
def book_remove(user: User, account: Account) -> None:
    """Take an account out of one's book; it stays the owner's."""
    require_active(user)
    BookEntry.objects.filter(user=user, account=account).delete()


def _normalise(account: Account) -> None:
    """What follows from other fields: the phone as machines dial it, the zone of a one-zone country."""
    country = str(account.country or "")
    account.phone_e164 = e164(account.phone, country)
    account.time_zone = account.time_zone or zone_of(country)
    account.external_id = account.external_id or None


def _save(account: Account, network_before: int = 0) -> None:
    _normalise(account)
    account.full_clean(exclude=["owner", "tier", "tier_before"])
    if account.network_value not in {0, network_before} and not account.network_reason.strip():
        words = _("Say why, so that others can judge it: whom do they know, whom did they bring?")
        raise ValidationError({"network_reason": words})
    account.save()


def _locked(user: User, account: Account) -> Account:
    """The row as it is now, if this user may change it."""
    require_active(user)
    account = (
        Account.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner")
        .get(pk=account.pk)
    )
    require(
        may_edit(user, account),
        _("This account is changed by its owner, their deputy, their manager and admins."),
    )
    return account


def _only_known(fields: dict[str, Any]) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise ValueError(f"not editable here: {', '.join(sorted(unknown))}")
