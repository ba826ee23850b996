"""The ladder itself: what is owed to whom, in one version of the plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cadences.ladder.grid import ladder_of
from cadences.models import Plan
from cadences.plans import compare, version_before
from core.text import whole_number
from users.http import Request

MOST_VERSIONS = 20  # in the list; the rest on demand


@require_safe
def ladder(request: Request) -> HttpResponse:
    """The running version; where none runs, the newest one."""
    plans = Plan.objects.visible_to(request.user).with_people()
    plan = plans.running().first() or plans.newest_first().first()
    if plan is None:
        return render(request, "plan/none.html")
    return _page(request, plan)


@require_safe
def version(request: Request, pk: int) -> HttpResponse:
    """One version, to be edited if it is a draft and one may, else to be read."""
    return _page(request, get_object_or_404(Plan.objects.visible_to(request.user).with_people(), pk=pk))


def _page(request: Request, plan: Plan) -> HttpResponse:
    everything = Plan.objects.visible_to(request.user).with_people().newest_first()
    versions = list(everything if "all" in request.GET else everything[: MOST_VERSIONS + 1])
    context = {
        **ladder_context(request, plan),
        "versions": versions if "all" in request.GET else versions[:MOST_VERSIONS],
        "has_more": "all" not in request.GET and len(versions) > MOST_VERSIONS,
        "before": version_before(),
        "tabs": list(everything.not_retired_or(plan).order_by("version")),
    }
    return render(request, "plan/ladder.html", context)


def ladder_context(request: Request, plan: Plan, chosen: int | None = None) -> dict[str, Any]:
    """What header and grid show of a version; a phone shows the tier ``chosen``."""
    running = Plan.objects.visible_to(request.user).running().first()
    if chosen is None:
        chosen = whole_number(request.GET.get("tier", ""))
    draft = plan.state == Plan.State.DRAFT
    return {
        "plan": plan,
        "running": running,
        "ladder": ladder_of(plan, running if draft else None, chosen),
        "differences": len(compare(running, plan)) if draft and running else 0,
        "is_editable": draft and request.user.is_admin,
    }
