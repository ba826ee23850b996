"""The company's paper: admins change it and see at once how it looks."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import attempt, posted
from core.htmx import go, toast
from correspondence.letters import letterhead
from correspondence.letters.forms import LetterheadForm
from correspondence.letters.sheets import Paper
from correspondence.models import Letterhead
from users.access import require_admin
from users.clock import today_for
from users.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request) -> HttpResponse:
    """The form, and beside it a letter on this paper."""
    require_admin(request.user)
    form = LetterheadForm(posted(request), request.FILES or None, instance=Letterhead.get())
    if attempt(form, lambda: _save(request, form)):
        toast(request, _("Saved."))
        return go(request, "correspondence:letterhead")
    stored = letterhead.paper_of(Letterhead.get())
    context = {"form": form, "picture": _picture(request, stored)}
    status = 422 if form.is_bound else 200
    return render(request, "correspondence/letters/letterhead.html", context, status=status)


@require_POST
def preview(request: Request) -> HttpResponse:
    """How the paper looks with what is typed; nothing is stored."""
    require_admin(request.user)
    form = LetterheadForm(request.POST, request.FILES, instance=Letterhead.get())
    form.is_valid()
    context: dict[str, Any] = {"errors": []}
    try:
        paper = letterhead.drafted(
            form.values(), form.cleaned_data.get("logo"), no_logo=bool(form.cleaned_data.get("no_logo"))
        )
    except ValidationError as wrong:
        context["errors"] = wrong.messages
    else:
        context["picture"] = _picture(request, paper)
    return render(request, "correspondence/letters/_paper.html", context)


def _save(request: Request, form: LetterheadForm) -> bool:
    letterhead.set_letterhead(
        request.user,
        logo=form.cleaned_data["logo"],
        no_logo=bool(form.cleaned_data.get("no_logo")),
        **form.values(),
    )
    return True


def _picture(request: Request, paper: Paper) -> str:
    """The first page as a picture inside the page: no second request, nothing stored."""
    page = letterhead.sample(paper, today_for(request.user))[0]
    return f"data:image/png;base64,{b64encode(page).decode()}"
