"""Accounts to another owner with all that is owed to them: no next contact is lost.

Open touchpoints from the plan and agreed dates follow the account by themselves (the reconciler). What a
person noted for themself does not; of somebody who leaves it goes along too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from accounts.handing_over import HandedOver, Held, hand_over, take_back
from cadences.models import Appointment, Touchpoint
from contacts.models import Commitment, Concern
from users.models import User

COLUMN = {"todo": "assignee", "promise": "user", "concern": "owner", "meeting": "host"}


@dataclass(frozen=True)
class Reassigned:
    """What changed. ``along``: to-dos, promises, concerns, meetings of whoever left, and whose they were."""

    given: HandedOver
    along: tuple[tuple[str, int, int], ...] = ()

    @property
    def count(self) -> int:
        return len(self.given.held)

    def as_json(self) -> dict[str, Any]:
        """To be kept for as long as it can be undone; :meth:`read` makes it whole again."""
        held = [
            {**asdict(row), "owner_since": row.owner_since and row.owner_since.isoformat()}
            for row in self.given.held
        ]
        return {
            "new_owner": self.given.new_owner_id,
            "held": held,
            "left_out": list(self.given.left_out),
            "along": [list(row) for row in self.along],
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Reassigned:
        held = tuple(Held.read(row) for row in stored["held"])
        given = HandedOver(stored["new_owner"], held, tuple(stored["left_out"]))
        return cls(given, tuple((kind, pk, whose) for kind, pk, whose in stored["along"]))


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
    owners = {row.owner_id for row in given.held if row.owner_id}
    leaving = set(User.objects.filter(pk__in=owners, is_active=False).values_list("pk", flat=True))
    if leaver is not None:
        leaving |= {leaver.pk} & owners
    return Reassigned(given, take_along(given.account_ids, leaving, new_owner))


@transaction.atomic
def undo_reassign(user: User, done: Reassigned) -> list[int]:
    """Take it back where nobody has changed the owner since; returns those accounts.

    Raises ValidationError where a former owner owns no accounts any more.
    """
    accounts = take_back(user, done.given)
    for kind, column in COLUMN.items():
        for whose in {row[2] for row in done.along if row[0] == kind}:
            pks = [row[1] for row in done.along if row[0] == kind and row[2] == whose]
            _rows(kind).filter(
                pk__in=pks, account__in=accounts, **{f"{column}_id": done.given.new_owner_id}
            ).update(**{f"{column}_id": whose})
    return accounts


@transaction.atomic
def share_out(user: User, leaver: User, shares: Mapping[User, Collection[int]]) -> list[Reassigned]:
    """All at once or not at all: each new owner gets their share of what the leaver looks after."""
    return [
        reassign_accounts(user, ids, new_owner, leaver=leaver) for new_owner, ids in shares.items() if ids
    ]


def take_along(
    account_ids: list[int], leaving: set[int], new_owner: User
) -> tuple[tuple[str, int, int], ...]:
    found: list[tuple[str, int, int]] = []
    if not leaving:
        return ()
    for kind, column in COLUMN.items():
        rows = _rows(kind).filter(**{"account__in": account_ids, f"{column}__in": leaving})
        mine = list(rows.values_list("pk", f"{column}_id"))
        _rows(kind).filter(pk__in=[pk for pk, _ in mine]).update(**{column: new_owner})
        found += [(kind, pk, whose) for pk, whose in mine]
    return tuple(found)


def _rows(kind: str) -> Any:
    """The open ones of a kind: to-dos, meetings, our promises, concerns."""
    if kind == "meeting":
        return Appointment.objects.planned()
    if kind == "todo":
        return Touchpoint.objects.open().filter(kind=Touchpoint.Kind.TODO)
    return Commitment.objects.open().filter(by_us=True) if kind == "promise" else Concern.objects.open()
