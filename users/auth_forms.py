"""Forms of the sign-in pages: allauth's, with our words and one fixed life of a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.known_browsers import remember
from users.mail import NotSentError

NOT_SENT = _("Mail does not work right now. Try again later, or tell an admin.")
LATE = _(
    "Mail does not work right now. Yours waits and is sent as soon as it does; "
    "if it does not come, tell an admin."
)


def _plain(form: forms.Form) -> None:
    """Labels instead of placeholders, which vanish when somebody types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LoginForm(allauth_forms.LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocomplete": "username"}
        self.fields["password"].help_text = ""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """The session ends at a fixed moment, however often it is used."""
        response = super().login(request, redirect_url=redirect_url)
        remember(response, self.cleaned_data["login"])
        request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return response


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Where to send the link for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs |= {"autofocus": True, "autocomplete": "username"}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """A mail goes out in either case, so that neither page nor clock tells who works here."""
        email: str = self.cleaned_data["email"]
        try:
            if self.users:
                super().save(request, **kwargs)
            else:
                get_adapter(request).send_mail("account/email/unknown_account", email, {})
        except NotSentError as error:
            messages.error(request, LATE if error.waits else NOT_SENT)
        return email


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password again")

    def save(self) -> None:
        """Who proved to own the address may use the new password at once."""
        super().save()
        get_adapter().forget_failed_logins(context.request, self.user)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The current password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password again")
