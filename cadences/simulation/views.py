"""What a draft would cost: managers and admins read it, admins start it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadences.models import Plan, Simulation
from cadences.simulation import chart, runs, shown, words
from cadences.simulation.figures import Figures
from cadences.simulation.forms import FirstDayForm
from core.forms import attempt
from core.htmx import page_or_fragment, toast
from core.pagination import page_number, paginate
from core.spreadsheets import csv_response
from users.access import require_admin
from users.clock import company_today
from users.http import Request

PEOPLE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request, pk: int) -> HttpResponse:
    """POST asks for the figures; a plain link leads to those that are there."""
    if request.method == "POST":
        require_admin(request.user)
    plan = _plan(request, pk)
    if request.method != "POST":
        return redirect("simulation:detail", plan.pk)
    form = FirstDayForm(request.POST)
    started = attempt(form, lambda: runs.start(request.user, plan, form.cleaned_data["on"]))
    if started is None and not _is_busy(request, plan):
        return _page(request, plan, form)
    for said in form.errors.values():  # the page of a run at work asks again every second: a toast stays
        toast(request, " ".join(map(str, said)), level=messages.ERROR)
    return redirect("simulation:detail", plan.pk)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The latest simulation of a version; htmx asks again while a worker has it."""
    return _page(request, _plan(request, pk))


def _page(request: Request, plan: Plan, form: FirstDayForm | None = None) -> HttpResponse:
    simulation = Simulation.objects.visible_to(request.user).filter(plan=plan).latest_first().first()
    today = company_today()
    context = {"plan": plan, "simulation": simulation, **_standing(request, plan, simulation, today)}
    context["form"] = form or FirstDayForm(initial={"on": _usual_day(simulation, today)})
    if context["phase"] == "done" and simulation is not None:
        context |= _figures(request, simulation)
    status = 422 if form is not None else 200
    return page_or_fragment(request, "simulation/detail.html", "simulation/_state.html", context, status)


@require_safe
def people(request: Request, pk: int) -> HttpResponse | StreamingHttpResponse:
    """Users, week by week, as a file; the page, where there are no figures yet."""
    plan = _plan(request, pk)
    found = Simulation.objects.visible_to(request.user).filter(plan=plan, state=Simulation.State.DONE)
    simulation = found.latest_first().first()
    if simulation is None:
        return redirect("simulation:detail", plan.pk)
    figures = Figures(simulation.figures)
    name = f"plan-{plan.version}-simulated-{simulation.effective_from.isoformat()}.csv"
    return csv_response(name, shown.HEADER, shown.table(figures, shown.users_of(figures)))


def _plan(request: Request, pk: int) -> Plan:
    if not (request.user.is_manager or request.user.is_admin):
        raise PermissionDenied(_("Simulations are read by managers and admins."))
    plan: Plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)
    return plan


def _usual_day(simulation: Simulation | None, today: date) -> date:
    """The day that was asked about last, while it is still to come; else today."""
    return max(simulation.effective_from, today) if simulation is not None else today


def _is_busy(request: Request, plan: Plan) -> bool:
    runs_of_it = Simulation.objects.visible_to(request.user).filter(plan=plan)
    return bool(runs_of_it.filter(state__in=runs.BUSY).exists())


def _standing(request: Request, plan: Plan, simulation: Simulation | None, today: date) -> dict[str, Any]:
    """The phase (none, waiting, silent, running, stopped, failed, done) and what may be done in it."""
    phase = "none" if simulation is None else str(simulation.state)
    if simulation is not None and runs.has_stopped(simulation):
        phase = "stopped"
    elif simulation is not None and runs.is_left_alone(simulation):
        phase = "silent"
    is_draft = plan.state == Plan.State.DRAFT
    return {
        "phase": phase,
        "is_busy": phase in ("waiting", "silent", "running"),
        "may_start": is_draft and request.user.is_admin and phase not in ("waiting", "running"),
        "is_draft": is_draft,
        "starts_later": simulation is not None and simulation.effective_from > simulation.as_of,
        "is_stale": phase == "done" and is_draft and simulation is not None
        and simulation.fingerprint != runs.fingerprint(plan, today),
    }  # fmt: skip


def _figures(request: Request, simulation: Simulation) -> dict[str, Any]:
    figures = Figures(simulation.figures)
    users = shown.users_of(figures)
    search = request.GET.get("q", "").replace("\x00", "").strip()
    return {
        "figures": figures,
        "headline": words.headline(figures, users),
        "graph": shown.graph(figures, request.GET),
        "kinds": shown.kinds(figures),
        "page": paginate(shown.People(figures, users, search), page_number(request), PEOPLE),
        "q": search,
        "strip_height": chart.STRIP,
        "strip_limit": chart.LIMIT_Y,
        "samples": shown.sample_accounts(request.user, simulation),
    }
