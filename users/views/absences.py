"""Absences: users plan their own, managers their team's, admins everybody's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import attempt, posted
from users import services
from users.clock import today_for
from users.forms import AbsenceForm
from users.http import Request, is_own_path
from users.models import Absence, User


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: Request) -> HttpResponse:
    users = User.objects.visible_to(request.user).active().with_absences_planned_by(request.user).by_name()
    form = AbsenceForm(posted(request), users=users, initial={"user": request.user})
    if attempt(form, lambda: services.add_absence(request.user, **_named(form))):
        messages.success(request, _("The absence is in; what falls into it has been moved."))
        return _back(request)
    context = {
        "form": form,
        "absences": Absence.objects.visible_to(request.user).of(users).not_over(today_for(request.user)),
    }
    return render(request, "users/absences.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.visible_to(request.user).select_related("user__team"), pk=pk)
    services.remove_absence(request.user, absence)
    messages.success(request, _("The absence is gone; what was moved for it has moved back."))
    return _back(request)


def _named(form: AbsenceForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form.Meta.fields}


def _back(request: Request) -> HttpResponse:
    """To the page the form was on."""
    back = request.POST.get("back", "")
    return redirect(back if is_own_path(back) else "users:absences")
