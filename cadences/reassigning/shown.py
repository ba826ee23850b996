"""What a manager sees before accounts change hands: whose they are, and what each new owner would get."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import md5
from typing import Any

from django.db.models import Count, Q

from accounts.handing_over import reassignable_by
from accounts.models import Account
from cadences.models import Touchpoint
from cadences.reassigning.sharing import deal
from users.clock import company_today
from users.models import User

CHOSEN_SINGLY = 300
"""Up to so many accounts are chosen one by one on the page; more are dealt out evenly."""


@dataclass
class Share:
    """What one new owner would get."""

    owner: User
    owns_now: int = 0
    accounts: int = 0
    customers: int = 0
    open: int = 0
    late: int = 0

    @property
    def owns_then(self) -> int:
        return self.owns_now + self.accounts


@dataclass
class Division:
    """All accounts of one person, dealt out to these owners, with a person's choices before the even deal."""

    person: User
    accounts: list[Any]  # with open_count and late_count
    owners: list[User]
    choice: dict[int, User] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)

    @property
    def token(self) -> str:
        """Of the set that was looked at: it is refused if another one would be handed over."""
        return md5(str(sorted(row.pk for row in self.accounts)).encode(), usedforsecurity=False).hexdigest()

    @property
    def is_single(self) -> bool:
        return len(self.accounts) <= CHOSEN_SINGLY

    @property
    def rows(self) -> list[tuple[Account, User | None]]:
        return [(row, self.choice.get(row.pk)) for row in self.accounts] if self.is_single else []

    def by_owner(self) -> dict[User, list[int]]:
        found: dict[User, list[int]] = {owner: [] for owner in self.owners}
        for pk, owner in self.choice.items():
            found[owner].append(pk)
        return found


def people_with_accounts(user: User) -> list[User]:
    """Whose accounts this user may reassign, who left first; each with ``account_count``. One query."""
    mine = Count("owned_accounts", filter=Q(owned_accounts__in=reassignable_by(user)))
    rows = User.objects.visible_to(user).annotate(account_count=mine).filter(account_count__gt=0)
    return list(rows.select_related("team").by_name().order_by("is_active", "display_name", "pk"))


def division(
    user: User, person: User, owners: Collection[User], chosen: dict[int, int] | None = None
) -> Division:
    """Of all accounts of ``person`` that the user may reassign; ``chosen``: account -> one of the owners.

    Four queries, however many accounts.
    """
    accounts = _accounts(user, person)
    found = Division(person, accounts, list(owners))
    if owners:
        found.choice = deal([row.pk for row in accounts], found.owners)
        by_pk = {owner.pk: owner for owner in owners}
        picked = {pk: by_pk[who] for pk, who in (chosen or {}).items() if who in by_pk}
        found.choice |= {pk: owner for pk, owner in picked.items() if pk in found.choice}
        found.shares = _shares(found)
    return found


def _accounts(user: User, person: User) -> list[Any]:
    """Heaviest first: by tier, then by how much is open."""
    today = company_today()
    due = Q(touchpoints__state="open") & ~Q(touchpoints__kind=Touchpoint.Kind.SURVEY)
    rows: Any = reassignable_by(user).filter(owner=person).select_related("tier")
    return list(
        rows.annotate(
            open_count=Count("touchpoints", filter=due),
            late_count=Count(
                "touchpoints", filter=due & Q(touchpoints__due_on__lt=today - timedelta(days=7))
            ),
        ).order_by("-tier__rank", "-open_count", "pk")
    )


def _shares(found: Division) -> list[Share]:
    owned = Account.objects.filter(owner__in=found.owners).values("owner").annotate(n=Count("pk"))
    now = {row["owner"]: row["n"] for row in owned.order_by()}
    shares = {owner.pk: Share(owner, now.get(owner.pk, 0)) for owner in found.owners}
    for account in found.accounts:
        share = shares[found.choice[account.pk].pk]
        share.accounts += 1
        share.customers += account.status == Account.Status.CUSTOMER
        share.open += account.open_count
        share.late += account.late_count
    return list(shares.values())
