"""Finding anything: while typing, on a page of its own, and as a command."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from cadences.lists import commands as palette
from cadences.lists.search import search as find
from users.http import Request

TYPED = 5
"""Hits of one sort while somebody types."""

SHOWN = 20


def _asked(request: Request) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


@require_GET
def quick(request: Request) -> HttpResponse:
    """The few that match what is being typed into the search of the top bar."""
    text = _asked(request)
    return render(request, "lists/_quick.html", {"q": text, "groups": find(request.user, text, most=TYPED)})


@require_safe
def search(request: Request) -> HttpResponse:
    """Everything that matches, in groups."""
    text = _asked(request)
    return render(request, "lists/search.html", {"q": text, "groups": find(request.user, text, most=SHOWN)})


@require_GET
def commands(request: Request) -> HttpResponse:
    """Every page and verb that this user may use, those of the account of the page ``at`` first."""
    found = palette.commands(request.user, request.GET.get("at", "")[:200])
    return JsonResponse({"commands": [command.as_json() for command in found]})
