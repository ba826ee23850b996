"""Invitations: the only way to a first password. A link by mail, used once, within a week."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from users import mail
from users.access import require_admin
from users.models import User
from users.services.passwords import set_password
from users.services.people import create_user, edit_user
from users.tokens import invitations


@transaction.atomic
def invite(by: User | None, user: User, *, email: str | None = None) -> User:
    """Mail a link to set a password; an earlier link dies. ``email``: given to a user who has none.

    The mail leaves after the transaction. Raises PermissionDenied, or ValidationError when there is
    no address, or nothing to invite to.
    """
    if by is not None:
        require_admin(by)
    if email is not None:
        user = edit_user(by, user, email=email)
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_invitable(user)
    _renew(user)
    link = invitation_link(user)
    transaction.on_commit(
        lambda: mail.send("users/email/invitation", str(user.email), user=user, link=link, by=by)
    )
    return user


@transaction.atomic
def create_admin(email: str, display_name: str) -> str:
    """The first admin of an installation, or help for a company that lost its last one. Returns the link."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = create_user(None, display_name=display_name, email=email, roles=[User.Role.ADMIN])
    elif not user.is_active:
        raise ValidationError(_("%(email)s belongs to a deactivated user.") % {"email": email})
    else:
        user = edit_user(None, user, roles=[*user.roles, User.Role.ADMIN])
    _renew(user)
    return invitation_link(user)


def invitation_link(user: User) -> str:
    """The address that lets this user set a password."""
    token = invitations.make_token(user)
    return mail.absolute(reverse("users:invitation", kwargs={"pk": user.pk, "token": token}))


def find_invited(pk: int, token: str) -> User | None:
    """The user whose link this is; None when it is used, old, replaced or never was one."""
    user: User | None = User.objects.filter(pk=pk).first()
    return user if invitations.check_token(user, token) else None


@transaction.atomic
def accept_invitation(pk: int, token: str, password: str) -> User | None:
    """Set the password. None when somebody was faster with the same link.

    Raises ValidationError when the password is too weak.
    """
    user = User.objects.select_for_update().filter(pk=pk).first()
    if user is None or not invitations.check_token(user, token):
        return None
    validate_password(password, user)
    set_password(user, password)
    return user


def _require_invitable(user: User) -> None:
    name = {"name": user.display_name}
    if not user.is_active:
        raise ValidationError(_("%(name)s has been deactivated. Reactivate them first.") % name)
    if not user.email:
        raise ValidationError({"email": _("%(name)s has no e-mail address. Enter one.") % name})
    if user.has_usable_password():
        raise ValidationError(_("%(name)s has a password already and can ask for a new one.") % name)


def _renew(user: User) -> None:
    user.invited_at = timezone.now()
    user.save(update_fields=["invited_at", "updated_at"])
