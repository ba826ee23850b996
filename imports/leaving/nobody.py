"""What has nobody responsible who works here, and why; it should read 0. Each is given away at a click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.handing_over import reassignable_by
from accounts.models import Account
from cadences.models import Appointment, Touchpoint
from cadences.reassigning import reassign_accounts
from contacts.models import Commitment, Concern
from core import facts
from imports.leaving.sorts import BY_KEY
from users.access import require
from users.models import Team, User
from users.querysets import OWNING_ROLES

CUSTOMERS = Q(status=Account.Status.CUSTOMER)
AT_ONCE = 500
"""So many are given to the owners of their accounts at one click."""


@dataclass(frozen=True)
class Gap:
    """One sort of thing that somebody should be responsible for. ``holder``: the field that names them."""

    key: str
    label: Promise
    rows: Callable[[User], QuerySet[Any, Any]]
    holder: str
    account: str = ""  # the path to its account

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


GAPS = (
    Gap("accounts", lazy("Accounts"), unowned, "owner"),
    Gap("touchpoints", lazy("Open touchpoints"), _touchpoints, "assignee", "account"),
    Gap("concerns", lazy("Open concerns"), _concerns, "owner", "account"),
    Gap("promises", lazy("Open promises"), _promises, "user", "account"),
    Gap("meetings", lazy("Agreed meetings"), _meetings, "host", "account"),
    Gap("teams", lazy("Teams"), _teams, "manager"),
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


def fits(gap: Gap, person: User) -> bool:
    if gap.key == "teams":
        return person.is_manager
    return person.may_own_accounts if gap.key in ("accounts", "touchpoints") else person.is_active


# -- the cure --------------------------------------------------------------------------------------------


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
    if not fits(gap, to):
        raise ValidationError(_("%(name)s cannot take it: choose somebody else.") % {"name": to})
    row = gap.rows(user).select_for_update(of=("self",)).filter(pk=row_id).first()
    if row is None:
        raise ValidationError(_("It has somebody responsible by now, or it is over."))
    _give(user, gap, row, to)


@transaction.atomic
def give_all(user: User, gap: Gap) -> int:
    """Everything of this sort to the owners of its accounts, so many at once; how many were given.

    What the plan wants from somebody else stays.
    """
    require_lead(user)
    if not gap.account:
        return 0
    done = 0
    for row in list(gap.rows(user).filter(can_own(f"{gap.account}__owner__"))[:AT_ONCE]):
        try:
            with transaction.atomic():
                _give(user, gap, row, row.account.owner)
        except ValidationError:
            continue
        done += 1
    return done


def _give(user: User, gap: Gap, row: Any, to: User) -> None:
    if gap.key == "accounts":
        reassign_accounts(user, [row.pk], to)
        return
    rows = type(row)._default_manager.filter(pk=row.pk)
    sort = BY_KEY.get(gap.key)
    if sort is not None:
        sort.give(rows, to)
    else:
        rows.update(assignee=to, updated_at=timezone.now())
    members = row.members.values_list("pk", flat=True) if gap.key == "teams" else ()
    facts.changed(account_ids=[row.account_id] if gap.account else (), user_ids=list(members))
    if gap.key == "touchpoints" and gap.rows(user).filter(pk=row.pk).exists():
        words = _("The plan gives it to a manager or deputy of %(name)s, and there is none: name one first.")
        raise ValidationError(words % {"name": row.account.owner})
