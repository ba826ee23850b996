"""The one statement of who may write what. Querysets, services, import and pages all ask here.

Reading is open to every active user (R16); survey results are the exception and not here. Writing
follows owner, deputy, team and role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from users.clock import today_for
from users.models import Absence, User

if TYPE_CHECKING:
    from collections.abc import Iterable


def owned_side(user: User, path: str = "owner") -> Q:
    """Rows whose ``path`` (a user) is this user, somebody they deputise for, or a member of their team.

    Rows without such a user belong to every manager until somebody is assigned.
    """
    if not user.is_active:
        return Q(pk__in=[])
    mine = Q(**{f"{path}": user}) | Q(**{f"{path}__deputy": user}) | Q(**{f"{path}__in": covered_by(user)})
    if user.is_manager:
        mine |= Q(**{f"{path}__team__manager": user}) | Q(**{f"{path}__isnull": True})
    return mine


def covered_by(user: User) -> Iterable[int]:
    """Ids of the users whose current absence names this user as deputy (a subquery)."""
    today = today_for(user)
    return Absence.objects.filter(  # type: ignore[return-value]
        deputy=user, starts_on__lte=today, ends_on__gte=today
    ).values("user_id")


def may_edit_owned_by(user: User, owner: User | None) -> bool:
    """The same rule as :func:`owned_side` for one owner, plus admins."""
    if not user.is_active:
        return False
    if user.is_admin:
        return True
    if owner is None:
        return user.is_manager
    return (
        User.objects.filter(pk=owner.pk)
        .filter(
            Q(pk=user.pk)
            | Q(deputy=user)
            | Q(pk__in=covered_by(user))
            | (Q(team__manager=user) if user.is_manager else Q(pk__in=[]))
        )
        .exists()
    )


def is_owner_side(user: User, owner: User | None) -> bool:
    """Owner, deputy or their manager: whose talks reset the rhythm (stored as ``by_owner_side``)."""
    if owner is None:
        return user.is_manager
    if user.pk == owner.pk or owner.deputy_id == user.pk:
        return True
    if owner.team is not None and owner.team.manager_id == user.pk:
        return True
    return Absence.objects.filter(
        pk__in=Absence.objects.filter(
            user=owner, deputy=user, starts_on__lte=today_for(user), ends_on__gte=today_for(user)
        )
    ).exists()


def require(allowed: bool, message: str) -> None:
    """Refuse with words before anything is written."""
    if not allowed:
        raise PermissionDenied(message)


def require_active(user: User) -> None:
    require(user.is_active, "This user has been deactivated.")


def require_admin(user: User) -> None:
    require(user.is_admin, "Only an admin may do this.")
