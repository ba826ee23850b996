"""Accounts to another owner with all that is owed to them: no next contact is lost.

Open touchpoints from the plan and agreed dates follow the account by themselves (the reconciler). What a
person noted for themself does not; of somebody who leaves it goes along too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import restoring
from accounts.handing_over import Along, HandedOver, bring_along, hand_over
from accounts.models import Account
from cadences.models import BulkChange, BulkRow
from cadences.reassigning import apart
from cadences.reassigning.noted import NOTED, Given
from core.among import among
from users.models import User

Values = dict[str, Any]


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
    user: User,
    leaver: User,
    shares: Mapping[User, Collection[int]],
    what: str = "",
    besides: Sequence[Given] = (),
) -> BulkChange | None:
    """All at once or not at all: each new owner gets their share of what the leaver looks after.

    Kept as a change of many accounts, ``what`` in words, so that it can be taken back for a day as any other;
    with it ``besides``: what was given on and hangs on no account. None where no account changed hands.
    """
    done = [
        reassign_accounts(user, ids, new_owner, leaver=leaver) for new_owner, ids in shares.items() if ids
    ]
    done = [one for one in done if one.count]
    return _kept(begun(user, leaver, what, besides), done) if done else None


@transaction.atomic
def keep_apart(change: BulkChange, given: Iterable[Given]) -> BulkChange:
    """What a leaver's colleagues got at accounts that they were not given, or besides them."""
    by_account: dict[int, list[Given]] = {}
    for one in given:
        by_account.setdefault(one.account or 0, []).append(one)
    known = list(change.rows.filter(account__in=among(by_account)))
    for row in known:
        row.before["given"] = by_account.pop(row.account_id)
    BulkRow.objects.bulk_update(known, ["before"], batch_size=2000)
    BulkRow.objects.bulk_create(
        [
            BulkRow(change=change, account_id=pk, state=BulkRow.State.CHANGED, before={"given": some})
            for pk, some in by_account.items()
        ],
        batch_size=2000,
    )
    _count(change, len(by_account))
    return change


def _kept(change: BulkChange, done: list[Reassigned]) -> BulkChange:
    BulkRow.objects.bulk_create([row for one in done for row in _rows_of(change, one)], batch_size=2000)
    _count(change, sum(one.count for one in done))
    return change


def begun(user: User, leaver: User, what: str, besides: Sequence[Given] = ()) -> BulkChange:
    """A hand-over as a change that can be taken back; ``besides`` hangs on no account."""
    now = timezone.now()
    made: BulkChange = BulkChange.objects.create(
        user=user, kind=BulkChange.Kind.HAND_OVER, state=BulkChange.State.DONE, what=what[:300],
        options={"whose": leaver.pk, "given": besides}, started_at=now, finished_at=now,
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


def refuse_while_away(change: BulkChange) -> None:
    """Raises ValidationError while whoever had it all does not work here: nothing would go back."""
    person = away(change)
    if person is not None:
        words = _("%(name)s does not work here. Once an admin has activated them, it can be taken back.")
        raise ValidationError(words % {"name": person})


def away(change: BulkChange) -> User | None:
    """Who would have to be active again before it is taken back."""
    found: User | None = User.objects.filter(pk=change.options.get("whose"), is_active=False).first()
    return found


@dataclass(frozen=True)
class Taken:
    """What became of one account that was to be taken back; ``words``: what of it stayed, and why."""

    is_back: bool
    words: str = ""


@transaction.atomic
def take_back(user: User, wanted: Mapping[int, tuple[Values, Values]]) -> dict[int, Taken]:
    """Accounts, each with ``before`` and ``after``, to whoever had them, with what went along and is still
    open; what was given apart from accounts likewise. Some statements for all of them.

    An account stays where its owner has changed since, or the former one owns no accounts any more.
    """
    locked = Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=among(wanted))
    list(locked.order_by("pk").values_list("pk"))
    owned = {pk: values for pk, values in wanted.items() if "owner_id" in values[0]}
    refused = restoring.put_owners_back(user, owned)
    given = [one for pk, values in wanted.items() if pk not in refused for one in _given(pk, *values)]
    outcome = apart.give_back(given)
    back = {one.account for one in outcome.done} | (owned.keys() - refused.keys())
    return {
        pk: Taken(
            pk in back,
            refused.get(pk)
            or outcome.words_of(pk)
            or ("" if pk in back else _("Somebody has changed this since; it stays as it is now.")),
        )
        for pk in wanted
    }


def _given(account_id: int, before: Values, after: Values) -> list[Given]:
    """What went along with an account, and what was given there apart from it."""
    along = [
        Given(kind, pk, whose, after["owner_id"], account_id)
        for kind, pk, whose, _account in before.get("along", ())
    ]
    return along + [Given._make(one) for one in before.get("given", ())]


def take_back_besides(change: BulkChange) -> apart.Outcome:
    """What hangs on no account: teams, mailings, places as a deputy …"""
    return apart.give_back(map(Given._make, change.options.get("given", ())))


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
