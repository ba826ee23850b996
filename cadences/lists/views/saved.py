"""Saved views: made from what the list shows, changed, deleted, opened with."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadences.lists import saving
from cadences.lists.forms import ViewForm
from cadences.lists.views.listing import choice_of
from cadences.models import SavedView
from core.forms import attempt, form_reply, posted
from core.htmx import go, toast
from users.http import Request


def _opened(view: SavedView) -> str:
    return f"{reverse('accounts:list')}?{view.query}&view={view.pk}"


def _mine(request: Request, pk: int) -> SavedView:
    """404 for a private view of somebody else, 403 for a shared one that is not theirs to change."""
    view: SavedView = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if not SavedView.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied(_("A shared view is changed by its maker and by admins."))
    return view


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    """Keep the list as it is shown under a name; its state is the address of this form."""
    query = choice_of(request.user, request.GET.urlencode()).query()
    form = ViewForm(posted(request))
    view = attempt(form, lambda: saving.save_view(
        request.user, form.cleaned_data["name"], query, is_shared=form.cleaned_data["is_shared"]
    ))  # fmt: skip
    if view:
        toast(request, _("The view %(name)s is kept.") % {"name": view.name})
        return go(request, _opened(view))
    back = f"{reverse('accounts:list')}?{query}"
    return form_reply(request, form, title=_("Save this view"), submit=_("Save"), back=back,
                      back_text=_("Accounts"))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Its name, and whether everybody may use it."""
    view = _mine(request, pk)
    name = view.name
    form = ViewForm(posted(request), instance=view)
    saved = attempt(form, lambda: saving.save_view(
        request.user, form.cleaned_data["name"], view.query, is_shared=form.cleaned_data["is_shared"],
        view=view,
    ))  # fmt: skip
    if saved:
        toast(request, _("Saved."))
        return go(request, _opened(saved))
    return form_reply(request, form, title=_("The view %(name)s") % {"name": name}, submit=_("Save"),
                      back=_opened(view), back_text=name)  # fmt: skip


@require_POST
def update(request: Request, pk: int) -> HttpResponse:
    """Let it show what the list shows now."""
    view = _mine(request, pk)
    query = choice_of(request.user, request.POST.get("query", "")).query()
    saved = saving.save_view(request.user, view.name, query, is_shared=view.is_shared, view=view)
    toast(request, _("The view %(name)s shows this from now on.") % {"name": saved.name})
    return redirect(_opened(saved))


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    view = _mine(request, pk)
    saving.delete_view(request.user, view)
    toast(request, _("The view %(name)s is deleted.") % {"name": view.name})
    return redirect(f"{reverse('accounts:list')}?{view.query}")


@require_POST
def open_with(request: Request, pk: int) -> HttpResponse:
    """Open the list with this view from now on, or no longer (``off``)."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    is_off = request.POST.get("off") == "1"
    saving.open_with(request.user, None if is_off else view)
    words = _("Accounts open as they come.") if is_off else _("Accounts open with this view.")
    toast(request, words)
    return redirect(_opened(view))
