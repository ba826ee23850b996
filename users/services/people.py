"""Making, changing, deactivating and reactivating users. Only admins; ``by`` None is a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import facts
from users import zones
from users.access import require, require_active, require_admin
from users.models import User

# What the cadence engine reads about a user.
ENGINE_FIELDS = frozenset({"team", "deputy", "time_zone", "calendar"})
PROFILE_FIELDS = frozenset({"time_zone", "language", "digest_at", "team_digest"})
FIELDS = (
    ENGINE_FIELDS
    | PROFILE_FIELDS
    | {"email", "display_name", "external_id", "job_title", "roles", "department"}
)

Ending = Callable[[User], object]
_endings: list[Ending] = []


def when_deactivated(end: Ending) -> None:
    """Called in the transaction of :func:`deactivate`: what is kept for this user alone ends with it."""
    if end not in _endings:
        _endings.append(end)


@transaction.atomic
def create_user(by: User | None, *, display_name: str, **fields: Any) -> User:
    """A user who cannot sign in yet: an invitation lets them. ``email`` may be missing (R6).

    Raises PermissionDenied, or ValidationError with the fields that are wrong.
    """
    _require_admin_or_command(by)
    user = User(display_name=display_name)
    user.set_unusable_password()
    _assign(user, fields)
    user.save()
    return user


@transaction.atomic
def edit_user(by: User | None, user: User, **changes: Any) -> User:
    """Change some fields; what is not named stays. Takes effect with the user's next request.

    Raises PermissionDenied, or ValidationError: a wrong field, or the last admin losing the role.
    """
    _require_admin_or_command(by)
    admins = _admins_who_can_sign_in()
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {name: getattr(user, name) for name in changes}
    _assign(user, changes)
    if not (user.is_admin and user.email):
        _refuse_without_admin(user, admins, "roles" if user.email else "email")
    _refuse_team_without_manager(user)
    changed = {name for name, value in before.items() if getattr(user, name) != value}
    if changed:
        user.save(update_fields=[*changed, "updated_at"])
    if "time_zone" in changed:
        zones.changed(user.pk, before["time_zone"])
    if changed & ENGINE_FIELDS:
        facts.changed(user_ids=[user.pk])
    return user


@transaction.atomic
def edit_profile(user: User, **changes: Any) -> User:
    """What users may change about themselves: time zone, language, and the mails about their day."""
    require_active(user)
    if unknown := set(changes) - PROFILE_FIELDS:
        raise TypeError(f"not a field of the profile: {sorted(unknown)}")
    before = User.objects.values_list("time_zone", flat=True).get(pk=user.pk)
    _assign(user, changes)
    user.save(update_fields=[*changes, "updated_at"])
    if user.time_zone != before:
        zones.changed(user.pk, before)
    facts.changed(user_ids=[user.pk])
    return user


@transaction.atomic
def deactivate(by: User | None, user: User) -> User:
    """End the right to sign in: sessions, password and every link that was sent, at once.

    What they own keeps its owner's name; the engine treats it as without owner, and the manager of
    the team sees it; ``imports.leaving`` gives it on in the same transaction. Raises PermissionDenied
    (oneself), ValidationError (the last admin).
    """
    _require_admin_or_command(by)
    require(by is None or by.pk != user.pk, _("Nobody deactivates themself. Ask another admin."))
    admins = _admins_who_can_sign_in()
    user = User.objects.select_for_update().get(pk=user.pk)
    _refuse_without_admin(user, admins, None)
    if user.is_active:
        user.is_active = False
        user.deactivated_at = timezone.now()
        user.set_unusable_password()
        user.save(update_fields=["is_active", "deactivated_at", "password", "updated_at"])
        facts.changed(user_ids=[user.pk])
    user.sessions.all().delete()
    for end in _endings:
        end(user)
    return user


@transaction.atomic
def reactivate(by: User | None, user: User) -> User:
    """Let them work again. They get a new password by an invitation; the old one stays dead."""
    _require_admin_or_command(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        user.is_active = True
        user.deactivated_at = None
        user.invited_at = None
        user.save(update_fields=["is_active", "deactivated_at", "invited_at", "updated_at"])
        facts.changed(user_ids=[user.pk])
    return user


def _assign(user: User, fields: dict[str, Any]) -> None:
    """Set the fields in their stored form and check them. Raises ValidationError, TypeError."""
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"not a field of a user: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(user, name, _stored(name, value))
    if user.deputy_id is not None and user.deputy_id == user.pk:
        raise ValidationError({"deputy": _("Nobody is their own deputy.")})
    user.full_clean(exclude={"password"})


def _stored(name: str, value: Any) -> Any:
    if name == "email":
        return (value or "").strip().lower() or None
    if name == "external_id":
        return (value or "").strip() or None
    if name == "roles":
        return [role for role in User.Role.values if role in {str(given) for given in value}]
    return value.strip() if isinstance(value, str) else value


def _require_admin_or_command(by: User | None) -> None:
    if by is not None:
        require_admin(by)


def _admins_who_can_sign_in() -> list[int]:
    """Their ids; locks their rows, so that two admins cannot remove each other at the same moment."""
    usable = ~Q(password="") & ~Q(password__startswith="!")  # noqa: S106 - Django's mark for "none"
    admins = User.objects.active().with_role(User.Role.ADMIN).filter(usable, email__isnull=False)
    return list(admins.order_by("pk").select_for_update().values_list("pk", flat=True))


def _refuse_without_admin(user: User, admins: list[int], field: str | None) -> None:
    if admins == [user.pk]:
        message = _("%(name)s is the last admin who can sign in. Make somebody else an admin first.")
        text = message % {"name": user.display_name}
        raise ValidationError({field: text} if field else text)


def _refuse_team_without_manager(user: User) -> None:
    if user.has_role(User.Role.MANAGER) or not user.is_active:
        return
    if team := user.managed_teams.first():
        message = _("%(name)s manages %(team)s. Give that team another manager first.")
        raise ValidationError({"roles": message % {"name": user.display_name, "team": team.name}})
