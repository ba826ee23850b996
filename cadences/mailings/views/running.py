"""A mailing on its way: what became of everybody, and holding it back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadences.mailings import shown
from core.htmx import toast
from core.keyset import KeysetPage, Phases, cut, read_cursor
from core.pagination import PAGE_SIZE
from core.spreadsheets import csv_response
from correspondence.mailings import services
from correspondence.models import Mailing, Outcome
from users.clock import company_today
from users.http import Request
from users.models import User


def page(request: Request, mailing: Mailing) -> HttpResponse:
    """Totals, then everybody with what became of them."""
    counts = mailing.recipients.by_outcome()
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in Outcome.values else ""
    found = _page(mailing, outcome, counts, request.GET.get("at", ""))
    context = _state(mailing, counts) | {
        "page": found,
        "lines": [(row, str(Outcome(row.outcome).label), shown.why(row)) for row in found.rows],
        "outcome": outcome,
        "label": str(Outcome(outcome).label) if outcome else "",
        "address": f"?outcome={outcome}",
    }
    return render(request, "mailings/results.html", context)


def _page(mailing: Mailing, outcome: str, counts: dict[str, int], at: str) -> KeysetPage:
    rows = mailing.recipients.with_outcome().filter(outcome=outcome) if outcome else mailing.recipients.all()
    part = cut(Phases(rows, None, "id", kind=Decimal), read_cursor(at), PAGE_SIZE)
    ids = [edge.row_id for edge in part.edges]
    found = mailing.recipients.with_outcome().for_list().filter(pk__in=ids)
    total = counts.get(outcome, 0) if outcome else sum(counts.values())
    return KeysetPage(
        list(found), part.position + 1 if ids else 0, total, False, part.previous, part.next
    )  # fmt: skip


def _state(mailing: Mailing, counts: dict[str, int]) -> dict[str, Any]:
    tabs = shown.tabs(counts)
    return {
        "mailing": mailing,
        "tabs": tabs,
        "everybody": sum(counts.values()),
        "uncertain": counts.get(Outcome.UNCERTAIN, 0),
        "waiting": counts.get(Outcome.WAITING, 0),
    }


def _mine(request: Request, pk: int) -> Mailing:
    found: Mailing = get_object_or_404(Mailing.objects.visible_to(request.user).for_list(), pk=pk)
    return found


@require_GET
def state(request: Request, pk: int) -> HttpResponse:
    """How it stands now; the page asks while it runs."""
    mailing = _mine(request, pk)
    # outcomes of a large one cost more than a step of making it: they are counted when all pieces are there
    counts = {} if mailing.is_preparing else mailing.recipients.by_outcome()
    return render(request, "mailings/_state.html", _state(mailing, counts))


@require_GET
def export(request: Request, pk: int) -> StreamingHttpResponse:
    """Everybody with what became of them, as a file."""
    mailing = _mine(request, pk)
    header = (_("Account"), _("Contact"), _("Address"), _("From"), _("Outcome"), _("Why"), _("On"))
    rows = mailing.recipients.with_outcome().for_list().iterator(chunk_size=2000)
    cells = (
        (row.account.name, str(row.contact or ""), row.address, str(row.sender or ""),
         str(Outcome(row.outcome).label), shown.why(row), row.piece.left_on if row.piece else None)
        for row in rows
    )  # fmt: skip
    return csv_response(f"mailing-{pk}-{company_today().isoformat()}.csv", header, cells)


@require_POST
def pause(request: Request, pk: int) -> HttpResponse:
    """Hold back what has not left."""
    return _do(request, pk, services.pause, _("Paused: what has not left is held back."))


@require_POST
def resume(request: Request, pk: int) -> HttpResponse:
    """Go on with what was held back."""
    return _do(request, pk, services.resume, _("It goes on."))


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """For good."""
    return _do(request, pk, services.stop, _("Stopped: what has not left never leaves."))


def _do(request: Request, pk: int, verb: Callable[[User, Mailing], Mailing], words: str) -> HttpResponse:
    try:
        verb(request.user, _mine(request, pk))
        toast(request, words)
    except ValidationError as refusal:
        toast(request, " ".join(refusal.messages), level=messages.WARNING)
    return redirect("mailings:detail", pk)
