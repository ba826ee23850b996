"""What django-allauth asks us: no public sign-up, links from one fixed address, limits on guessing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from users import services
from users.http import is_own_path
from users.known_browsers import attempts_key
from users.mail import NotSentError, absolute, send
from users.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Named in ``settings.ACCOUNT_ADAPTER``."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """``next`` never leads elsewhere."""
        return is_own_path(url)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return absolute(path.replace("UID-KEY", key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """All mail of allauth in our own words; its context knows the request's host, ours does not."""
        user = context.get("user")
        send(template_prefix, email, user=user if isinstance(user, User) else None, **_harmless(context))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """To the one address a user has; allauth would look into a table that we leave empty."""
        if to := email or user.email:
            with suppress(NotSentError):  # logged; the password is changed all the same
                send(template_prefix, to, user=user, **_harmless(context or {}))

    def set_password(self, user: User, password: str) -> None:
        services.set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("users:profile")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Counts failed tries per browser and address of mail, and never by the Host header."""
        return attempts_key(request, credentials.get("email") or "")

    def forget_failed_logins(self, request: HttpRequest, user: User) -> None:
        """Who chose a new password by mail may use it at once."""
        self._delete_login_attempts_cached_email(request, email=user.email)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Only who knows the password gets here, so nobody learns from it who works here."""
        messages.error(request, _("This user has been deactivated. Ask an admin."))
        return redirect("account_login")


def _harmless(context: dict[str, Any]) -> dict[str, Any]:
    """The context without what carries the Host header of the request."""
    dropped = {"request", "current_site", "signup_url", "user", "email"}
    return {name: value for name, value in context.items() if name not in dropped}
