"""Absences: both days included. The cadence engine moves what falls into one, or gives it to the deputy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from core import facts
from users.access import require
from users.clock import today_for
from users.models import Absence, User

LONGEST = 366
"""Days. Who is gone for longer does not come back to their accounts: those need another owner."""
FARTHEST = 1100
"""Days ahead: a later one is a slip of the keyboard."""


def may_plan_absences_of(by: User, user: User) -> bool:
    """Users plan their own, managers their team's, admins everybody's."""
    own_team = user.team is not None and user.team.manager_id == by.pk
    return by.is_active and (by.pk == user.pk or by.is_admin or (by.is_manager and own_team))


@transaction.atomic
def add_absence(by: User, user: User, *, starts_on: date, ends_on: date, **fields: Any) -> Absence:
    """``fields``: deputy, waits (nobody stands in), reason.

    Raises PermissionDenied, or ValidationError with the fields that are wrong.
    """
    return _save(by, Absence(user=user), {"starts_on": starts_on, "ends_on": ends_on, **fields})


@transaction.atomic
def edit_absence(by: User, absence: Absence, **fields: Any) -> Absence:
    """Other days, another deputy; what is not named stays. Raises as :func:`add_absence` does."""
    _require(by, absence.user)
    absence = Absence.objects.select_for_update(of=("self",)).select_related("user").get(pk=absence.pk)
    return _save(by, absence, fields)


@transaction.atomic
def remove_absence(by: User, absence: Absence) -> Absence:
    """Take back one that is to come; one that runs ends with yesterday, so that its past stays explained.

    Raises PermissionDenied.
    """
    _require(by, absence.user)
    row: Absence | None = Absence.objects.select_for_update(of=("self",)).filter(pk=absence.pk).first()
    if row is None:
        return absence  # a colleague was faster
    if is_running(row):
        row.ends_on = today_for(row.user) - timedelta(days=1)
        row.save(update_fields=["ends_on", "updated_at"])
    else:
        row.delete()
    facts.changed(user_ids=[row.user_id])
    return row


def is_running(absence: Absence) -> bool:
    """Whether some of its days are past and some are not, for the one who is away."""
    return absence.starts_on < today_for(absence.user) <= absence.ends_on


def _save(by: User, absence: Absence, fields: dict[str, Any]) -> Absence:
    _require(by, absence.user)
    User.objects.select_for_update().get(pk=absence.user_id)  # two overlapping ones at the same moment
    for name, value in fields.items():
        setattr(absence, name, value.strip() if isinstance(value, str) else value)
    _check_days(absence, today_for(by))
    _check_deputy(absence)
    absence.full_clean()
    _check_overlap(absence)
    absence.save()
    facts.changed(user_ids=[absence.user_id])
    return absence


def _require(by: User, user: User) -> None:
    allowed = may_plan_absences_of(by, user)
    require(allowed, _("Absences are planned by the user, the manager of their team, or an admin."))


def _check_days(absence: Absence, today: date) -> None:
    if absence.ends_on < absence.starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first.")})
    if (absence.ends_on - absence.starts_on).days >= LONGEST:
        words = _(
            "An absence lasts at most %(n)d days. For longer, give the accounts another owner, or deactivate "
            "the user."
        )
        raise ValidationError({"ends_on": words % {"n": LONGEST}})
    if absence.ends_on < today:
        raise ValidationError({"ends_on": _("That is over already. Check the year.")})
    if (absence.starts_on - today).days > FARTHEST:
        raise ValidationError({"starts_on": _("That is more than three years ahead. Check the year.")})


def _check_deputy(absence: Absence) -> None:
    if absence.deputy_id == absence.user_id:
        raise ValidationError({"deputy": _("Nobody is their own deputy.")})
    if absence.deputy is not None and not absence.deputy.is_active:
        raise ValidationError({"deputy": _("This user has been deactivated. Choose somebody else.")})
    if absence.deputy is not None and absence.waits:
        words = _("Choose one: %(name)s stands in, or everything waits for the return.")
        raise ValidationError({"deputy": words % {"name": absence.deputy}})


def _check_overlap(absence: Absence) -> None:
    others = Absence.objects.filter(
        user=absence.user_id, starts_on__lte=absence.ends_on, ends_on__gte=absence.starts_on
    )
    overlapping = others.exclude(pk=absence.pk).order_by("starts_on").first()
    if overlapping is not None:
        message = _(
            "There is an absence from %(first)s to %(last)s already. Change or remove that one, or choose "
            "days beside it."
        )
        days = {"first": overlapping.starts_on, "last": overlapping.ends_on}
        values = {name: formats.date_format(day, "j F Y") for name, day in days.items()}
        raise ValidationError({"starts_on": message % values})
