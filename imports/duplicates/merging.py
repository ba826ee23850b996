"""The verb: one account goes into another, one person into another of the same account.

One transaction. What it did is kept in steps for 30 days (``undoing``); old links lead to the survivor
(``old_links``); the history of everything it touched says "by merging".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, BookEntry
from cadences.models import Touchpoint
from contacts.models import Contact, Influence, Interaction
from contacts.reporting import closes_circle
from core import facts, rows
from core.history import through
from imports.duplicates.fields import THEIRS, Conflict, decided
from imports.duplicates.given_on import give_on
from imports.duplicates.moving import Mover
from imports.duplicates.settling import settler
from imports.models import Merge
from sales.models import Purchase
from sales.services import refresh_status
from users.access import require, require_active
from users.clock import today_for
from users.models import User

Choices = Mapping[str, str]


@dataclass(frozen=True)
class Locked:
    """The two rows as they are now; until the commit nobody writes to them or adds to what goes."""

    survivor: Any
    loser: Any


@transaction.atomic
def merge_accounts(user: User, survivor: Account, loser: Account, choices: Choices | None = None) -> Merge:
    """Everything of ``loser`` is the survivor's from now on. ``choices``: of facts in conflict, by their key.

    Raises PermissionDenied unless the user may change both, ValidationError with words.
    """
    require_active(user)
    pair = _locked_accounts(survivor.pk, loser.pk)
    _require_both(user, {pair.survivor.pk, pair.loser.pk})
    chosen = choices or {}
    if chosen.get("owner") == THEIRS or pair.loser.owner_id not in (None, pair.survivor.owner_id):
        require(may_change_owners(user), _("Owners are changed by the team's manager and by admins."))
    was = pair.survivor.owner, pair.loser.owner
    values = decided(pair.survivor, pair.loser, chosen) | _earliest(pair) | _former(pair)
    with through("merge"):
        mover = _begin(user, Merge.Kind.ACCOUNT, pair, values)
        bought = Purchase.objects.filter(account=pair.loser.pk).exists()
        before = rows.keep(Account, [pair.survivor.pk])
        _only_in_the_owners_book(mover, pair, values)
        mover.absorb(Account, {pair.loser.pk: pair.survivor.pk})
        _write(pair.survivor, values)
        if bought:
            refresh_status([pair.survivor.pk])
        mover.note_changes(Account, before)
        give_on(mover, user, was, pair.survivor)
        _reconciled(mover, pair.survivor.pk)
        return _done(mover)


@transaction.atomic
def merge_contacts(user: User, survivor: Contact, loser: Contact, choices: Choices | None = None) -> Merge:
    """The same for two people of one account."""
    require_active(user)
    pair = _locked_contacts(survivor.pk, loser.pk)
    _require_both(user, {pair.survivor.account_id, pair.loser.account_id})
    if pair.survivor.account_id != pair.loser.account_id:
        words = _("%(one)s and %(other)s work at different accounts: merge those first, or say who has left.")
        raise ValidationError(words % {"one": pair.survivor.name, "other": pair.loser.name})
    values = decided(pair.survivor, pair.loser, choices or {}) | _refusals(pair)
    with through("merge"):
        mover = _begin(user, Merge.Kind.CONTACT, pair, values)
        before = rows.keep(Contact, [pair.survivor.pk])
        _untie(mover, pair)
        mover.absorb(Contact, {pair.loser.pk: pair.survivor.pk})
        _write(pair.survivor, _consistent(pair, values))
        mover.note_changes(Contact, before)
        facts.changed(account_ids=[pair.survivor.account_id])
        return _done(mover)


def may_change_owners(user: User) -> bool:
    """Merging one colleague's account into another's gives it away, whichever of the two stays."""
    return bool(user.is_manager or user.is_admin)


def allowed_choices(user: User, found: list[Conflict]) -> list[Conflict]:
    """The conflicts that this user may decide; of the others the survivor's fact stands."""
    may = may_change_owners(user)
    return [one for one in found if may or one.group.key != "owner"]


# -- both --------------------------------------------------------------------------------------------


def _require_both(user: User, account_ids: set[int]) -> None:
    editable = Account.objects.editable_by(user).filter(pk__in=account_ids).count()
    require(
        editable == len(account_ids),
        _("Two records are merged by somebody who may change both: their owner, manager or an admin."),
    )


def _begin(user: User, kind: str, pair: Locked, values: dict[str, Any]) -> Mover:
    # the number that nobody has from now on: a later import may know the record by it
    lost = pair.survivor if "external_id" in values else pair.loser
    merge = Merge.objects.create(
        kind=kind,
        survivor_id=pair.survivor.pk,
        survivor_name=str(pair.survivor)[:200],
        loser_id=pair.loser.pk,
        loser_name=str(pair.loser)[:200],
        loser_external_id=lost.external_id or "",
        user=user,
    )
    return Mover(merge, settler(today_for(user)))


def _done(mover: Mover) -> Merge:
    mover.finish()
    mover.merge.counts = {name: number for name, number in mover.moved.items() if number}
    mover.merge.save()
    return mover.merge


