"""Pages: somebody has left, shown before it is done; somebody is back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadences import services
from cadences.people_pages.forms import MOST_FOUND, NEW, NOWHERE, LeaveForm
from contacts.models import Contact
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])
CONFIRM, CHANGE = "confirm", "change"
NAMED = 8


@form_page
def leave(request: Request, pk: int) -> HttpResponse:
    """First what is known, then what it moves, then it is done."""
    contact = editable(Contact, request.user, pk)
    if contact.left_on is not None:
        toast(request, _("%(name)s has left already.") % {"name": contact.name}, level=messages.INFO)
        return go(request, "contacts:detail", pk)
    step = request.POST.get("step", "")
    if step == CHANGE:
        return _ask(request, contact, LeaveForm(None, initial=_typed(request), **_of(request, contact)))
    form = LeaveForm(posted(request), **_of(request, contact))
    if step == CONFIRM and form.is_valid():
        found = form.found()
        done = attempt(form, lambda: services.has_left(request.user, contact, form.departure(found)))
        if done:
            _say(request, done)
            return go(request, "contacts:people", contact.account_id)
    elif form.is_bound and form.is_valid():
        return _preview(request, contact, form)
    if step == CONFIRM and set(form.errors) == {"at"}:
        return _preview(request, contact, form)
    return _ask(request, contact, form)


def _of(request: Request, contact: Contact) -> dict[str, Any]:
    return {"contact": contact, "user": request.user}


def _typed(request: Request) -> dict[str, Any]:
    """What the second page carried along, back into the fields of the first."""
    said: dict[str, Any] = request.POST.dict()
    return said | {name: said.get(name) in {"on", "True"} for name in ("takes_main", "tell_owner")}


def _ask(request: Request, contact: Contact, form: LeaveForm) -> HttpResponse:
    context = {
        "title": _("%(name)s has left") % {"name": contact.name},
        "submit": _("Show what moves"),
        "back": reverse("contacts:detail", args=[contact.pk]),
        "back_text": contact.name,
    }
    return form_reply(request, form, **context)


def _preview(request: Request, contact: Contact, form: LeaveForm) -> HttpResponse:
    found = form.found()
    context: dict[str, Any] = {
        "contact": contact,
        "form": form,
        "hanging": services.hanging_on(request.user, contact),
        "found": found,
        "most": MOST_FOUND,
        "offers_prospect": form.offers_prospect(found),
        "proposed": form.proposed(found),
        "new": NEW,
        "nowhere": NOWHERE,
        "said": form.cleaned_data,
    }
    return render(request, "people/leave.html", context, status=422 if form.errors else 200)


def _say(request: Request, done: services.Departed) -> None:
    said = [_("%(name)s has left.") % {"name": done.contact.name}]
    if done.successor is not None:
        said.append(_("%(name)s takes over.") % {"name": done.successor.name})
    if done.concern is not None:
        said.append(_("A concern is with %(name)s.") % {"name": done.concern.owner})
    if done.elsewhere is not None:
        said.append(_("They stand at %(account)s now.") % {"account": done.elsewhere.account.name})
    toast(request, " ".join(said), undo=reverse("people:mistake", args=[done.contact.pk]))


@require_POST
def back(request: Request, pk: int) -> HttpResponse:
    """They work there again, or never left."""
    contact = editable(Contact, request.user, pk)
    try:
        services.came_back(request.user, contact)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    else:
        words = _(
            "%(name)s works there again. What was handed over, and a concern about it, stay as they are."
        )
        toast(request, words % {"name": contact.name})
    return go(request, "contacts:detail", pk)


@require_POST
def mistake(request: Request, pk: int) -> HttpResponse:
    """They never left: within a day all that it moved goes back."""
    contact = editable(Contact, request.user, pk)
    try:
        done = services.left_by_mistake(request.user, contact)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
        return go(request, "contacts:detail", pk)
    words = _("%(name)s never left: what was handed over is theirs again.") % {"name": contact.name}
    if done.kept:
        kept = "; ".join(done.kept[:NAMED])
        words += " " + _("Kept, because somebody has seen to it since: %(kept)s.") % {"kept": kept}
    toast(request, words, level=messages.WARNING if done.kept else messages.SUCCESS)
    return go(request, "contacts:detail", pk)
