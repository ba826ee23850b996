"""The account list, what it adds up to, and the same as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe
from django_countries import countries

from accounts.models import Account
from accounts.services import may_create
from cadences.lists import rows, shown
from cadences.lists.chips import Known, chips
from cadences.lists.choice import Choice, default_owner
from cadences.lists.columns import file_cells, file_header
from cadences.models import SavedView
from core.spreadsheets import csv_response
from core.text import whole_number
from users.clock import today_for
from users.http import Request
from users.models import User


@require_safe
def account_list(request: Request) -> HttpResponse:
    """Whose accounts, how they stand, when we last spoke and when we speak next."""
    user, today = request.user, today_for(request.user)
    views = list(SavedView.objects.visible_to(user).for_menu(user))
    default = next((view for view in views if view.is_default), None)
    if default is not None and not request.GET:
        return redirect(f"{reverse('accounts:list')}?{default.query}&view={default.pk}")
    choice = Choice.read(request.GET, user)
    known = Known.used(choice)
    page = rows.account_page(user, choice, today)
    context = _about_views(choice, views, user) | {
        "page": page,
        "lines": shown.lines(page, choice, today),
        "headings": shown.headings(choice),
        "choice": choice,
        "address": choice.address(),
        "chips": chips(choice, known),
        "owner_name": dict(known.owners).get(whole_number(choice.owner) or 0),
        "may_create": may_create(user),
        "today": today,
        "own_start": default_owner(user),
        "with_totals": True,
    }
    return render(request, "lists/list.html", context)


@require_GET
def tools(request: Request) -> HttpResponse:
    """The forms of filters or of columns, fetched when somebody opens them."""
    choice = Choice.read(request.GET, request.user)
    context: dict[str, Any] = {"choice": choice}
    if request.GET.get("tool") == "columns":
        context |= {"offered": shown.offered(choice), "orders": shown.orders()}
        return render(request, "lists/_columns.html", context)
    context |= {"known": Known.all(request.user), "statuses": Account.Status.choices}
    context["countries"] = list(countries)
    return render(request, "lists/_more_filters.html", context)


def _about_views(choice: Choice, views: list[SavedView], user: User) -> dict[str, Any]:
    """The view that is open, whether the list has been changed since, and whether the view may be."""
    view = next((one for one in views if one.pk == choice.view), None)
    is_changed = view is not None and view.query != choice.query()
    is_editable = view is not None and (view.owner_id == user.pk or (view.is_shared and user.is_admin))
    return {"views": views, "view": view, "is_changed": is_changed, "is_view_editable": is_editable}


@require_GET
def totals(request: Request) -> HttpResponse:
    """What the whole list adds up to; the page does not wait for it."""
    choice = Choice.read(request.GET, request.user)
    found = rows.totals(request.user, choice, today_for(request.user))
    return render(request, "lists/_totals.html", {"totals": found})


@require_GET
def export(request: Request) -> StreamingHttpResponse:
    """Exactly what the list shows, all pages of it."""
    user, today = request.user, today_for(request.user)
    choice = replace(Choice.read(request.GET, user), cursor=None)
    cells = (file_cells(row, choice.columns) for row in rows.every_row(user, choice, today))
    return csv_response(f"accounts-{today.isoformat()}.csv", file_header(choice.columns), cells)


def choice_of(user: Any, query: str) -> Choice:
    """The state of the list behind a query that a form sent along."""
    return Choice.read(QueryDict(query[:8000]), user)
