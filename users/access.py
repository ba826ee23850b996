"""The one statement of who may write what. Querysets, services, import and pages all ask here.

Reading is open to every active user (R16); survey results are the exception and not here. What an
owner owns is written by the people who act for the owner, and by admins:

=========================================  ========================================================
the owner                                  always
their standing deputy                      always (``User.deputy``)
the deputy of a current absence            from its first to its last day
the manager of their team                  while holding the manager role
every manager                              where there is no owner, or a deactivated one
every admin                                always, but an admin's talk is not the owner's side
a colleague, a reader, another manager     no; logging, notes and concerns are open to everybody
a deactivated user                         nothing
=========================================  ========================================================
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from users.clock import today_for
from users.models import Absence, User

if TYPE_CHECKING:
    from users.querysets import UserQuerySet


def acts_for(user: User) -> UserQuerySet:
    """The users for whom this user acts: themself, whom they stand in for, whose team they manage."""
    if not user.is_active:
        return User.objects.none()
    side = Q(pk=user.pk) | Q(deputy=user) | Q(pk__in=absent_and_covered_by(user))
    if user.is_manager:
        side |= Q(team__manager=user) | Q(is_active=False)
    return User.objects.filter(side)


def absent_and_covered_by(user: User, today: date | None = None) -> QuerySet[Absence, dict[str, Any]]:
    """Ids of the users who are away today and for whom this user stands in."""
    today = today or today_for(user)
    current = Absence.objects.filter(deputy=user, starts_on__lte=today, ends_on__gte=today)
    return current.values("user_id")


def owned_side(user: User, path: str = "owner") -> Q:
    """Rows that this user may write because of who is at ``path`` (a foreign key to a user)."""
    if user.is_admin:
        return ~Q(pk__in=[])
    if user.is_manager:
        return Q(**{f"{path}__in": acts_for(user)}) | Q(**{f"{path}__isnull": True})
    return Q(**{f"{path}__in": acts_for(user)})


def may_edit_owned_by(user: User, owner: User | None) -> bool:
    """The same rule as :func:`owned_side`, for one owner."""
    return user.is_admin or is_owner_side(user, owner)


def is_owner_side(user: User, owner: User | None) -> bool:
    """Owner, deputy or their manager: whose talks reset the rhythm (stored as ``by_owner_side``)."""
    if owner is None:
        return user.is_manager
    if user.pk == owner.pk:
        return user.is_active
    return acts_for(user).filter(pk=owner.pk).exists()


def require(allowed: bool, message: str) -> None:
    """Refuse with words before anything is written."""
    if not allowed:
        raise PermissionDenied(message)


def require_active(user: User) -> None:
    require(user.is_active, _("This user has been deactivated."))


def require_admin(user: User) -> None:
    require(user.is_admin, _("Only an admin may do this."))
