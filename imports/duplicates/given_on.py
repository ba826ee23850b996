"""Of two accounts with different owners one owner stays: what the other one leaves, who hears of it."""

from __future__ import annotations

from collections import defaultdict

from django.urls import reverse

from accounts.handing_over import bring_along
from accounts.models import Account
from cadences.reassigning.noted import NOTED, Given
from imports.duplicates.moving import Mover
from imports.models import Merge, MergeStep
from users import mail
from users.models import User


def give_on(mover: Mover, user: User, was: tuple[User | None, User | None], survivor: Account) -> None:
    """To be called when everything is at the survivor. ``was``: whose the two accounts were.

    What an owner who works here no more had noted goes along, as by every door that changes owners; whoever
    has the account now is told, unless they merged it themself.
    """
    owner = survivor.owner
    if owner is None or not owner.is_active or set(was) == {owner}:
        return
    (former,) = set(was) - {owner}
    given: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for kind, pk, whose, _account in bring_along({survivor.pk: former.pk if former else None}, owner):
        given[kind].append((pk, whose))
    for kind, rows in given.items():
        mover.note_given(NOTED[kind], rows, owner.pk)
    _tell(user, owner, former, mover.merge, survivor)


def give_back(step: MergeStep) -> list[str]:
    """What is still open and still with whoever got it is with whoever had it again."""
    key, noted = next((key, one) for key, one in NOTED.items() if one.model._meta.label == step.model)
    noted.give_back(
        Given(key, row["pk"], row["before"][step.column], row["after"][step.column]) for row in step.rows
    )
    return []


def _tell(user: User, owner: User, former: User | None, merge: Merge, survivor: Account) -> None:
    """In the transaction of the merge, as of any account that somebody gets."""
    if owner != user and owner.email:
        mail.send(
            "duplicates/email/merged", str(owner.email), user=owner, by=user, former=former,
            loser=merge.loser_name, account=survivor,
            link=mail.absolute(reverse("accounts:detail", args=[survivor.pk])),
        )  # fmt: skip
