"""The page of a record that is not there: it may lie in the recycle bin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from imports.bin.kinds import PAGES
from imports.models import BinUnit


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Who may restore it is told where it is; for everybody else there is no such page."""
    unit = _unit_of(request)
    if unit is None:
        return page_not_found(request, exception)
    return render(request, "bin/here.html", {"unit": unit}, status=404)


def _unit_of(request: HttpRequest) -> BinUnit | None:
    match, user = request.resolver_match, getattr(request, "user", None)
    kind = PAGES.get(match.view_name) if match else None
    if match is None or kind is None or user is None or not user.is_authenticated:
        return None
    units = BinUnit.objects.visible_to(user).holding(kind.model._meta.label_lower, match.kwargs["pk"])
    found: BinUnit | None = units.for_list().first()
    return found
