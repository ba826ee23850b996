"""Owed against delivered: the figures, and the touchpoints behind each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account, Tier
from cadences.ledger_pages.choice import DIMENSIONS, EVERY_YEAR, Choice
from cadences.ledger_pages.figures import ledger, table
from cadences.ledger_pages.marks import MARKS, WORDS
from cadences.ledger_pages.rows import HEADER, file_rows, rows_page
from cadences.ledger_pages.scope import people_seen_by, teams_seen_by
from cadences.models import SLOT_TODO, Slot
from core.pagination import page_number
from core.spreadsheets import csv_response
from users.clock import today_for
from users.http import Request

SHOWN_YEARS = 5


@require_safe
def mine(request: Request) -> HttpResponse:
    """What was owed, and what of it was delivered: by month, and by person, account, tier or slot."""
    today = today_for(request.user)
    choice = Choice.read(request.GET, request.user, today)
    context = {
        "ledger": ledger(request.user, choice, today, page_number(request)),
        "words": WORDS,
        **_filters(request, choice),
    }
    return render(request, "ledger/figures.html", context)


@require_safe
def table_file(request: Request) -> StreamingHttpResponse:
    """The table by line and period as a file."""
    today = today_for(request.user)
    choice = Choice.read(request.GET, request.user, today)
    header = [DIMENSIONS[choice.by], _("Month") if choice.is_by_month else _("Year")]
    header += [WORDS[mark] for mark in ("owed", *MARKS)] + [_("Kept, of 100")]
    rows = (
        [label, period, *(number for _mark, number in figures.cells), figures.kept]
        for label, period, figures in table(request.user, choice, today)
    )
    return csv_response(f"ledger-{choice.by}-{choice.year or EVERY_YEAR}.csv", header, rows)


@require_safe
def rows(request: Request) -> HttpResponse:
    """The touchpoints behind a number."""
    today = today_for(request.user)
    choice = Choice.read(request.GET, request.user, today)
    context = {
        "page": rows_page(request.user, choice, today, page_number(request)),
        "marks": [(mark, WORDS[mark]) for mark in ("owed", *MARKS)],
        "today": today,
        "back_query": choice.query(mark=None),
        **_filters(request, choice),
    }
    return render(request, "ledger/rows.html", context)


@require_safe
def rows_file(request: Request) -> StreamingHttpResponse:
    """The same touchpoints, all of them, as a file."""
    today = today_for(request.user)
    choice = Choice.read(request.GET, request.user, today)
    return csv_response("ledger-rows.csv", HEADER, file_rows(request.user, choice, today))


def _filters(request: Request, choice: Choice) -> Mapping[str, Any]:
    """What can be chosen, and what is."""
    user = request.user
    this_year = today_for(user).year
    accounts = Account.objects.visible_to(user)
    years = {*range(this_year - SHOWN_YEARS + 1, this_year + 1), *([choice.year] if choice.year else [])}
    people = people_seen_by(user).by_name() if user.is_manager or user.is_admin else None
    return {
        "choice": choice,
        "query": choice.query(),
        "years": sorted(years, reverse=True),
        "dimensions": DIMENSIONS.items(),
        "people": people,
        "teams": teams_seen_by(user).by_name(),
        "tiers": Tier.objects.visible_to(user).order_by("-rank"),
        "slots": Slot.objects.visible_to(user).exclude(key=SLOT_TODO).order_by("name"),
        "account": accounts.filter(pk=int(choice.account)).first() if choice.account else None,
    }
