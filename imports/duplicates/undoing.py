"""Taking a merge apart within 30 days: what still stands where the merge put it goes back.

What was added to the survivor since stays with it and is listed; so is what somebody changed since.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact
from core import facts, rows
from core.history import through
from core.models import TimeStamped
from core.tables import quoted
from imports.duplicates.fields import groups_of
from imports.duplicates.given_on import give_back
from imports.duplicates.keys import Act, Model, keys_to
from imports.duplicates.merging import may_change_owners
from imports.models import AccountPair, ContactPair, Merge, MergeStep
from sales.services import refresh_status
from users.access import require, require_active
from users.models import User


@transaction.atomic
def undo_merge(user: User, merge: Merge) -> Merge:
    """Two records again. Raises PermissionDenied, or ValidationError where it is too late or impossible."""
    require_active(user)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    survivor = _survivor(merge)
    require(may_undo(user, survivor), _("A merge is taken apart by those who may change what came of it."))
    notes = _added_since(merge, survivor)
    with through("merge undo"):
        require(
            may_change_owners(user) or not _gives_away(merge, survivor),
            _("Owners are changed by the team's manager and by admins."),
        )
        notes += _all_back(merge)
        accounts = _accounts(merge, survivor)
        if merge.kind == Merge.Kind.ACCOUNT and merge.counts.get("sales.Purchase.account"):
            refresh_status(accounts)
        facts.changed(account_ids=accounts)
    merge.steps.all().delete()
    merge.undone_at, merge.undone_by, merge.notes = timezone.now(), user, notes
    merge.save()
    return merge


def _gives_away(merge: Merge, survivor: Account | Contact) -> bool:
    """Whether one of the two, the one that comes back or the one that stays, becomes somebody else's."""
    accounts = merge.steps.filter(model=Account._meta.label)
    gone = [row for step in accounts.filter(act=MergeStep.Act.DROPPED) for row in step.rows]
    changed = [row["before"] for step in accounts.filter(act=MergeStep.Act.CHANGED) for row in step.rows]
    owners = {row["owner_id"] for row in (*gone, *changed) if "owner_id" in row}
    return isinstance(survivor, Account) and not owners <= {None, survivor.owner_id}


def _all_back(merge: Merge) -> list[str]:
    """Raises ValidationError where something that can stand only once has been given since."""
    notes: list[str] = []
    try:
        for step in merge.steps.order_by("-id"):
            notes += _BACK[step.act](step)
    except IntegrityError as error:
        words = _(
            "Something that can stand only once, such as a number or whom we call first, has been given to"
            " somebody else since: %(what)s. Change that first."
        )
        detail = getattr(getattr(error.__cause__, "diag", None), "message_detail", "") or str(error)
        raise ValidationError(words % {"what": detail.splitlines()[0][:200]}) from error
    _check_keys()
    return notes


def may_undo(user: User, survivor: Account | Contact) -> bool:
    return type(survivor).objects.editable_by(user).filter(pk=survivor.pk).exists()


def moved_in_words(merge: Merge) -> list[tuple[str, int]]:
    """Kinds of rows that moved and how many, in words; without those that not everybody may know of."""
    model = Account if merge.kind == Merge.Kind.ACCOUNT else Contact
    return [
        (str(key.rule.words), merge.counts[key.name])
        for key in keys_to(model)
        if key.rule.words and merge.counts.get(key.name)
    ]


def forget_old() -> int:
    """Forget what would take old merges apart; the links stay. Returns how many were forgotten."""
    past = list(Merge.objects.forgettable().values_list("pk", flat=True)[:1000])
    MergeStep.objects.filter(merge__in=past).delete()
    return len(past)


def _survivor(merge: Merge) -> Account | Contact:
    if merge.undone_at is not None:
        raise ValidationError(_("It has been taken apart already."))
    if not merge.can_be_undone:
        raise ValidationError(_("A merge is taken apart within 30 days; what that needs is gone by now."))
    model = Account if merge.kind == Merge.Kind.ACCOUNT else Contact
    found: Account | Contact | None = (
        model.objects.select_for_update(of=("self",)).filter(pk=merge.survivor_id).first()
    )
    if found is None:
        words = _(
            "%(name)s is not there any more: it has been merged or deleted since. Take that back first."
        )
        raise ValidationError(words % {"name": merge.survivor_name})
    return found


def _accounts(merge: Merge, survivor: Account | Contact) -> list[int]:
    return [survivor.account_id] if isinstance(survivor, Contact) else [survivor.pk, merge.loser_id]


# -- one step back -----------------------------------------------------------------------------------


