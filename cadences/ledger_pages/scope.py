"""Whose work somebody may look at in the ledger, and which rows that are.

Every single touchpoint can be read on its account by everybody. Added up by person it tells how somebody
works, so that is for themselves, the manager of their team, and admins.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import Touchpoint
from cadences.querysets import TouchpointQuerySet
from users.models import Team, User
from users.querysets import TeamQuerySet, UserQuerySet


def people_seen_by(user: User) -> UserQuerySet:
    """Themselves, a manager's teams, for an admin everybody; those who have left as well."""
    users = User.objects.visible_to(user)
    if user.is_admin:
        return users
    mine = Q(pk=user.pk)
    if user.is_manager:
        mine |= Q(team__manager=user)
    return users.filter(mine)


def teams_seen_by(user: User) -> TeamQuerySet:
    """Whose figures can be chosen; none for whoever sees only themselves."""
    teams = Team.objects.visible_to(user)
    if user.is_admin:
        return teams
    return teams.filter(manager=user) if user.is_manager else teams.none()


def accounts_looked_after_by(user: User) -> QuerySet[Account]:
    """Of the people they see, and of nobody: what is owed there with nobody to do it is a manager's."""
    accounts = Account.objects.visible_to(user)
    if user.is_admin:
        return accounts
    if not user.is_manager:
        return accounts.none()
    return accounts.filter(Q(owner=None) | Q(owner__in=people_seen_by(user).values("pk")))


def rows_seen_by(user: User, *, todos: bool = False) -> TouchpointQuerySet:
    """The touchpoints that the user's ledger counts. To-dos are notes to oneself: part of a day, not owed."""
    rows = Touchpoint.objects.visible_to(user)
    if not todos:
        rows = rows.exclude(kind=Touchpoint.Kind.TODO)
    if user.is_admin:
        return rows
    theirs = Q(assignee__in=list(people_seen_by(user).values_list("pk", flat=True)))
    if user.is_manager:
        theirs |= Q(assignee=None, account__in=accounts_looked_after_by(user).values("pk"))
    return rows.filter(theirs)


def rows_done_by(user: User, person: int | None = None) -> TouchpointQuerySet:
    """What people whom the user sees have done, whoever it was assigned to; with ``done_by``, their id.

    It is the assignee's where nobody is named (closed by a contact of an earlier system).
    """
    rows = Touchpoint.objects.visible_to(user).exclude(kind=Touchpoint.Kind.TODO)
    done = rows.filter(state=Touchpoint.State.DONE).annotate(done_by=Coalesce("closed_by", "assignee"))
    people = people_seen_by(user)
    if person is not None:
        return done.filter(done_by=person) if people.filter(pk=person).exists() else done.none()
    return done.filter(done_by__in=list(people.values_list("pk", flat=True)))


def require_manager(user: User) -> None:
    """Pages about teams and about accounts at risk are for those who can do something about them."""
    if not (user.is_manager or user.is_admin):
        raise PermissionDenied(_("Only managers and admins see this page."))
