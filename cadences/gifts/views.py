"""Gifts and greetings of a year: who gets one, can it arrive, what does it cost, did it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from cadences.gifts import listing, services
from cadences.gifts.forms import BudgetForm, GiftForm
from cadences.models import GiftBudget, Slot, Touchpoint
from cadences.services import require_editable
from core.forms import attempt, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from core.spreadsheets import csv_response
from core.text import whole_number
from users.access import require
from users.clock import today_for
from users.http import Request, is_own_path
from users.models import Company

FIRST_YEAR = 2000
OWNERS = ("me", "team", "all")
form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Choice:
    """Which list is looked at."""

    year: int
    slot: Slot | None
    owner: str
    slots: list[Slot]

    @property
    def query(self) -> str:
        return f"year={self.year}&slot={self.slot.pk if self.slot else ''}&owner={self.owner}"

    def accounts(self, request: Request) -> Any:
        return Account.objects.visible_to(request.user).of_owner(self.owner, request.user).order_by()

    def budget(self, request: Request) -> GiftBudget | None:
        found = GiftBudget.objects.visible_to(request.user).filter(year=self.year, slot=self.slot)
        return found.first() if self.slot else None


@require_safe
def year_list(request: Request) -> HttpResponse:
    """The list of a year and slot, with its budget."""
    choice = _choice(request)
    context: dict[str, Any] = {"choice": choice, "currency": Company.get().currency}
    context["years"] = range(today_for(request.user).year + 1, today_for(request.user).year - 4, -1)
    context["may_budget"] = request.user.is_manager or request.user.is_admin
    if choice.slot is not None:
        context |= _rows(request, choice, choice.slot)
    return render(request, "gifts/list.html", context)


@require_safe
def year_file(request: Request) -> StreamingHttpResponse:
    """The same list as a file, for whoever packs."""
    choice = _choice(request)
    if choice.slot is None:
        return csv_response("gifts.csv", listing.HEADER, ())
    accounts = choice.accounts(request).values("pk")
    rows = listing.file_rows(choice.year, choice.slot, accounts, choice.budget(request))
    return csv_response(f"{choice.slot.key}-{choice.year}.csv", listing.HEADER, rows)


@form_page
def budget(request: Request, year: int, slot: int) -> HttpResponse:
    """What the slot may cost that year, and what is usually sent."""
    user = request.user
    require(user.is_manager or user.is_admin, _("Managers and admins set the budget."))
    if not FIRST_YEAR <= year <= today_for(user).year + 1:
        raise Http404
    row = get_object_or_404(Slot.objects.visible_to(user).of_plans(), pk=slot)
    stored = GiftBudget.objects.visible_to(user).filter(year=year, slot=row).first()
    initial = {name: getattr(stored, name) for name in ("amount", "what", "each")} if stored else {}
    form = BudgetForm(posted(request), initial=initial)
    back = f"{reverse('gifts:list')}?year={year}&slot={row.pk}"
    if request.method == "POST":
        done = attempt(form, lambda: services.set_budget(user, year, row, **form.cleaned_data))
        if done is not None:
            toast(request, _("The budget is set."))
            return go(request, back)
    title = _("Budget %(year)d: %(slot)s") % {"year": year, "slot": row.name}
    return form_reply(request, form, title=title, back=back, submit=_("Save"))


@form_page
def gift(request: Request, pk: int) -> HttpResponse:
    """What this one is and costs."""
    row = get_object_or_404(
        Touchpoint.objects.visible_to(request.user).select_related("account", "slot"), pk=pk
    )
    require_editable(request.user, row)
    stored = getattr(row, "gift", None)
    initial = {"what": stored.what, "cost": stored.cost} if stored else {}
    form = GiftForm(posted(request), initial=initial)
    back = _back(request, row)
    if request.method == "POST":
        done = attempt(form, lambda: services.describe(request.user, row, **form.cleaned_data))
        if done is not None:
            toast(request, _("%(account)s: saved.") % {"account": row.account})
            return go(request, back)
    title = _("%(slot)s for %(account)s") % {"slot": row.slot, "account": row.account}
    return form_reply(request, form, title=title, back=back, submit=_("Save"))


@require_POST
def sent(request: Request, pk: int) -> HttpResponse:
    """Tick it sent."""
    return _verb(request, pk, services.tick_sent, _("%(account)s: sent, and logged."))


@require_POST
def thanks(request: Request, pk: int) -> HttpResponse:
    """They have said thanks."""
    return _verb(request, pk, services.note_thanks, _("%(account)s: thanks noted."))


def _verb(request: Request, pk: int, verb: Callable[..., object], words: str) -> HttpResponse:
    row = get_object_or_404(
        Touchpoint.objects.visible_to(request.user).select_related("account", "slot"), pk=pk
    )
    require_editable(request.user, row)
    try:
        verb(request.user, row)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        toast(request, words % {"account": row.account})
    return redirect(_back(request, row))


def _back(request: Request, row: Touchpoint) -> str:
    """The list that one came from."""
    asked = request.POST.get("back", "") or request.GET.get("back", "")
    usual = f"{reverse('gifts:list')}?year={row.planned_on.year}&slot={row.slot_id}"
    is_ours = asked.startswith(reverse("gifts:list")) and is_own_path(asked)
    return asked if is_ours else usual


def _rows(request: Request, choice: Choice, slot: Slot) -> dict[str, Any]:
    budget = choice.budget(request)
    accounts = choice.accounts(request)
    everything = listing.of_year(choice.year, slot, accounts.values("pk"))
    page = paginate(everything, page_number(request))
    ids = list(accounts.values_list("pk", flat=True)[: listing.MOST_ASKED + 1])
    is_asked = len(ids) <= listing.MOST_ASKED
    sums = listing.sums(choice.year, slot, budget)
    return {
        "page": page,
        "rows": listing.rows_of(page.rows, budget, request.user),
        "later": listing.later(choice.year, slot, ids, budget, today_for(request.user)) if is_asked else [],
        "is_asked": is_asked,
        "budget": budget,
        "total": sums[0],
        "owners": sums[1:],
    }


def _choice(request: Request) -> Choice:
    user = request.user
    usual = "team" if user.is_manager else "all" if user.is_admin else "me"
    owner = request.GET.get("owner", "")
    year = whole_number(request.GET.get("year", "")) or 0
    slots = list(listing.slots().visible_to(user))
    asked = whole_number(request.GET.get("slot", ""))
    chosen = next((slot for slot in slots if slot.pk == asked), slots[0] if slots else None)
    this_year = today_for(user).year
    return Choice(
        year if FIRST_YEAR <= year <= this_year + 1 else this_year,
        chosen,
        owner if owner in OWNERS else usual,
        slots,
    )
