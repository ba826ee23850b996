"""Where the link of an invitation leads: no sign-in, the link itself is the proof."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.forms import posted
from users import services
from users.forms import AcceptForm


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    user = services.find_invited(pk, token)
    form = AcceptForm(posted(request))
    if user is not None and request.method == "POST" and form.is_valid():
        try:
            user = services.accept_invitation(pk, token, form.cleaned_data["password1"])
        except ValidationError as error:
            form.add_error("password1", error)
        else:
            if user is not None:
                messages.success(request, _("Your password is saved. Sign in with it."))
                return redirect("account_login")
    status = 410 if user is None else 422 if form.errors else 200
    response = render(request, "users/invitation.html", {"form": form, "person": user}, status=status)
    # The address is the secret and goes nowhere. "no-referrer" would hide the origin too, and the browser's
    # POST would then come from "null", which the CSRF check refuses.
    response["Referrer-Policy"] = "strict-origin"
    return response
