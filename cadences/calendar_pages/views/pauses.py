"""Pausing an account: until a day, with a reason, and it resumes by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.models import Account
from cadences.calendar_pages.forms import PauseForm
from cadences.consequences import LEAVE, confirm_page, save_or_show
from core.forms import NoFields, editable, posted
from core.htmx import toast
from core.templatetags.ui import said
from users.clock import today_for
from users.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: Request, pk: int) -> HttpResponse:
    """Days on which nothing is owed to the account."""
    account = editable(Account, request.user, pk)
    today = today_for(request.user)
    is_paused = account.paused_until is not None and account.paused_until >= today
    names = ("paused_from", "paused_until", "pause_reason")
    initial = {name: getattr(account, name) for name in names} if is_paused else {"paused_from": today}
    form = PauseForm(posted(request), initial=initial)

    def verb() -> Account:
        first, last, reason = (form.cleaned_data[name] for name in names)
        return services.pause_account(request.user, account, first or today, last, reason)

    step = save_or_show(request, form, verb, account_ids=lambda: [pk])
    title = _("Pause %(name)s") % {"name": account.name}
    if step.saved:
        toast(request, _("Nothing is owed until %(day)s.") % {"day": said(form.cleaned_data["paused_until"])})
        return redirect("accounts:detail", pk)
    if step.shown:
        until = _("until %(day)s") % {"day": said(form.cleaned_data["paused_until"])}
        lead = f"{until}: {form.cleaned_data['pause_reason']}"
        return confirm_page(request, step.shown, title=title, lead=lead, submit=_("Pause the account"))
    context = {"form": form, "title": title, "submit": _("Pause"), "is_paused": is_paused, "account": account}
    back = {"back": reverse("accounts:detail", args=[pk]), "back_text": account.name}
    context |= back | {"extra": "calendars/_end_pause.html"} if is_paused else back
    return render(request, "calendars/form.html", context, status=422 if form.errors else 200)


@require_POST
def end_pause(request: Request, pk: int) -> HttpResponse:
    """All goes on from today; what is owed again is shown first."""
    account = editable(Account, request.user, pk)
    step = save_or_show(
        request,
        NoFields(request.POST),
        lambda: services.pause_account(request.user, account, None, None),
        account_ids=lambda: [pk],
    )
    if step.shown:
        title = _("End the pause of %(name)s") % {"name": account.name}
        return confirm_page(request, step.shown, title=title, submit=_("End the pause"), keep=LEAVE)
    if not step.saved:
        return redirect("accounts:pause", pk)
    toast(request, _("The pause is over: the plan goes on."), level=messages.SUCCESS)
    return redirect("accounts:detail", pk)
