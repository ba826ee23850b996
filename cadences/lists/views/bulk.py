"""Changing many accounts: choose, look, confirm, follow, take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from cadences.lists import rows
from cadences.lists.bulk import kinds, services
from cadences.lists.chips import in_words
from cadences.lists.forms import BulkForm, known_tags
from cadences.lists.views.listing import choice_of
from cadences.models import BulkChange, BulkRow
from cadences.reassigning.services import away
from core.htmx import is_htmx, toast
from core.pagination import page_number, paginate
from core.text import whole_number
from users.clock import today_for
from users.http import Request

SAMPLE = 8
LISTED = 200
State = BulkRow.State


def _change(request: Request, pk: int) -> BulkChange:
    """Looked at by whoever made it and by admins; confirmed and taken back by its maker alone."""
    seen = BulkChange.objects.visible_to(request.user).select_related("user")
    if request.method == "POST":
        seen = seen.editable_by(request.user)
    change: BulkChange = get_object_or_404(seen, pk=pk)
    return change


@require_POST
def choose(request: Request) -> HttpResponse:
    """Freeze the ticked accounts, or all that match the list."""
    user = request.user
    choice = choice_of(user, request.POST.get("query", ""))
    if request.POST.get("all") == "1":
        ids = rows.ids_of(user, choice, today_for(user))
        words = in_words(choice)
    else:
        ticked = [number for number in map(whole_number, request.POST.getlist("account")) if number]
        ids = Account.objects.visible_to(user).filter(pk__in=ticked[: services.MOST]).values("pk")
        words = _("Ticked one by one")
    try:
        change = services.freeze(user, ids, words)
    except ValidationError as refusal:
        toast(request, " ".join(refusal.messages), level=messages.WARNING)
        return redirect(f"{reverse('accounts:list')}{choice.address()}")
    return redirect("accounts:bulk", change.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, pk: int) -> HttpResponse:
    """Before: how many, which, who will be refused, what to do. After: what became of each."""
    change = _change(request, pk)
    if change.state != BulkChange.State.DRAFT:
        template = "lists/bulk/_state.html" if is_htmx(request) else "lists/bulk/detail.html"
        return render(request, template, _outcome(request, change))
    offered = kinds.offered_to(request.user)
    asked = request.GET.get("do", "")
    kind = asked if asked in offered else offered[0]
    form = BulkForm(request.POST if request.method == "POST" else None, kind=kind, user=request.user)
    if form.is_valid():
        services.confirm(request.user, change, kind, form.options(), form.in_words())
        return redirect("accounts:bulk", pk)
    context = _before(request, change) | {"form": form, "kind": kind, "known_tags": known_tags()}
    context["kinds"] = [(value, label) for value, label in BulkChange.Kind.choices if value in offered]
    return render(request, "lists/bulk/confirm.html", context, status=422 if form.is_bound else 200)


def _before(request: Request, change: BulkChange) -> dict[str, Any]:
    refused = services.not_editable(request.user, change)
    sample = change.rows.select_related("account__owner", "account__tier").order_by("account__name_folded")
    return {
        "change": change,
        "sample": sample[:SAMPLE],
        "left_out": max(0, change.rows_total - SAMPLE),
        "refused_count": refused.count(),
        "refused": refused.order_by("account__name_folded")[:SAMPLE],
    }


def _outcome(request: Request, change: BulkChange) -> dict[str, Any]:
    counts = dict(change.rows.order_by().values_list("state").annotate(n=Count("pk")))
    listed = change.rows.exclude(reason="").select_related("account")
    given = len(change.options.get("given", ()))
    return {
        "change": change,
        "counts": [(counts[value], label) for value, label in State.choices if counts.get(value)],
        "can_be_undone": change.can_be_undone and bool(counts.get(State.CHANGED, 0) or given),
        "away": away(change),
        "besides": change.options.get("back", given),
        "stayed": change.options.get("stayed", ()),
        "listed": listed.order_by("id")[:LISTED],
        "listed_count": listed.count(),
        "is_mine": change.user_id == request.user.pk,
    }


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take it back within a day."""
    change = _change(request, pk)
    try:
        if not services.undo(request.user, change) and not change.is_busy:
            toast(request, _why_not(change), level=messages.WARNING)
    except ValidationError as refusal:
        toast(request, " ".join(refusal.messages), level=messages.WARNING)
    return redirect("accounts:bulk", pk)


def _why_not(change: BulkChange) -> str:
    if change.state == BulkChange.State.UNDONE:
        return _("It has been taken back already.")
    return _("It is too late to take this back: that is possible for a day.")


@require_GET
def history(request: Request) -> HttpResponse:
    """Changes of many accounts, one's own; admins see all."""
    found = BulkChange.objects.visible_to(request.user).for_list()
    return render(request, "lists/bulk/history.html", {"page": paginate(found, page_number(request))})