def _write(record: Account | Contact, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    names = [str(record._meta.get_field(name.removesuffix("_id") if name != "external_id" else name).name)
             for name in values]  # fmt: skip
    record.save(update_fields=[*names, "updated_at"])


def _found(records: dict[int, Any], survivor: int, loser: int) -> Locked:
    if survivor == loser:
        raise ValidationError(_("That is one and the same: choose two."))
    if len(records) < 2:
        raise ValidationError(_("One of them is gone: somebody has merged or deleted it meanwhile."))
    return Locked(records[survivor], records[loser])


# -- accounts ----------------------------------------------------------------------------------------


def _locked_accounts(survivor: int, loser: int) -> Locked:
    """In the order of their ids, and wholly: whoever wants to add something to the loser waits."""
    found = Account.objects.select_for_update(of=("self",)).select_related("owner", "tier")
    return _found(
        {row.pk: row for row in found.filter(pk__in=[survivor, loser]).order_by("pk")}, survivor, loser
    )


def _reconciled(mover: Mover, account_id: int) -> None:
    """What the loser's contacts close at the survivor is open again once they have gone back."""
    open_rows = Touchpoint.objects.open().filter(account=account_id).values_list("pk", flat=True)
    before = rows.keep(Touchpoint, list(open_rows))
    facts.changed(account_ids=[account_id])
    mover.note_changes(Touchpoint, before)


def _earliest(pair: Locked) -> dict[str, Any]:
    """Our facts count from the earlier day of the two."""
    days = [day for day in (pair.survivor.facts_from, pair.loser.facts_from) if day]
    return {"facts_from": min(days)} if days and min(days) != pair.survivor.facts_from else {}


def _former(pair: Locked) -> dict[str, Any]:
    """That they left outlasts a prospect of the same name; a customer stays a customer."""
    statuses = Account.Status
    if pair.survivor.status == statuses.PROSPECT and pair.loser.status != statuses.PROSPECT:
        return {name: getattr(pair.loser, name) for name in ("status", "became_customer_on", "former_since")}
    return {}


def _only_in_the_owners_book(mover: Mover, pair: Locked, values: dict[str, Any]) -> None:
    """Whoever owned one of them and does not own what comes of it loses it from their book."""
    owner = values.get("owner_id", pair.survivor.owner_id)
    past = {pair.survivor.owner_id, pair.loser.owner_id} - {owner, None}
    entries = BookEntry.objects.filter(user__in=past, account__in=[pair.survivor.pk, pair.loser.pk])
    mover.drop(BookEntry, list(entries.values_list("pk", flat=True)))


# -- people ------------------------------------------------------------------------------------------


def _locked_contacts(survivor: int, loser: int) -> Locked:
    """Behind their accounts, as every verb on people does."""
    ids = Contact.objects.filter(pk__in=[survivor, loser]).values_list("account_id", flat=True)
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk"))
    found = Contact.objects.select_for_update(of=("self",)).select_related("account")
    return _found(
        {row.pk: row for row in found.filter(pk__in=[survivor, loser]).order_by("pk")}, survivor, loser
    )


def _refusals(pair: Locked) -> dict[str, Any]:
    """What they refused on either row they have refused."""
    ours, theirs = pair.survivor.refused_channels, pair.loser.refused_channels
    more = [one for one in theirs if one not in ours]
    return {"refused_channels": [*ours, *more]} if more else {}


def _untie(mover: Mover, pair: Locked) -> None:
    """Nobody influences, reports to, follows or accompanies themself."""
    both = [pair.survivor.pk, pair.loser.pk]
    ties = Influence.objects.filter(who__in=both, whom__in=both)
    mover.drop(Influence, list(ties.values_list("pk", flat=True)))
    mover.change(Contact, _naming(both, "reports_to"), reports_to=None)
    mover.change(Contact, _naming(both, "formerly"), formerly=None)
    beside = Interaction.others.through._base_manager.filter(contact__in=both, interaction__contact__in=both)
    mover.drop(Interaction.others.through, list(beside.values_list("pk", flat=True)))


def _naming(both: list[int], field: str) -> list[int]:
    rows = Contact.objects.filter(pk__in=both, **{f"{field}__in": both})
    return list(rows.values_list("pk", flat=True))


def _consistent(pair: Locked, values: dict[str, Any]) -> dict[str, Any]:
    """Still true together: who has left is not called and reports to nobody; lines run in no circle."""
    survivor, loser = pair.survivor, pair.loser
    values = {
        name: value for name, value in values.items() if value != survivor.pk or not name.endswith("_id")
    }
    current = Contact.objects.values_list("reports_to_id", flat=True).get(pk=survivor.pk)
    boss = values.get("reports_to_id", current)
    boss = None if boss in {loser.pk, survivor.pk} else boss
    lines = Contact.objects.filter(account=survivor.account_id, reports_to__isnull=False)
    if boss and closes_circle(dict(lines.values_list("pk", "reports_to_id")), survivor.pk, boss):
        boss = None
    if values.get("formerly_id") in {loser.pk, survivor.pk}:
        values["formerly_id"] = None
    gone = values.get("left_on", survivor.left_on) is not None
    values["is_main"] = (survivor.is_main or loser.is_main) and not gone
    values["reports_to_id"] = None if gone else boss
    return values
