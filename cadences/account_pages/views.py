"""Pages of one account."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Account
from accounts.services import may_edit
from cadences.account_pages import standing
from cadences.account_pages.coming import coming
from cadences.account_pages.timeline import FIRST, KINDS, SIZE, Choice, choosable, timeline
from cadences.models import Touchpoint
from cadences.why import explain
from contacts.models import Ask
from contacts.querysets import marked_own
from users.clock import today_for
from users.http import Request


@require_safe
def account_detail(request: Request, pk: int) -> HttpResponse:
    """How do we stand, and what next?"""
    today = today_for(request.user)
    found = standing.for_page(request.user, pk)
    if not found:
        raise Http404
    (account,) = found
    context = standing.page_facts(account, request.user, today) | _stream(request, account, FIRST)
    context["choosable"] = choosable(
        account, context["standing"].deputy, context["people"], request.user, context["stream"]
    )
    return render(request, "accounts/detail.html", context)


@require_GET
def account_timeline(request: Request, pk: int) -> HttpResponse:
    """What happened, as the filter wants it; or only the entries before or after one of them."""
    account = _account(request, pk)
    context = _stream(request, account) | {
        "account": account,
        "is_editable": may_edit(request.user, account),
    }
    choice = context["choice"]
    if choice.before or choice.after:
        return render(request, "accounts/_timeline.html", context)
    response = render(request, "accounts/_timeline_body.html", context)
    response["HX-Replace-Url"] = f"{reverse('accounts:detail', args=[pk])}?{choice.filters}".rstrip("?")
    return response


def _stream(request: Request, account: Account, size: int = SIZE) -> dict[str, Any]:
    choice = Choice.read(request.GET)
    stream = timeline(account, choice, request.user.time_zone, today_for(request.user), size)
    return {"stream": stream, "choice": choice, "kinds": KINDS}


@require_GET
def coming_year(request: Request, pk: int) -> HttpResponse:
    """What the coming 12 months hold."""
    account = _account(request, pk)
    context = {"account": account, "months": coming(account, request.user)}
    return render(request, "accounts/_coming.html", context)


@require_GET
def concerns(request: Request, pk: int) -> HttpResponse:
    """All concerns of the page's panel, of which the page itself shows the worst."""
    account, today = _account(request, pk), today_for(request.user)
    rows = standing.concerns_of(account, today).select_related("contact", "owner", "raised_by")
    found = marked_own(rows, request.user, editable=may_edit(request.user, account))
    context = {
        "account": account,
        "concerns": found,
        "shown_concerns": found,
        "autofocus_on": standing.FIRST_CONCERNS + 1,
        "today": today,
    }
    return render(request, "accounts/_concerns.html", context)


@require_GET
def asks(request: Request, pk: int) -> HttpResponse:
    """The latest asks for referrals and testimonials."""
    account = _account(request, pk)
    rows = Ask.objects.visible_to(request.user).latest_of(account)
    context = {"asks": marked_own(rows, request.user, editable=may_edit(request.user, account))}
    return render(request, "accounts/_asks.html", context)


@require_GET
def why(request: Request, pk: int, touchpoint: int) -> HttpResponse:
    """The whole story of one date: the rule, the fact it counts from, every shift."""
    rows = Touchpoint.objects.visible_to(request.user).filter(account_id=pk)
    found = get_object_or_404(rows.select_related("account", "slot", "item__tier", "assignee"), pk=touchpoint)
    return render(request, "accounts/_why.html", {"sentences": explain(found, request.user)})


def _account(request: Request, pk: int) -> Account:
    rows = Account.objects.visible_to(request.user).select_related("owner")
    found: Account = get_object_or_404(rows, pk=pk)
    return found
