"""One's own page: time zone, language, mails about the day, password, absences."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.forms import attempt, posted
from users import services
from users.clock import today_for
from users.forms import ProfileForm, time_zones
from users.http import Request
from users.models import Absence


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Request) -> HttpResponse:
    user = request.user
    form = ProfileForm(posted(request), user=user)
    if attempt(form, lambda: services.edit_profile(user, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("users:profile")
    today = today_for(user)
    context = {
        "form": form,
        "today": today,
        "zones": time_zones(),
        "absences": Absence.objects.visible_to(user).of([user.pk]).not_over(today),
    }
    return render(request, "users/profile.html", context, status=422 if form.errors else 200)
