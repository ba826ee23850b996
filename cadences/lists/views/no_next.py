"""The page of customers without a next date, and its number for the navigation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from accounts.querysets import known_owner
from cadences.lists import no_next
from cadences.lists.choice import default_owner
from core.keyset import read_cursor
from users.clock import today_for
from users.http import Request
from users.models import User


@require_safe
def page(request: Request) -> HttpResponse:
    """Each with why nobody has a date with it, and the cure beside it."""
    user = request.user
    owner = known_owner(request.GET.get("owner") or default_owner(user))
    shown, lines = no_next.page(user, owner, today_for(user), read_cursor(request.GET.get("at", "")))
    owners = User.objects.visible_to(user).who_may_own_accounts().by_name()
    context = {"page": shown, "lines": lines, "owner": owner, "owners": owners}
    context["address"] = f"?owner={owner}"
    return render(request, "lists/no_next.html", context)


@require_GET
def number(request: Request) -> HttpResponse:
    """How many there are among the accounts that the user looks after."""
    count = no_next.count(request.user, today_for(request.user))
    context = {"count": min(count, no_next.COUNT_BOUND), "more": count > no_next.COUNT_BOUND}
    return render(request, "lists/_no_next_number.html", context)
