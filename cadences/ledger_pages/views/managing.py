"""Accounts at risk of silence and the day of the team, for managers; evenness, for everybody their own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cadences.ledger_pages.choice import first_of
from cadences.ledger_pages.evenness import evenness as spread_of
from cadences.ledger_pages.scope import people_seen_by, require_manager, teams_seen_by
from cadences.ledger_pages.silence import REASONS, Wanted, at_risk, tiers_to_choose
from cadences.ledger_pages.team import team_day
from core.pagination import page_number
from core.text import whole_number
from users.clock import company_today, today_for
from users.http import Request


@require_safe
def silence(request: Request) -> HttpResponse:
    """Whom nobody checks in on, worst first."""
    require_manager(request.user)
    wanted = Wanted.read(request.GET)
    context = {
        "page": at_risk(request.user, wanted, page_number(request)),
        "wanted": wanted,
        "reasons": REASONS.items(),
        "teams": teams_seen_by(request.user).by_name(),
        "people": people_seen_by(request.user).by_name(),
        "tiers": tiers_to_choose(request.user),
        "today": company_today(),
    }
    return render(request, "ledger/silence.html", context)


@require_safe
def team(request: Request) -> HttpResponse:
    """Who has how much to do today."""
    require_manager(request.user)
    today = today_for(request.user)
    chosen = whole_number(request.GET.get("team", ""))
    context = {
        "day": team_day(request.user, today, chosen),
        "teams": teams_seen_by(request.user).by_name(),
        "chosen": chosen,
        "today": today,
    }
    return render(request, "ledger/team.html", context)


@require_safe
def evenness(request: Request) -> HttpResponse:
    """How one's contacts spread over a month; for managers also those of their teams."""
    today = today_for(request.user)
    first = first_of(request.GET.get("month", "")) or today.replace(day=1)
    chosen = whole_number(request.GET.get("team", ""))
    context = {
        "month": spread_of(request.user, first, today, chosen),
        "teams": teams_seen_by(request.user).by_name(),
        "chosen": chosen,
        "today": today,
    }
    return render(request, "ledger/evenness.html", context)
