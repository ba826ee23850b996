"""Expectations: what we led a customer to expect, and how it turned out."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.services import may_edit
from contacts import services
from contacts.models import Expectation
from contacts.promise_pages.forms import ExpectationForm, JudgeForm
from contacts.querysets import marked_own
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 6
"""On the account's page; all of them are one click away."""


@require_safe
def panel(request: Request, account_pk: int) -> HttpResponse:
    """For the account's page: what is not known yet first. ``all=1``: every one."""
    user = request.user
    account = get_object_or_404(Account.objects.visible_to(user).select_related("owner__team"), pk=account_pk)
    found = Expectation.objects.visible_to(user).filter(account=account).for_panel()
    rows = list(found if request.GET.get("all") == "1" else found[: SHOWN + 1])
    more = len(rows) > SHOWN and request.GET.get("all") != "1"
    shown = marked_own(rows[:SHOWN] if more else rows, user, editable=may_edit(user, account))
    return render(
        request, "contacts/_expectations.html", {"account": account, "expectations": shown, "more": more}
    )


@form_page
def add(request: Request, account_pk: int) -> HttpResponse:
    """What they now expect of us; anybody may have led them to it."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    form = ExpectationForm(posted(request), account=account, user=request.user)
    if attempt(form, lambda: services.record_expectation(request.user, account, **form.cleaned_data)):
        toast(request, _("Noted: we will see whether it is met."))
        return go(request, "accounts:detail", account_pk)
    title = _("What %(name)s expects") % {"name": account.name}
    back = reverse("accounts:detail", args=[account_pk])
    return form_reply(request, form, title=title, submit=_("Save"), back=back, back_text=account.name)


@form_page
def judge(request: Request, pk: int) -> HttpResponse:
    """Met, partly met or not met; what was not met is worth a concern."""
    found = editable(Expectation, request.user, pk)
    form = JudgeForm(posted(request))
    judged = attempt(form, lambda: services.judge_expectation(request.user, found, **form.cleaned_data))
    if judged:
        toast(request, _("Saved."), undo=reverse("contacts:expectation_reopen", args=[pk]))
        if judged.state == Expectation.State.NOT_MET:
            return _offer_concern(request, judged)
        return go(request, "accounts:detail", judged.account_id)
    back = reverse("accounts:detail", args=[found.account_id])
    title = _("Was it met? %(what)s") % {"what": found.what}
    return form_reply(
        request, form, title=title, submit=_("Save"), back=back, back_text=found.account.name,
        delete=reverse("bin:put_in", args=["expectation", pk]),
    )  # fmt: skip


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    """It is not known after all."""
    found = editable(Expectation, request.user, pk)
    services.reopen_expectation(request.user, found)
    toast(request, _("Open again: %(what)s") % {"what": found.what})
    return go(request, "accounts:detail", found.account_id)


def _offer_concern(request: Request, judged: Expectation) -> HttpResponse:
    """The form of a concern, filled in: raise it, or leave it at that."""
    query = urlencode({"expectation": judged.pk})
    answer = go(request, "contacts:concern_add", judged.account_id)
    for name in ("Location", "HX-Redirect"):
        if name in answer.headers:
            answer.headers[name] += f"?{query}"
    return answer
