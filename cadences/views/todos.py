"""Own to-dos: a note with a date."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadences import services
from cadences.forms import TodoForm, errors_into
from core.htmx import go, page_or_fragment, toast
from core.templatetags.ui import said
from users.clock import today_for
from users.http import Request


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a to-do on an account; it shows on My day."""
    user = request.user
    initial = {"account": request.GET.get("account"), "on": today_for(user)}
    form = TodoForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.add_todo(
                user, given["account"], given["text"], given["on"], given["at"], token=given["token"]
            )
        except ValidationError as refused:
            errors_into(form, refused)
        else:
            toast(request, _("To-do noted for %(day)s.") % {"day": said(given["on"])})
            return go(request, "cadences:day")
    status = 422 if form.is_bound and form.errors else 200
    return page_or_fragment(request, "cadences/todo.html", "cadences/_todo.html", {"form": form}, status)
