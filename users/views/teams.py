"""Teams: admins only."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from users import services
from users.access import require_admin
from users.forms import TeamForm, add_errors
from users.models import Team


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    require_admin(request.user)
    return render(request, "users/teams.html", {"teams": Team.objects.for_list()})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    require_admin(request.user)
    return _team_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _team_form(request, _editable(request, pk))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    team = _editable(request, pk)
    try:
        services.delete_team(request.user, team)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("users:edit_team", team.pk)
    messages.success(request, _("The team is gone."))
    return redirect("users:teams")


def _editable(request: HttpRequest, pk: int) -> Team:
    team: Team = get_object_or_404(Team.objects.visible_to(request.user), pk=pk)
    require_admin(request.user)
    return team


def _team_form(request: HttpRequest, team: Team | None) -> HttpResponse:
    form = TeamForm(request.POST or None, instance=team)
    if request.method == "POST" and form.is_valid():
        try:
            if team is None:
                services.create_team(request.user, **form.cleaned_data)
            else:
                services.edit_team(request.user, team, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("users:teams")
    status = 422 if form.errors else 200
    return render(request, "users/team_form.html", {"form": form, "team": team}, status=status)
