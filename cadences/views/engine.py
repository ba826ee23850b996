"""The Engine page: what the night did, who is alive, and the switches; for admins alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from cadences import plans, tasks
from cadences.conscience import examine, latest_run
from cadences.services.schedule import set_nightly_at
from core.htmx import is_htmx, toast
from core.models import JobRun
from users.access import require_admin
from users.clock import company_today
from users.http import Request

NO_ANSWER = timedelta(seconds=45)


class HourForm(forms.Form):
    at = forms.TimeField(error_messages={"invalid": gettext_lazy("Enter the hour as 01:30.")})


@require_GET
def engine(request: Request) -> HttpResponse:
    """Last and next run, what they did, signs of life, troubled accounts."""
    require_admin(request.user)
    state = examine(all_runs="all" in request.GET)
    context = {"state": state, "today": company_today()} | _progress(request)
    return render(request, "cadences/engine.html", context)


@require_GET
def progress(request: Request) -> HttpResponse:
    """How the run that was asked for is getting on; the page asks again until it is over."""
    require_admin(request.user)
    context = _progress(request)
    if is_htmx(request) and context["phase"] in ("done", "failed"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "cadences/_engine_progress.html", context)


@require_POST
def run(request: Request) -> HttpResponse:
    """Ask a worker for tonight's run."""
    require_admin(request.user)
    asked = timezone.now()
    try:
        tasks.run_now.delay(asked_by=request.user.display_name)
    except OperationalError:
        words = _("The queue does not answer, so nothing was started. “python manage.py nightly” works too.")
        toast(request, words, level=messages.ERROR)
        return redirect("cadences:engine")
    if is_htmx(request):
        context = {"phase": "waiting", "asked": asked, "run": None}
        return render(request, "cadences/_engine_progress.html", context)
    response = redirect("cadences:engine")
    response["Location"] += f"?asked={asked.timestamp()}"
    return response


@require_POST
def switch(request: Request) -> HttpResponse:
    """Switch the schedule on or off."""
    require_admin(request.user)
    try:
        if request.POST.get("to") == "on":
            plans.switch_on(request.user)
            toast(request, _("The schedule is on: the first run starts within a minute."))
        else:
            plans.switch_off(request.user)
            toast(request, _("The schedule is off. What is owed stays as it is."))
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    return redirect("cadences:engine")


@require_POST
def hour(request: Request) -> HttpResponse:
    """Set the hour of the night."""
    require_admin(request.user)
    form = HourForm(request.POST)
    if not form.is_valid():
        context = {"state": examine(), "today": company_today(), "hour_form": form} | _progress(request)
        return render(request, "cadences/engine.html", context, status=422)
    set_nightly_at(request.user, form.cleaned_data["at"])
    toast(
        request,
        _("The night starts at %(at)s from now on.") % {"at": form.cleaned_data["at"].strftime("%H:%M")},
    )
    return redirect("cadences:engine")


def _progress(request: Request) -> dict[str, Any]:
    """Which phase the asked-for run is in: none, waiting, silent, running, done or failed."""
    asked = _moment(request.GET.get("asked", ""))
    found = latest_run()
    if found is not None and found.state == JobRun.State.RUNNING:
        return {"phase": "running", "asked": asked or timezone.now(), "run": found}
    if asked is None:
        return {"phase": "none", "asked": None, "run": found}
    begun = found is not None and found.started_at is not None and found.started_at >= asked
    if begun and found is not None:
        return {
            "phase": "done" if found.state == JobRun.State.DONE else "failed",
            "asked": asked,
            "run": found,
        }
    phase = "silent" if timezone.now() - asked > NO_ANSWER else "waiting"
    return {"phase": phase, "asked": asked, "run": None}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), tz=timezone.get_current_timezone())
    except (ValueError, OverflowError, OSError):
        return None
