"""My day: whom do I call now?"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cadences.day import Day, my_day, next_days, promises_due, unassigned
from core.text import whole_number
from users.clock import today_for
from users.http import Request


@require_GET
def day(request: Request) -> HttpResponse:
    """Late, today and what follows; ``at`` names the line in front."""
    context = context_of(request, at=number(request.GET.get("at")))
    return render(request, "cadences/day.html", context)


@require_GET
def lines(request: Request) -> HttpResponse:
    """The list alone, as it is now."""
    context = context_of(request, at=number(request.GET.get("at")))
    return render(request, "cadences/_lines.html", context)


@require_GET
def next_lines(request: Request) -> HttpResponse:
    """The folded section, opened."""
    user = request.user
    today = today_for(user)
    found = next_days(user, today, book_only=wants_book(request))
    return render(request, "cadences/_section_rows.html", {"lines": found, "today": today, "section": "next"})


@require_GET
def day_promises(request: Request) -> HttpResponse:
    """The promises that are due, as they are now."""
    today = today_for(request.user)
    context = {"promises": promises_due(request.user, today), "today": today}
    return render(request, "cadences/_day_promises.html", context)


@require_GET
def unassigned_lines(request: Request) -> HttpResponse:
    """What nobody is there to do, for managers."""
    user = request.user
    today = today_for(user)
    found = unassigned(user, today)
    context = {"lines": found, "today": today, "section": "unassigned"}
    return render(request, "cadences/_section_rows.html", context)


def context_of(request: Request, at: int | None = None) -> dict[str, Any]:
    """What the list needs, with the chosen line: the asked one if it is there, else the first."""
    user = request.user
    today = today_for(user)
    shown: Day = my_day(user, today, book_only=wants_book(request))
    opened = _given(request, "open").split(",")
    context = {"day": shown, "today": today, "book_only": wants_book(request), "opened": opened}
    if "next" in opened:
        context["next_lines"] = next_days(user, today, book_only=wants_book(request))
    if "unassigned" in opened and user.is_manager:
        context["unassigned_lines"] = unassigned(user, today)
    return context | {"at": at if at in shown.ids else next(iter(shown.ids), None)}


def wants_book(request: Request) -> bool:
    """Whether only the accounts of the book are shown."""
    return _given(request, "book") == "1"


def _given(request: Request, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name) or ""


def number(text: str | None) -> int | None:
    """An id in an address; None for whatever else stands there."""
    return whole_number(text or "")
