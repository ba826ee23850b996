"""The steps of somebody's leaving: their accounts, one by one, everything else, look and confirm."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.htmx import toast
from imports.leaving import services
from imports.leaving.choices import Choices
from imports.leaving.shown import Leaving, leaving
from users.access import require, require_admin
from users.http import Request
from users.models import User

STEPS = ("accounts", "single", "rest", "confirm")
WORDS = {
    "accounts": lazy("Accounts"),
    "single": lazy("Account by account"),
    "rest": lazy("Everything else"),
    "confirm": lazy("Look and confirm"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Request, pk: int) -> HttpResponse:
    """One step after the other; what is chosen travels along, and only the last one writes."""
    require_admin(request.user)
    who = get_object_or_404(User.objects.visible_to(request.user).select_related("team"), pk=pk)
    require(who != request.user, _("Nobody deactivates themself. Ask another admin."))
    sent = request.POST if request.method == "POST" else request.GET
    choices, problem = Choices.of(sent), ""
    if request.method == "POST" and sent.get("act") == "leave":
        problem = _leave(request, who, choices)
        if not problem:
            return redirect("users:edit", who.pk)
    shown = leaving(request.user, who, choices)
    steps = _steps(shown)
    step = _step(steps, "confirm" if problem else sent.get("step", ""))
    here = steps.index(step)
    context = {
        "shown": shown,
        "person": who,
        "problem": problem,
        "is_over": shown.holds_nothing and not who.is_active,
        "steps": [(name, WORDS[name]) for name in steps],
        "step": step,
        "before": steps[here - 1] if here else "",
        "after": "" if step == "confirm" else STEPS[STEPS.index(step) + 1],
    }
    return render(request, "leaving/person.html", context, status=422 if problem else 200)


def _leave(request: Request, who: User, choices: Choices) -> str:
    """What is wrong, in words; nothing when it is done."""
    was_active = who.is_active
    try:
        done = services.leave(request.user, who, choices, request.POST.get("seen", ""))
    except ValidationError as refused:
        return " ".join(refused.messages)
    words = _("%(name)s has been deactivated and signed out everywhere.")
    if not was_active:
        words = _("What %(name)s still had has been handed over.")
    words %= {"name": who.display_name}
    if done.accounts:
        told = ngettext("%(n)d account has a new owner, who has been told.",
                        "%(n)d accounts have new owners, who have been told.", done.accounts)  # fmt: skip
        words = f"{words} {told % {'n': done.accounts}}"
    back = None
    if done.change is not None:
        back = reverse("accounts:bulk", args=[done.change.pk]), _("Take back")
    toast(request, words, level=messages.SUCCESS, link=back)
    return ""


def _steps(shown: Leaving) -> list[str]:
    """Those that have something to ask for this person; the last one always."""
    asked = {
        "accounts": bool(shown.accounts),
        "single": shown.division.is_single and len(shown.division.owners) > 1,
        "rest": any(part.rest for part in shown.parts),
        "confirm": True,
    }
    return [step for step in STEPS if asked[step]]


def _step(steps: list[str], wanted: str) -> str:
    """The step asked for; one that has nothing to ask gives way to the next."""
    if wanted in STEPS:
        return next(step for step in steps if STEPS.index(step) >= STEPS.index(wanted))
    return steps[0]
