"""Absences: both days included. The cadence engine moves what falls into one, or gives it to the deputy."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import facts
from users.access import require
from users.models import Absence, User


def may_plan_absences_of(by: User, user: User) -> bool:
    """Users plan their own, managers their team's, admins everybody's."""
    own_team = user.team is not None and user.team.manager_id == by.pk
    return by.is_active and (by.pk == user.pk or by.is_admin or (by.is_manager and own_team))


@transaction.atomic
def add_absence(
    by: User, user: User, *, starts_on: date, ends_on: date, deputy: User | None = None, reason: str = ""
) -> Absence:
    """Raises PermissionDenied, or ValidationError with the fields that are wrong."""
    _require(by, user)
    User.objects.select_for_update().get(pk=user.pk)  # two overlapping ones at the same moment
    absence = Absence(user=user, starts_on=starts_on, ends_on=ends_on, deputy=deputy, reason=reason.strip())
    _check(absence)
    absence.save()
    facts.changed(user_ids=[user.pk])
    return absence


@transaction.atomic
def remove_absence(by: User, absence: Absence) -> None:
    """Raises PermissionDenied."""
    _require(by, absence.user)
    user_id = absence.user_id
    absence.delete()
    facts.changed(user_ids=[user_id])


def _require(by: User, user: User) -> None:
    allowed = may_plan_absences_of(by, user)
    require(allowed, _("Absences are planned by the user, the manager of their team, or an admin."))


def _check(absence: Absence) -> None:
    if absence.ends_on < absence.starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first.")})
    if absence.deputy_id == absence.user_id:
        raise ValidationError({"deputy": _("Nobody is their own deputy.")})
    if absence.deputy is not None and not absence.deputy.is_active:
        raise ValidationError({"deputy": _("This user has been deactivated. Choose somebody else.")})
    absence.full_clean()
    overlapping = Absence.objects.filter(
        user=absence.user_id, starts_on__lte=absence.ends_on, ends_on__gte=absence.starts_on
    ).first()
    if overlapping is not None:
        message = _("There is an absence from %(first)s to %(last)s already. Remove it first.")
        values = {"first": overlapping.starts_on.isoformat(), "last": overlapping.ends_on.isoformat()}
        raise ValidationError({"starts_on": message % values})
