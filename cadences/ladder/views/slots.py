"""Slots: add, rename, order, delete."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadences import plans
from cadences.ladder.forms import SlotForm
from cadences.models import Slot
from core.forms import posted
from core.htmx import toast
from users.access import require_admin
from users.http import Request


@require_safe
def listing(request: Request) -> HttpResponse:
    require_admin(request.user)
    rows = list(Slot.objects.visible_to(request.user).of_plans().with_use().in_order())
    groups = [
        (_("1-2-1 track after a purchase"), [row for row in rows if row.is_track]),
        (_("All year"), [row for row in rows if not row.group]),
        (_("New owner"), [row for row in rows if row.group == Slot.Event.OWNER]),
        (_("Thank-you"), [row for row in rows if row.group == Slot.Event.LETTER]),
        (_("Servicing campaign"), [row for row in rows if row.group == Slot.Event.CAMPAIGN]),
    ]
    return render(request, "plan/slots.html", {"groups": groups, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    require_admin(request.user)
    form = SlotForm(posted(request))
    if request.method == "POST":
        said = form.cleaned_data if form.is_valid() else {}
        made = form.attempt(lambda: plans.add_slot(request.user, said["name"], is_track=said["is_track"]))
        if made is not None:
            toast(request, _("“%(slot)s” is in. Fill its cells in a draft.") % {"slot": made.name})
            return redirect("plan:slots")
    return _form(request, form, _("New slot"), _("Add"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    require_admin(request.user)
    slot = _slot(request, pk)
    form = SlotForm(posted(request), initial={"name": slot.name, "is_track": slot.is_track})
    if slot.is_of_event:
        del form.fields["is_track"]

    def save() -> Slot:
        said = form.cleaned_data
        return plans.edit_slot(request.user, slot, name=said["name"], is_track=said.get("is_track"))

    if request.method == "POST" and form.attempt(save) is not None:
        toast(request, _("Saved."))
        return redirect("plan:slots")
    return _form(request, form, slot.name, _("Save"))


@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """One place up or down; the list is shown anew at the same place."""
    require_admin(request.user)
    plans.move_slot(request.user, _slot(request, pk), request.POST.get("to") == "up")
    return redirect(f"{reverse('plan:slots')}#slot-{pk}")


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    require_admin(request.user)
    slot = _slot(request, pk)
    try:
        plans.delete_slot(request.user, slot)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        toast(request, _("“%(slot)s” is gone.") % {"slot": slot.name})
    return redirect("plan:slots")


def _slot(request: Request, pk: int) -> Slot:
    found: Slot = get_object_or_404(Slot.objects.visible_to(request.user).of_plans(), pk=pk)
    return found


def _form(request: Request, form: SlotForm, title: str, submit: str) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "back": reverse("plan:slots")}
    return render(request, "plan/slot.html", context, status=422 if form.errors else 200)
