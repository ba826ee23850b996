"""Pages of one account."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Account
from accounts.services import may_edit
from cadences.account_pages import standing
from cadences.account_pages.coming import coming
from cadences.account_pages.timeline import timeline
from cadences.models import Touchpoint
from cadences.why import explain
from users.clock import today_for
from users.http import Request


@require_safe
def account_detail(request: Request, pk: int) -> HttpResponse:
    """How do we stand, and what next?"""
    today = today_for(request.user)
    account = get_object_or_404(standing.for_page(request.user), pk=pk)
    context = standing.page_facts(account, request.user, today)
    context["happenings"], context["next_offset"] = timeline(account, 0, request.user.time_zone)
    return render(request, "accounts/detail.html", context)


@require_GET
def account_timeline(request: Request, pk: int) -> HttpResponse:
    """More of what happened, from an offset on."""
    account = get_object_or_404(Account.objects.visible_to(request.user).select_related("owner"), pk=pk)
    text = request.GET.get("from", "0")
    offset = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    happenings, next_offset = timeline(account, offset, request.user.time_zone)
    context = {
        "account": account,
        "happenings": happenings,
        "next_offset": next_offset,
        "is_editable": may_edit(request.user, account),
    }
    return render(request, "accounts/_timeline.html", context)


@require_GET
def coming_year(request: Request, pk: int) -> HttpResponse:
    """What the coming 12 months hold."""
    account = get_object_or_404(Account.objects.visible_to(request.user).select_related("owner"), pk=pk)
    context = {"account": account, "months": coming(account, request.user)}
    return render(request, "accounts/_coming.html", context)


@require_GET
def why(request: Request, pk: int, touchpoint: int) -> HttpResponse:
    """The whole story of one date: the rule, the fact it counts from, every shift."""
    rows = Touchpoint.objects.visible_to(request.user).filter(account_id=pk)
    found = get_object_or_404(rows.select_related("account", "slot", "item__tier", "assignee"), pk=touchpoint)
    return render(request, "accounts/_why.html", {"sentences": explain(found, request.user)})
