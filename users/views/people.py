"""The list of users, and one user: admins only."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import attempt, editable, posted
from core.pagination import page_number, paginate
from core.text import whole_number
from users import services
from users.access import require_admin
from users.forms import InviteForm, UserForm, time_zones
from users.http import Request
from users.mail import NotSentError
from users.models import Team, User

ADMINS_ONLY = gettext_lazy("Users are changed by admins.")
NOT_INVITED = gettext_lazy("The mail server did not take the invitation. Try again later.")
INVITED_LATE = gettext_lazy(
    "Mail does not work right now. The invitation waits in the outbox and is sent as soon as mail works; "
    "inviting again would replace its link."
)


@require_safe
def listing(request: Request) -> HttpResponse:
    require_admin(request.user)
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "role", "team", "state")}
    found = User.objects.visible_to(request.user).for_list().matching(wanted["q"]).in_state(wanted["state"])
    if wanted["role"] in User.Role.values:
        found = found.with_role(wanted["role"])
    if (team := whole_number(wanted["team"])) is not None:
        found = found.filter(team_id=team)
    context = {
        "page": paginate(found, page_number(request)),
        "wanted": wanted,
        "roles": User.Role.choices,
        "teams": Team.objects.visible_to(request.user).by_name(),
    }
    return render(request, "users/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    require_admin(request.user)
    form = UserForm(posted(request))
    user = attempt(form, lambda: services.create_user(request.user, **form.cleaned_data))
    if user is not None:
        messages.success(request, _("%(name)s is in. Now invite them.") % {"name": user.display_name})
        return redirect("users:edit", user.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    user = editable(User, request.user, pk, ADMINS_ONLY)
    form = UserForm(posted(request), instance=user)
    if attempt(form, lambda: services.edit_user(request.user, user, **form.changes)):
        messages.success(request, _("Saved."))
        return redirect("users:edit", user.pk)
    return _form_page(request, form, user)


@require_POST
def invite(request: Request, pk: int) -> HttpResponse:
    user = editable(User, request.user, pk, ADMINS_ONLY)
    form = InviteForm(request.POST)
    try:
        invited = attempt(form, lambda: services.invite(request.user, user, email=form.cleaned_data["email"]))
    except NotSentError as error:
        invited = None
        form.add_error(None, INVITED_LATE if error.waits else NOT_INVITED)
    if invited is not None:
        messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": invited.email})
        return redirect("users:edit", user.pk)
    return _form_page(request, UserForm(instance=user), user, invite_form=form)


@require_POST
def reactivate(request: Request, pk: int) -> HttpResponse:
    user = services.reactivate(request.user, editable(User, request.user, pk, ADMINS_ONLY))
    done = _("%(name)s works here again. Invite them, so that they choose a new password.")
    messages.success(request, done % {"name": user.display_name})
    return redirect("users:edit", user.pk)


def _form_page(
    request: Request, form: UserForm, user: User | None, invite_form: InviteForm | None = None
) -> HttpResponse:
    invite_form = invite_form or InviteForm(initial={"email": user.email if user else ""})
    context = {"form": form, "person": user, "invite_form": invite_form, "zones": time_zones()}
    status = 422 if form.errors or invite_form.errors else 200
    return render(request, "users/form.html", context, status=status)
