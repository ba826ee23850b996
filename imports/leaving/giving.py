"""What has nobody responsible gets somebody: one thing, or all of a sort to the owners of their accounts.

By the verbs that give such things elsewhere, so with their rules: who may have it, who hears of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from cadences.reassigning import reassign_accounts
from cadences.reassigning.noted import NOTED
from core import facts
from core.among import among
from imports.leaving.nobody import OWED, Gap, can_own
from users.access import require
from users.models import Team, User
from users.services import edit_team

NOTED_OF = {
    "touchpoints": OWED,
    "concerns": NOTED["concern"],
    "promises": NOTED["promise"],
    "meetings": NOTED["meeting"],
}


@dataclass(frozen=True)
class Given:
    """``done``: how many have somebody now; ``left``: what could not be given, in words with the cure."""

    done: int
    left: tuple[str, ...] = ()


def require_lead(user: User) -> None:
    require(
        user.is_active and (user.is_manager or user.is_admin),
        _("What has nobody responsible is given out by managers and admins."),
    )


@transaction.atomic
def give(user: User, gap: Gap, row_id: int, to: User) -> None:
    """One of them to somebody who works here. Raises PermissionDenied, ValidationError with the cure.

    What somebody else has given away meanwhile stays with whom it has now.
    """
    require_lead(user)
    if not gap.fits(to):
        raise ValidationError(_("%(name)s cannot take it: choose somebody else.") % {"name": to})
    _lock_accounts(gap, gap.rows(user).filter(pk=row_id))
    row = gap.rows(user).select_for_update(of=("self",)).filter(pk=row_id).first()
    if row is None:
        raise ValidationError(_("It has somebody responsible by now, or it is over."))
    if gap.key == "accounts":
        reassign_accounts(user, [row.pk], to)
    elif gap.key == "teams":
        edit_team(user, Team.objects.get(pk=row.pk), manager=to)
    else:
        _give(gap, [row.pk], to)
        facts.changed(account_ids=[row.account_id])
    if gap.key == "touchpoints" and gap.rows(user).filter(pk=row.pk).exists():
        words = _("The plan gives it to a manager or deputy of %(name)s, and there is none: name one first.")
        raise ValidationError(words % {"name": row.account.owner})


@transaction.atomic
def give_all(user: User, gap: Gap) -> Given:
    """Everything of this sort to the owners of its accounts, however much: statements by owner, not by row.

    What the plan wants from somebody else, and what hangs on accounts without an owner, stays and is told.
    """
    require_lead(user)
    if not gap.account:
        return Given(0)
    ready = gap.rows(user).filter(can_own(f"{gap.account}__owner__"))
    _lock_accounts(gap, ready)
    held: dict[int, list[int]] = defaultdict(list)
    accounts = set()
    locked = ready.select_for_update(of=("self",)).order_by("pk")
    for pk, account, owner in locked.values_list("pk", "account_id", f"{gap.account}__owner_id"):
        held[owner].append(pk)
        accounts.add(account)
    people = User.objects.in_bulk(held)
    for owner, ids in held.items():
        _give(gap, ids, people[owner])
    facts.changed(account_ids=accounts)
    given = [pk for ids in held.values() for pk in ids]
    back = gap.rows(user).order_by().filter(pk__in=among(given)).count()
    waiting = gap.rows(user).order_by().count() - back
    return Given(len(given) - back, _left(back, waiting))


def _lock_accounts(gap: Gap, rows: QuerySet[Any, Any]) -> None:
    """Before what hangs on them, in the order of their ids, as every verb does."""
    if gap.account:
        ids = rows.order_by().values("account_id")
        held = Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
        list(held.order_by("pk").values_list("pk"))


def _give(gap: Gap, ids: Collection[int], to: User) -> None:
    noted = NOTED_OF[gap.key]
    noted.give(noted.open().filter(pk__in=among(ids)), to)


def _left(back: int, waiting: int) -> tuple[str, ...]:
    found = []
    if back:
        words = ngettext(
            "The plan gives %(n)d to a manager or deputy whom nobody has named: name one first.",
            "The plan gives %(n)d to managers or deputies whom nobody has named: name them first.",
            back,
        )
        found.append(words % {"n": back})
    if waiting:
        words = ngettext(
            "%(n)d hangs on an account without an owner who could take it: give that account first.",
            "%(n)d hang on accounts without an owner who could take them: give those accounts first.",
            waiting,
        )
        found.append(words % {"n": waiting})
    return tuple(found)
