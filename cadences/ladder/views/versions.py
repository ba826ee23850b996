"""Versions of the plan: make a draft, compare, activate, cancel a start, discard, roll back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadences import plans
from cadences.ladder.forms import ActivateForm
from cadences.models import Plan, Schedule
from core.forms import posted
from core.htmx import toast
from core.text import whole_number
from users.access import require_admin
from users.clock import company_today
from users.http import Request


@require_POST
def draft(request: Request) -> HttpResponse:
    """A new draft: a copy of the version named in the form, else of the running one."""
    require_admin(request.user)
    source = whole_number(request.POST.get("of", ""))
    found = get_object_or_404(Plan.objects.visible_to(request.user), pk=source) if source else None
    try:
        made = plans.draft_of(request.user, found)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
        return redirect("plan:ladder")
    toast(
        request,
        _("Draft %(version)d is yours to change. Nothing is owed from it before you activate it.")
        % {"version": made.version},
    )
    return redirect("plan:version", made.pk)


@require_safe
def compare(request: Request, pk: int) -> HttpResponse:
    """What a version changes, in words, against another one; against the running one if none is said."""
    plan, others = _plan(request, pk), Plan.objects.visible_to(request.user).exclude(pk=pk).newest_first()
    wanted = whole_number(request.GET.get("with", ""))
    other = (others.filter(pk=wanted).first() if wanted else None) or _other(plan, others)
    context = {
        "plan": plan,
        "other": other,
        "others": list(others),
        "differences": plans.compare(other, plan) if other else [],
        "oddities": plans.oddities(plan),
    }
    return render(request, "plan/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: Request, pk: int) -> HttpResponse:
    """Let a draft take over from a day on."""
    require_admin(request.user)
    plan = _plan(request, pk)
    form = ActivateForm(posted(request), initial={"on": _wished_day(request), "note": plan.note})

    def verb() -> Plan:
        plans.name_draft(request.user, plan, form.cleaned_data["note"])
        return plans.activate(request.user, plan, form.cleaned_data["on"])

    found = form.attempt(verb) if request.method == "POST" else None
    if found is not None:
        return _told(request, found)
    running = Plan.objects.visible_to(request.user).running().first()
    context = {
        "form": form, "plan": plan, "running": running, "differences": plans.compare(running, plan),
        "oddities": plans.oddities(plan), **_about_today(),
    }  # fmt: skip
    return render(request, "plan/activate.html", context, status=422 if form.errors else 200)


@require_POST
def note(request: Request, pk: int) -> HttpResponse:
    """Say in a line what a draft is about."""
    require_admin(request.user)
    plan = _plan(request, pk)
    try:
        plans.name_draft(request.user, plan, request.POST.get("note", ""))
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    return redirect("plan:version", plan.pk)


@require_POST
def unschedule(request: Request, pk: int) -> HttpResponse:
    """Cancel the start of a version that waits for its day."""
    require_admin(request.user)
    plan = _plan(request, pk)
    try:
        plans.unschedule(request.user, plan)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        words = _("The start is cancelled: plan %(version)d is a draft again.") % {"version": plan.version}
        toast(request, words)
    return redirect("plan:version", plan.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away; it cannot be taken back, so it is asked first."""
    require_admin(request.user)
    plan, problem = _plan(request, pk), ""
    if request.method == "POST":
        try:
            plans.discard(request.user, plan)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
        else:
            toast(request, _("Draft %(version)d is gone.") % {"version": plan.version})
            return redirect("plan:ladder")
    running = Plan.objects.visible_to(request.user).running().first()
    lost = plans.compare(running, plan)
    context = {"plan": plan, "running": running, "differences": lost, "problem": problem}
    return render(request, "plan/discard.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def roll_back(request: Request) -> HttpResponse:
    """Go back to what the version before the running one said."""
    require_admin(request.user)
    running = Plan.objects.visible_to(request.user).running().first()
    since = running.effective_from if running is not None else None
    form = ActivateForm(posted(request), initial={"on": max(company_today(), since or company_today())})
    form.fields.pop("note")
    if request.method == "POST":
        found = form.attempt(lambda: plans.roll_back(request.user, form.cleaned_data["on"]))
        if found is not None:
            return _told(request, found)
    before = plans.version_before()
    context = {
        "form": form, "before": before, "running": running, **_about_today(),
        "differences": plans.compare(running, before) if before and running else [],
    }  # fmt: skip
    return render(request, "plan/roll_back.html", context, status=422 if form.errors else 200)


def _wished_day(request: Request) -> date:
    """The day that was simulated, if the link names one that is to come; else tomorrow."""
    try:
        wished = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        wished = date.min
    return wished if wished >= company_today() else company_today() + timedelta(days=1)


def _plan(request: Request, pk: int) -> Plan:
    found: Plan = get_object_or_404(Plan.objects.visible_to(request.user).with_people(), pk=pk)
    return found


def _other(plan: Plan, others: Any) -> Plan | None:
    """What people mean by "what is different": the running version; of the running one, the one before."""
    if plan.state == Plan.State.RUNNING:
        return plans.version_before()
    found: Plan | None = others.running().first() or plan.made_from
    return found


def _about_today() -> dict[str, Any]:
    """Whether a start today shows at once, and for how many accounts."""
    return {
        "is_at_once": plans.is_at_once(),
        "accounts": plans.accounts_concerned(),
        "schedule_on": Schedule.get().is_on,
    }


def _told(request: Request, plan: Plan) -> HttpResponse:
    """Back to the ladder, with what happens now."""
    words = {"version": plan.version, "on": date_format(plan.effective_from or company_today(), "j F Y")}
    if plan.state == Plan.State.SCHEDULED:
        said = _("Plan %(version)d takes over in the night of %(on)s.")
    elif not Schedule.get().is_on:
        said = _("Plan %(version)d runs. The schedule is off: nothing is owed before it is switched on.")
    elif plans.is_at_once():
        said = _("Plan %(version)d runs from today; what is owed follows it already.")
    else:
        said = _("Plan %(version)d runs from today. What is owed is being recomputed: see the Engine page.")
    toast(request, said % words)
    return redirect("plan:version", plan.pk)