def _moved_back(step: MergeStep) -> list[str]:
    model, column = apps.get_model(step.model), quoted(step.column)
    table, pk = quoted(model._meta.db_table), quoted(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        for move in step.rows:
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE {pk}::text = ANY(%s) AND {column} = %s",
                [move["from"], move["ids"], move["to"]],
            )
    return []


def _put_back(step: MergeStep) -> list[str]:
    """Whole rows. What they name and is gone by now is left empty; without it some cannot stand."""
    model = apps.get_model(step.model)
    notes, fit = [], step.rows
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            fit, missing = _with_targets(field, fit)
            notes += missing
    for row in fit:
        notes += _without_taken_number(model, row)
    rows.put_back(model, fit)
    return notes


def _with_targets(field: Any, kept: list[rows.Kept]) -> tuple[list[rows.Kept], list[str]]:
    column, target = str(field.column), field.related_model
    wanted = {row[column] for row in kept if row.get(column) is not None}
    own = {row[str(field.model._meta.pk.column)] for row in kept} if target is field.model else set()
    there = {str(pk) for pk in target._base_manager.filter(pk__in=wanted).values_list("pk", flat=True)}
    there |= {str(pk) for pk in own}
    fit, notes = [], []
    for row in kept:
        if row.get(column) is None or str(row[column]) in there:
            fit.append(row)
        elif field.null:
            fit.append(row | {column: None})
        elif field.model not in (AccountPair, ContactPair):  # what looks alike is looked for every night
            notes.append(_("%(what)s does not come back: what it belonged to has been deleted.")
                         % {"what": str(field.model._meta.verbose_name).capitalize()})  # fmt: skip
    return fit, notes


def _without_taken_number(model: Model, row: rows.Kept) -> list[str]:
    number = row.get("external_id")
    if not number or not model._base_manager.filter(external_id=number).exists():
        return []
    row["external_id"] = None
    words = _("The number %(number)s belongs to somebody else by now and was left out.")
    return [words % {"number": number}]


def _changed_back(step: MergeStep) -> list[str]:
    if step.column:
        return give_back(step)
    model = apps.get_model(step.model)
    key = str(model._meta.pk.column)
    now = {row[key]: row for row in rows.keep(model, [one["pk"] for one in step.rows])}
    notes = []
    for one in step.rows:
        row = now.get(one["pk"])
        if row is None:
            continue
        stands = {name for name, value in one["after"].items() if row.get(name) == value}
        if "external_id" in stands and one["before"]["external_id"] != row["external_id"]:
            notes += _without_taken_number(model, one["before"])
        _set(model, one["pk"], {name: one["before"][name] for name in stands})
        notes += _kept_fields(model, set(one["after"]) - stands)
    return notes


def _set(model: Model, pk: Any, values: rows.Kept) -> None:
    if not values:
        return
    table, key = quoted(model._meta.db_table), quoted(str(model._meta.pk.column))
    names = ", ".join(f"{quoted(name)} = old.{quoted(name)}" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} r SET {names} FROM jsonb_populate_record(NULL::{table}, %s::jsonb) old "
            f"WHERE r.{key} = %s",
            [json.dumps(values), pk],
        )


def _kept_fields(model: Model, columns: Iterable[str]) -> list[str]:
    """Facts that somebody has changed since, in words."""
    if model not in (Account, Contact):
        return []
    labels = {name: str(group.label) for group in groups_of(model()) for name in group.columns}
    words = _("%(field)s stays as it is: somebody has changed it since.")
    return sorted({words % {"field": labels[name]} for name in columns if name in labels})


_BACK: dict[str, Callable[[MergeStep], list[str]]] = {
    MergeStep.Act.MOVED: _moved_back,
    MergeStep.Act.DROPPED: _put_back,
    MergeStep.Act.CHANGED: _changed_back,
}


# -- what stays --------------------------------------------------------------------------------------


def _added_since(merge: Merge, survivor: Account | Contact) -> list[str]:
    """Rows that were added to the survivor after the merge, by kind; everybody reads that."""
    notes = []
    for key in keys_to(type(survivor)):
        rule = key.rule
        if rule.act is Act.DROP or not rule.words or not issubclass(key.model, TimeStamped):
            continue
        later = key.model._default_manager.filter(
            rule.for_everybody, **{key.field.attname: survivor.pk}, created_at__gt=merge.created_at
        ).count()
        if later:
            words = _("%(what)s: %(count)d added since the merge, with %(name)s as before.")
            notes.append(words % {"what": rule.words, "count": later, "name": survivor})
    return notes


def _check_keys() -> None:
    """Foreign keys wait for the commit; here they must be true, or nothing is taken apart."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise ValidationError(
            _("It cannot be taken apart: something that belonged to it has been deleted since.")
        ) from error
