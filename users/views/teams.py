"""Teams: admins only."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import attempt, editable, posted
from users import services
from users.access import require_admin
from users.forms import TeamForm
from users.http import Request
from users.models import Team

ADMINS_ONLY = gettext_lazy("Teams are changed by admins.")


@require_safe
def listing(request: Request) -> HttpResponse:
    require_admin(request.user)
    return render(request, "users/teams.html", {"teams": Team.objects.visible_to(request.user).for_list()})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    require_admin(request.user)
    return _team_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    return _team_form(request, editable(Team, request.user, pk, ADMINS_ONLY))


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    team = editable(Team, request.user, pk, ADMINS_ONLY)
    try:
        services.delete_team(request.user, team)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("users:edit_team", team.pk)
    messages.success(request, _("The team is gone."))
    return redirect("users:teams")


def _team_form(request: Request, team: Team | None) -> HttpResponse:
    form = TeamForm(posted(request), instance=team)
    if attempt(form, lambda: _save(request, team, form)):
        messages.success(request, _("Saved."))
        return redirect("users:teams")
    status = 422 if form.errors else 200
    return render(request, "users/team_form.html", {"form": form, "team": team}, status=status)


def _save(request: Request, team: Team | None, form: TeamForm) -> Team:
    if team is None:
        return services.create_team(request.user, **form.cleaned_data)
    return services.edit_team(request.user, team, **form.cleaned_data)
