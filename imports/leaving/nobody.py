"""What has nobody responsible who works here, and why; it should read 0. How it is given: ``giving``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.handing_over import reassignable_by
from accounts.models import Account
from cadences.models import Appointment, Touchpoint
from cadences.reassigning.noted import NOTED, Noted
from contacts.models import Commitment, Concern
from users.models import Team, User
from users.querysets import OWNING_ROLES

CUSTOMERS = Q(status=Account.Status.CUSTOMER)


@dataclass(frozen=True)
class Gap:
    """One sort of thing that somebody should be responsible for.

    ``holder``: the field that names them; ``fits``: who may be. ``account``: the path to its account.
    """

    key: str
    label: Promise
    rows: Callable[[User], QuerySet[Any, Any]]
    holder: str
    fits: Callable[[User], bool]
    account: str = ""

    def person(self, row: Any) -> User | None:
        """Who is named there."""
        found: User | None = getattr(row, self.holder)
        return found

    def account_of(self, row: Any) -> Account | None:
        found: Account | None = getattr(row, self.account) if self.account else None
        return found


def _without(rows: QuerySet[Any, Any], holder: str) -> QuerySet[Any, Any]:
    found = rows.filter(Q(**{f"{holder}__isnull": True}) | Q(**{f"{holder}__is_active": False}))
    return found.select_related(holder, "account__owner__team__manager")


def can_own(path: str = "") -> Q:
    """That the user at ``path`` may own accounts (``User.may_own_accounts``)."""
    return Q(**{f"{path}is_active": True, f"{path}roles__overlap": list(OWNING_ROLES)})


def unowned(user: User) -> QuerySet[Any, Any]:
    """Customers without an owner who may own them, and prospects whose owner has left or lost the role.

    A prospect that nobody has taken yet owes nothing to anybody: it is counted apart.
    """
    nobody = Q(owner__isnull=True) & CUSTOMERS
    lost = Q(owner__isnull=False) & ~can_own("owner__")
    found = reassignable_by(user).exclude(status=Account.Status.FORMER).filter(nobody | lost)
    return found.select_related("owner__team__manager").order_by("name_folded", "pk")


def untaken(user: User) -> int:
    """Prospects that nobody has taken."""
    return reassignable_by(user).filter(owner=None, status=Account.Status.PROSPECT).count()


def _touchpoints(user: User) -> QuerySet[Any, Any]:
    """Those that do not come right by themselves once their account has an owner."""
    rows = _without(Touchpoint.objects.editable_by(user).open().for_people(), "assignee")
    owned = Exists(Account.objects.filter(can_own("owner__"), pk=OuterRef("account_id")))
    return rows.filter(Q(kind=Touchpoint.Kind.TODO) | owned).order_by("due_on", "pk")


def waiting_for_owners(user: User) -> int:
    """Open touchpoints that go to whoever gets their account."""
    rows = _without(Touchpoint.objects.editable_by(user).open().for_people(), "assignee")
    owned = Exists(Account.objects.filter(can_own("owner__"), pk=OuterRef("account_id")))
    return rows.exclude(kind=Touchpoint.Kind.TODO).exclude(owned).count()


def _concerns(user: User) -> QuerySet[Any, Any]:
    return _without(Concern.objects.editable_by(user).open(), "owner").order_by("opened_on", "pk")


def _promises(user: User) -> QuerySet[Any, Any]:
    return _without(Commitment.objects.editable_by(user).open(), "user").order_by("due_on", "pk")


def _meetings(user: User) -> QuerySet[Any, Any]:
    return _without(Appointment.objects.editable_by(user).planned(), "host").order_by("starts_at", "pk")


def _teams(user: User) -> QuerySet[Any, Any]:
    """Teams with members and nobody who manages them; admins change teams."""
    led = can_own("manager__") & Q(manager__roles__contains=[User.Role.MANAGER])
    members = User.objects.active().filter(team=OuterRef("pk"))
    found = Team.objects.editable_by(user).filter(Exists(members)).exclude(led)
    return found.select_related("manager").by_name()


def _owns(user: User) -> bool:
    return user.may_own_accounts


OWED = Noted("assignee", lambda: Touchpoint.objects.open().for_people(), _owns)
"""What the plan or a promise owes: it is done by those who look after accounts."""

GAPS = (
    Gap("accounts", lazy("Accounts"), unowned, "owner", _owns),
    Gap("touchpoints", lazy("Open touchpoints"), _touchpoints, "assignee", OWED.fits, "account"),
    Gap("concerns", lazy("Open concerns"), _concerns, "owner", NOTED["concern"].fits, "account"),
    Gap("promises", lazy("Open promises"), _promises, "user", NOTED["promise"].fits, "account"),
    Gap("meetings", lazy("Agreed meetings"), _meetings, "host", NOTED["meeting"].fits, "account"),
    Gap("teams", lazy("Teams"), _teams, "manager", lambda user: user.is_manager),
)
BY_NAME = {gap.key: gap for gap in GAPS}


def why(gap: Gap, row: Any) -> str:
    """Why nobody is responsible, in words."""
    person = gap.person(row)
    if person is None:
        return _("Nobody is named.")
    if not person.is_active:
        return _("%(name)s does not work here any more.") % {"name": person}
    return _("%(name)s has not the role for it.") % {"name": person}


def likely(gap: Gap, row: Any) -> User | None:
    """Who should have it: the account's owner; for an account the manager of who had it."""
    account = gap.account_of(row)
    if account is not None:
        owner: User | None = account.owner
        return owner if owner is not None and owner.may_own_accounts else None
    person = gap.person(row)
    if gap.key != "accounts" or person is None or person.team is None:
        return None
    manager = person.team.manager
    return manager if manager is not None and manager.may_own_accounts else None
