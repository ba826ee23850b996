"""Teams: salespeople under one manager, whose role lets them write what the team owns."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import facts
from users.access import require_admin
from users.models import Team, User


@transaction.atomic
def create_team(by: User, *, name: str, manager: User | None = None) -> Team:
    """Raises PermissionDenied, or ValidationError with the fields that are wrong."""
    require_admin(by)
    team = Team(name=name.strip(), manager=manager)
    _check(team)
    team.save()
    return team


@transaction.atomic
def edit_team(by: User, team: Team, **changes: Any) -> Team:
    """Change name or manager; the manager stands in for absent members, so the engine hears of it."""
    require_admin(by)
    team = Team.objects.select_for_update().get(pk=team.pk)
    for name, value in changes.items():
        setattr(team, name, value)
    _check(team)
    team.save(update_fields=[*changes, "updated_at"])
    facts.changed(user_ids=list(team.members.values_list("pk", flat=True)))
    return team


@transaction.atomic
def delete_team(by: User, team: Team) -> None:
    """Only an empty team. Raises ValidationError while it has members."""
    require_admin(by)
    if count := team.members.count():
        message = _("%(team)s has %(count)s members. Give them another team first.")
        raise ValidationError(message % {"team": team.name, "count": count})
    team.delete()


def _check(team: Team) -> None:
    team.full_clean()
    if team.manager is not None and not team.manager.has_role(User.Role.MANAGER):
        message = _("%(name)s is not an active manager. Give them the role first.")
        raise ValidationError({"manager": message % {"name": team.manager.display_name}})
