"""Everybody reads which tiers there are and why; admins change them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from accounts.models import Tier, TierLift
from cadences import tasks, tiers
from cadences.tier_pages.forms import LiftsForm, TierForm
from cadences.tier_pages.shown import Ladder, Preview
from cadences.tiering import rules_now, weigh
from core.forms import attempt, editable, posted
from core.htmx import toast
from core.text import whole_number
from users.access import require_admin
from users.http import Request
from users.models import Company

ADMINS_ONLY = gettext_lazy("Tiers are changed by admins.")
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def listing(request: Request) -> HttpResponse:
    """The ladder: highest tier first, with its rule in words and its number of accounts."""
    ladder = Ladder.of(list(Tier.objects.visible_to(request.user).for_ladder()), Company.get().currency)
    return render(request, "tiers/list.html", {"ladder": ladder})


@require_safe
def tonight(request: Request) -> HttpResponse:
    """What the next night does to tiers, by the rules as they are stored."""
    require_admin(request.user)
    shown = Preview.of(rules_now(), _steps(request.GET), _page(request.GET))
    context = {"shown": shown, "too_much": tiers.is_too_much(shown.weighing)}
    return render(request, "tiers/_tonight.html", context)


@require_POST
def apply(request: Request) -> HttpResponse:
    """Move accounts now instead of tonight; very many of them are moved by a worker."""
    require_admin(request.user)
    if tiers.is_too_much(weigh()):
        return _apply_in_the_background(request)
    moved = tiers.apply_now(request.user)
    words = ngettext("%(n)d account has moved.", "%(n)d accounts have moved.", moved)
    toast(request, words % {"n": moved} if moved else _("No account had to move."))
    return redirect("tiers:list")


def _apply_in_the_background(request: Request) -> HttpResponse:
    try:
        tasks.run_now.delay(asked_by=request.user.display_name)
    except OperationalError:
        words = _("The queue does not answer, so nothing was started. “python manage.py nightly” works too.")
        toast(request, words, level=messages.ERROR)
        return redirect("tiers:list")
    toast(request, _("Many accounts move: tonight's run does it now, in the background."))
    return redirect("cadences:engine")


@form_page
def create(request: Request) -> HttpResponse:
    """A new tier with its rule."""
    require_admin(request.user)
    return _tier_page(request, None)


@form_page
def edit(request: Request, pk: int) -> HttpResponse:
    """A tier and its rule."""
    return _tier_page(request, editable(Tier, request.user, pk, ADMINS_ONLY))


def _tier_page(request: Request, tier: Tier | None) -> HttpResponse:
    form = _form(request, posted(request), tier)
    saved = attempt(form, lambda: tiers.save_tier(request.user, tier, **form.rule()))
    if saved:
        toast(request, _("%(tier)s is saved. No account has moved yet.") % {"tier": saved.name})
        return redirect("tiers:list")
    context = {"form": form, "tier": tier, "uses": tiers.uses(tier) if tier else []}
    return render(request, "tiers/form.html", context, status=422 if form.is_bound else 200)


@require_POST
def conditions(request: Request) -> HttpResponse:
    """The rows of the rule again: with one more, one less, or another fact. Nothing is saved."""
    require_admin(request.user)
    form = _form(request, request.POST, None)
    context = {"form": form, "added": "add" in request.POST, "removed": "remove" in request.POST}
    reply = render(request, "tiers/_conditions.html", context)
    reply["HX-Trigger-After-Settle"] = "tend:rule"
    return reply


@require_POST
def preview(request: Request) -> HttpResponse:
    """What the rule would do, as it stands in the form. Nothing is saved."""
    require_admin(request.user)
    tier = (
        Tier.objects.editable_by(request.user).filter(pk=whole_number(request.POST.get("tier", ""))).first()
    )
    data = request.POST.copy()
    data["name"] = data.get("name", "").strip() or _("This tier")
    form = _form(request, data, tier)
    shown = None
    if form.is_valid():
        rule = {name: value for name, value in form.rule().items() if name not in {"colour", "description"}}
        rules = tiers.drafted(tier, **rule)
        shown = Preview.of(rules, _steps(request.POST), _page(request.POST))
    context = {"shown": shown, "address": reverse("tiers:preview"), "form": "#tier-form", "wrong": form.wrong}
    return render(request, "tiers/_preview.html", context)


@form_page
def lifts(request: Request) -> HttpResponse:
    """By how many tiers the network lifts."""
    require_admin(request.user)
    form = LiftsForm(posted(request), _lifts(request))
    if form.is_valid() and attempt(form, lambda: tiers.set_lifts(request.user, form.lifts) or True):
        toast(request, _("Saved. No account has moved yet."))
        return redirect("tiers:list")
    return render(request, "tiers/lifts.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def preview_lifts(request: Request) -> HttpResponse:
    """What the lifts of the form would do. Nothing is saved."""
    require_admin(request.user)
    form = LiftsForm(request.POST, {})
    shown = None
    if form.is_valid():
        shown = Preview.of(tiers.lifted(form.lifts), _steps(request.POST), _page(request.POST))
    address = reverse("tiers:preview_lifts")
    return render(request, "tiers/_preview.html", {"shown": shown, "address": address, "form": "#lifts-form"})


@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """One step up or down the ladder."""
    tier = editable(Tier, request.user, pk, ADMINS_ONLY)
    try:
        tiers.move_tier(request.user, tier, up=request.POST.get("up") == "1")
        toast(request, _("What accounts are owed follows with the next night."))
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    return redirect("tiers:list")


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Refused, with words, while anything uses the tier."""
    tier = editable(Tier, request.user, pk, ADMINS_ONLY)
    try:
        tiers.delete_tier(request.user, tier)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
        is_there = Tier.objects.visible_to(request.user).filter(pk=pk).exists()
        return redirect("tiers:edit", pk) if is_there else redirect("tiers:list")
    toast(request, _("%(tier)s is gone.") % {"tier": tier.name})
    return redirect("tiers:list")


def _form(request: Request, data: Any, tier: Tier | None) -> TierForm:
    order = list(Tier.objects.visible_to(request.user).order_by("rank"))
    return TierForm(data, tier, Company.get().currency, order)


def _lifts(request: Request) -> dict[int, int]:
    return dict(TierLift.objects.visible_to(request.user).values_list("network", "tiers"))


def _steps(sent: Any) -> tuple[int, int] | None:
    """The move whose accounts are asked for, sent as "1-2"."""
    old, _dash, new = sent.get("move", "").partition("-")
    before, after = whole_number(old), whole_number(new)
    return None if before is None or after is None else (min(before, 999), min(after, 999))


def _page(sent: Any) -> int:
    return min(max(whole_number(sent.get("page", "")) or 1, 1), 99_999)
