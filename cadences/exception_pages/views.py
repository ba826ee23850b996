"""Exceptions: the list of all, and one account's: made, changed, ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import Account
from cadences import exceptions
from cadences.consequences import LEAVE, confirm_page, save_or_show
from cadences.exception_pages.forms import ExceptionForm
from cadences.exception_pages.rows import Choice, found, header, line
from cadences.models import Override, Slot
from core.forms import NoFields, editable, posted
from core.htmx import toast
from core.pagination import page_number, paginate
from core.spreadsheets import csv_response
from users.clock import company_today
from users.http import Request
from users.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def listing(request: Request) -> HttpResponse:
    """Every exception, the next to end first."""
    choice = Choice.read(request.GET)
    today = company_today()
    page = paginate(found(request.user, choice, today), page_number(request))
    mine = Override.objects.editable_by(request.user).filter(pk__in=[row.pk for row in page.rows])
    context = {
        "page": page,
        "rows": [line(row, today) for row in page.rows],
        "choice": choice,
        "editable": set(mine.values_list("pk", flat=True)),
        "slots": Slot.objects.visible_to(request.user).filter(overrides__isnull=False).distinct(),
        "owners": User.objects.visible_to(request.user).who_may_own_accounts().by_name(),
        "kinds": exceptions.What.choices,
    }
    return render(request, "exceptions/list.html", context)


@require_GET
def export(request: Request) -> HttpResponseBase:
    """The same list as a file, with the same filters."""
    today = company_today()
    rows = found(request.user, Choice.read(request.GET), today).iterator(chunk_size=2000)
    return csv_response("exceptions.csv", header(), (line(row, today).cells for row in rows))


@require_GET
def panel(request: Request, account_pk: int) -> HttpResponse:
    """The running exceptions of one account, for its page."""
    today = company_today()
    rows = Override.objects.visible_to(request.user).filter(account=account_pk).running(today).for_list()
    may_edit = Account.objects.editable_by(request.user).filter(pk=account_pk).exists()
    context = {"rows": [line(row, today) for row in rows], "account_pk": account_pk, "may_edit": may_edit}
    return render(request, "exceptions/_panel.html", context)


@form_page
def create(request: Request, account_pk: int) -> HttpResponse:
    """A new exception; what it changes is shown before it is saved."""
    account = editable(Account, request.user, account_pk, exceptions.NOT_YOURS)
    slots = exceptions.slots_for(account, company_today())
    form = ExceptionForm(posted(request), slots=slots)

    def verb() -> Override:
        return exceptions.make_exception(request.user, account, form.cleaned_data["slot"], form.wish())

    context = {"slots": slots, "title": _("Exception for %(name)s") % {"name": account.name}}
    return _form(request, form, account, verb, context)


@form_page
def edit(request: Request, pk: int) -> HttpResponse:
    """Another interval, reason or end."""
    override = editable(Override, request.user, pk, exceptions.NOT_YOURS)
    form = ExceptionForm(posted(request), override=override)

    def verb() -> Override:
        return exceptions.change_exception(request.user, override, form.wish())

    words = {"slot": override.slot.name, "name": override.account.name}
    context = {"override": override, "title": _("%(slot)s for %(name)s") % words}
    return _form(request, form, override.account, verb, context)


@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """From today on the plan holds again; what that moves is shown first."""
    override = editable(Override, request.user, pk, exceptions.NOT_YOURS)
    step = save_or_show(
        request,
        NoFields(request.POST),
        lambda: exceptions.end_exception(request.user, override),
        account_ids=lambda: [override.account_id],
    )
    if step.shown:
        words = {"slot": override.slot.name, "name": override.account.name}
        title = _("End the exception: %(slot)s for %(name)s") % words
        return confirm_page(request, step.shown, title=title, submit=_("End the exception"), keep=LEAVE)
    if not step.saved:
        return redirect("exceptions:edit", pk)
    toast(request, _("The exception is over: the plan holds again."))
    return redirect("accounts:detail", override.account_id)


def _form(
    request: Request, form: ExceptionForm, account: Account, verb: Any, context: dict[str, Any]
) -> HttpResponse:
    step = save_or_show(request, form, verb, account_ids=lambda: [account.pk])
    if step.saved:
        toast(request, _("The exception is in; what it changes has been moved."))
        return redirect("accounts:detail", account.pk)
    if step.shown:
        return confirm_page(request, step.shown, title=context["title"], submit=_("Save the exception"))
    back = {"back_url": reverse("accounts:detail", args=[account.pk]), "back_text": account.name}
    context |= {"form": form, "account": account, **back}
    return render(request, "exceptions/form.html", context, status=422 if form.errors else 200)
