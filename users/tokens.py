"""Links that let somebody set a password: signed, single use, dead when the user changes."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int

from users.models import User


class _UserTokens(PasswordResetTokenGenerator):
    """Django's tokens, bound to the password, the last sign-in, the e-mail address and to being active."""

    lifetime: int  # seconds

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{user.invited_at}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        if user is None or not user.is_active or not user.email or not token:
            return False
        try:
            made_at = base36_to_int(token.split("-")[0])
        except ValueError:
            return False
        if self._num_seconds(self._now()) - made_at > self.lifetime:
            return False
        secrets = (self.secret, *self.secret_fallbacks)
        return any(
            constant_time_compare(self._make_token_with_timestamp(user, made_at, secret), token)
            for secret in secrets
        )


class ResetTokens(_UserTokens):
    """For "forgot your password?"; named in ``settings.ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR``."""

    key_salt = "users.tokens.reset"
    lifetime = settings.PASSWORD_RESET_TIMEOUT


class InvitationTokens(_UserTokens):
    """For an invitation; a new invitation changes ``invited_at`` and so kills the link before it."""

    key_salt = "users.tokens.invitation"
    lifetime = settings.INVITATION_TIMEOUT


invitations = InvitationTokens()
