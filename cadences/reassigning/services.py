"""Accounts to another owner with all that is owed to them: no next contact is lost.

Open touchpoints from the plan and agreed dates follow the account by themselves (the reconciler). What a
person noted for themself does not; of somebody who leaves it goes along too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import restoring
from accounts.handing_over import Along, HandedOver, bring_along, hand_over
from accounts.models import Account
from cadences.models import BulkChange, BulkRow
from cadences.reassigning import apart
from cadences.reassigning.noted import NOTED
from core.among import among
from users.models import User


@dataclass(frozen=True)
class Reassigned:
    """What changed. ``along``: to-dos, promises, concerns, meetings of whoever left, and whose they were."""

    given: HandedOver
    along: tuple[Along, ...] = ()

    @property
    def count(self) -> int:
        return len(self.given.held)


@transaction.atomic
def reassign_accounts(
    user: User, account_ids: Collection[int], new_owner: User | None, *, leaver: User | None = None
) -> Reassigned:
    """Give these accounts to one owner; of a ``leaver``, and of deactivated users, their own notes too.

    Accounts that this user may not reassign are left out and named in the result. Raises PermissionDenied,
    ValidationError.
    """
    given = hand_over(user, account_ids, new_owner)
    if new_owner is None or not given.held:
        return Reassigned(given)
    before = {row.account_id: row.owner_id for row in given.held}
    return Reassigned(given, bring_along(before, new_owner, leaver=leaver))


@transaction.atomic
def share_out(
    user: User, leaver: User, shares: Mapping[User, Collection[int]], what: str = ""
) -> BulkChange | None:
    """All at once or not at all: each new owner gets their share of what the leaver looks after.

    Kept as a change of many accounts, ``what`` in words, so that it can be taken back for a day as any other.
    None where nothing changed hands.
    """
    done = [
        reassign_accounts(user, ids, new_owner, leaver=leaver) for new_owner, ids in shares.items() if ids
    ]
    return _kept(user, what, [one for one in done if one.count])


@transaction.atomic
def keep_apart(
    user: User, change: BulkChange | None, what: str, given: Iterable[apart.Given]
) -> BulkChange | None:
    """What a leaver's colleagues got besides accounts, taken back with those, or as a change of its own.

    What hangs on an account that was handed over has gone along with it and is none of this.
    """
    by_account: dict[int, list[apart.Given]] = {}
    for one in given:
        by_account.setdefault(one.account, []).append(one)
    if not by_account:
        return change
    change = change or _begun(user, what)
    BulkRow.objects.bulk_create(
        [
            BulkRow(change=change, account_id=pk, state=BulkRow.State.CHANGED, before={"given": some})
            for pk, some in by_account.items()
        ],
        batch_size=2000,
    )
    _count(change, len(by_account))
    return change


def _kept(user: User, what: str, done: list[Reassigned]) -> BulkChange | None:
    if not done:
        return None
    change = _begun(user, what)
    BulkRow.objects.bulk_create([row for one in done for row in _rows_of(change, one)], batch_size=2000)
    _count(change, sum(one.count for one in done))
    return change


def _begun(user: User, what: str) -> BulkChange:
    now = timezone.now()
    made: BulkChange = BulkChange.objects.create(
        user=user, kind=BulkChange.Kind.HAND_OVER, state=BulkChange.State.DONE, what=what[:300],
        started_at=now, finished_at=now,
    )  # fmt: skip
    return made


def _count(change: BulkChange, more: int) -> None:
    change.rows_total += more
    change.rows_done += more
    change.save(update_fields=["rows_total", "rows_done", "updated_at"])


def _rows_of(change: BulkChange, done: Reassigned) -> Iterator[BulkRow]:
    """What each account was before and is now; ``along``: what of the leaver's went with it."""
    went: dict[int, list[Along]] = {}
    for one in done.along:
        went.setdefault(one[3], []).append(one)
    after = Account.objects.in_bulk(done.given.account_ids)
    for held in done.given.held:
        pk = held.account_id
        yield BulkRow(
            change=change,
            account_id=pk,
            state=BulkRow.State.CHANGED,
            before={**held.as_values(), "along": went.get(pk, [])},
            after=restoring.owner_of(after[pk]),
        )


@transaction.atomic
def take_back(user: User, account_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """One account to whoever had it, with what went along and is still open and with the new owner; what was
    given apart from accounts likewise.

    Raises ValidationError where the owner has changed since, or the former one owns no accounts any more.
    """
    if "given" in before:
        apart.give_back(account_id, before["given"])
        return
    restoring.put_back(user, account_id, "owner", dict(before), dict(after))
    went: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for kind, pk, whose, _account in before.get("along", ()):
        went[kind].append((pk, whose, after["owner_id"]))
    for kind, given in went.items():
        NOTED[kind].give_back(given, account=account_id)


def take_along(account_ids: list[int], leaving: set[int], new_owner: User) -> tuple[Along, ...]:
    """What only they had noted goes to the new owner."""
    found: list[Along] = []
    for kind, noted in NOTED.items():
        column = noted.column
        rows = noted.open().filter(**{"account__in": account_ids, f"{column}__in": leaving})
        mine = list(rows.values_list("pk", f"{column}_id", "account_id"))
        noted.give(noted.open().filter(pk__in=among(row[0] for row in mine)), new_owner)
        found += [(kind, *row) for row in mine]
    return tuple(found)
