"""Promises: what we and they promised, how that was kept, and what is done about one."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.services import may_edit
from contacts import services
from contacts.kept import KeptRate
from contacts.models import Commitment
from contacts.promise_pages.forms import MoveForm, PromiseForm
from contacts.querysets import marked_own
from contacts.services import CommitmentDraft
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, is_htmx, toast
from core.pagination import page_number, paginate
from core.templatetags.ui import said
from core.text import whole_number
from users.clock import today_for
from users.http import Request
from users.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])
STAYS = ("day", "list", "account")
"""Where one was; without it the account's page."""

STATES = ("due", "open", "closed", "all")


@require_safe
def promises(request: Request) -> HttpResponse:
    """What did I promise, and how do I keep it? Of oneself, a colleague, the team or everybody."""
    user, today = request.user, today_for(request.user)
    whose, state = request.GET.get("whose", ""), request.GET.get("state", "")
    whose = whose if whose in {"me", "team", "all"} or whole_number(whose) is not None else "me"
    state = state if state in STATES else "open"
    seen = Commitment.objects.visible_to(user).of_person(whose, user)
    page = paginate(seen.in_state(state, today).for_list(state), page_number(request))
    mine = set(
        Commitment.objects.editable_by(user)
        .filter(pk__in=[row.pk for row in page.rows])
        .values_list("pk", flat=True)
    )
    for row in page.rows:
        row.is_editable = row.pk in mine
    context = {
        "page": page,
        "whose": whose,
        "state": state,
        "today": today,
        "rate": KeptRate.of(seen.rates(today)[0]),
        "people": User.objects.visible_to(user).who_may_own_accounts().by_name(),
    }
    return render(request, "contacts/promises.html", context)


@require_safe
def of_account(request: Request, account_pk: int) -> HttpResponse:
    """Every promise between this account and us, closed ones too."""
    user, today = request.user, today_for(request.user)
    account = get_object_or_404(Account.objects.visible_to(user).select_related("owner__team"), pk=account_pk)
    seen = Commitment.objects.visible_to(user).filter(account=account)
    page = paginate(seen.for_list(), page_number(request))
    context = {
        "account": account,
        "page": page,
        "rows": marked_own(page.rows, user, editable=may_edit(user, account)),
        "today": today,
        "rate": KeptRate.of(seen.rates(today)[0]),
    }
    return render(request, "contacts/account_promises.html", context)


@require_safe
def rate(request: Request, account_pk: int) -> HttpResponse:
    """How we kept our word to this account, for the panel of its page."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    seen = Commitment.objects.visible_to(request.user).filter(account=account)
    context = {"account": account, "rate": KeptRate.of(seen.rates(today_for(request.user))[0])}
    return render(request, "contacts/_rate.html", context)


@form_page
def add(request: Request, account_pk: int) -> HttpResponse:
    """A promise that was made outside any log; anybody may have made it."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    form = PromiseForm(posted(request), account=account)
    if attempt(form, lambda: _made(request, account, form)):
        toast(request, _("The promise is on the account."))
        return go(request, "accounts:detail", account_pk)
    title = _("Promise: %(name)s") % {"name": account.name}
    back = reverse("accounts:detail", args=[account_pk])
    return form_reply(
        request, form, title=title, submit=_("Save the promise"), back=back, back_text=account.name,
        draft=f"promise-{account_pk}",
    )  # fmt: skip


@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """A promise was kept or broken."""
    promise = editable(Commitment, request.user, pk)
    try:
        done = services.close_commitment(request.user, promise, kept=request.POST.get("kept") == "1")
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    else:
        words = {"what": promise.what, "state": done.get_state_display().lower()}
        stays = request.POST.get("stay", "")
        undo = reverse("contacts:commitment_reopen", args=[pk]) + (f"?stay={stays}" if stays in STAYS else "")
        toast(request, _("%(what)s: %(state)s.") % words, undo=undo)
    return _back(request, promise)


@form_page
def move(request: Request, pk: int) -> HttpResponse:
    """A new date, with a reason."""
    promise = editable(Commitment, request.user, pk)
    form = MoveForm(posted(request))
    moved = attempt(form, lambda: services.move_commitment(request.user, promise, **form.cleaned_data))
    if moved:
        toast(request, _("Due %(day)s now: %(what)s") % {"day": said(moved.due_on), "what": moved.what})
        return _back(request, promise)
    title = _("New date: %(what)s") % {"what": promise.what}
    lead = ""
    if promise.judged_on < today_for(request.user):
        lead = _("It was due %(day)s: with a new date it still counts as late.") % {
            "day": said(promise.judged_on)
        }
    back = reverse("contacts:account_promises", args=[promise.account_id])
    return form_reply(
        request,
        form,
        title=title,
        submit=_("Set the new date"),
        back=back,
        back_text=_("Promises"),
        lead=lead,
        delete=reverse("bin:put_in", args=["promise", pk]),
    )


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    """Undo of kept or broken."""
    promise = editable(Commitment, request.user, pk)
    services.reopen_commitment(request.user, promise)
    toast(request, _("Open again: %(what)s") % {"what": promise.what})
    return _back(request, promise)


def _made(request: Request, account: Account, form: PromiseForm) -> Commitment:
    given = form.cleaned_data
    draft = CommitmentDraft(given["what"], given["due_on"], by_us=given["by_us"], channel=given["channel"])
    return services.make_commitment(request.user, account, draft, contact=given["contact"])


def _back(request: Request, promise: Commitment) -> HttpResponse:
    """Lists on the screen fetch themselves anew; everybody else is led to the account or the list."""
    stays = request.POST.get("stay") or request.GET.get("stay")
    if stays and is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"promises:changed": None})})
    if stays == "day":
        return go(request, "cadences:day")
    if stays == "list":
        return go(request, "contacts:promises")
    if stays == "account":
        return go(request, "contacts:account_promises", promise.account_id)
    return go(request, "accounts:detail", promise.account_id)
