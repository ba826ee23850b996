"""Logs outside My day: from an account's page, corrected, withdrawn, undone."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from cadences import services
from cadences.forms import CorrectForm, LogForm, WithdrawForm, errors_into
from cadences.next_date import next_working_day
from cadences.sheet import Sheet, for_logging, open_to_tick
from cadences.views.day import number
from contacts.models import Contact, Interaction
from contacts.services import correct_interaction, withdraw_interaction
from core.htmx import go, is_htmx, page_or_fragment, toast
from users.http import Request
from users.models import User

CHOICES = 8
"""Accounts and people that the chooser offers at once."""

RECENT_LOGS = 40


@require_GET
def anywhere(request: Request) -> HttpResponse:
    """From a page without an account: which one? By search, or one of those logged on lately."""
    user = request.user
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    context: dict[str, Any] = {"q": text}
    if len(text) > 1:
        found = Account.objects.visible_to(user).search(text).order_by("name_folded", "id")
        context["accounts"] = found.select_related("owner")[:CHOICES]
        people = Contact.objects.visible_to(user).search(text).employed().select_related("account")
        context["people"] = people[:CHOICES]
    else:
        context["recent"] = Account.objects.visible_to(user).filter(pk__in=_lately(user))
    fragment = "_log_found" if "q" in request.GET else "_log_choose"
    return page_or_fragment(request, "cadences/log_choose.html", f"cadences/{fragment}.html", context)


@require_http_methods(["GET", "POST"])
def log(request: Request, pk: int) -> HttpResponse:
    """Log a contact on any account; what it counts as is asked where it is not certain."""
    user = request.user
    account = get_object_or_404(Account.objects.visible_to(user).select_related("owner", "tier"), pk=pk)
    sheet, ticks = for_logging(user, account), open_to_tick(user, account)
    in_dialog = request.GET.get("dialog") == "1"  # above a page that may have a log form of its own
    form = LogForm(
        request.POST or None,
        sheet=sheet,
        ticks=ticks,
        initial=_with_whom(request, sheet),
        auto_id="dialog_%s" if in_dialog else "log_%s",
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                made = services.record_on_account(user, account, form.submission(), form.ticked())
            except ValidationError as refused:
                refuse(form, refused)
            else:
                undo = reverse("cadences:undo", args=[made.pk])
                toast(request, _("Saved."), undo=undo, link=thanks_link(made))
                return _after_log(request, pk)
        status = 422
    tomorrow = next_working_day(sheet.today)
    context = {
        "form": form,
        "sheet": sheet,
        "account": account,
        "retries": [sheet.today, tomorrow],
        "in_dialog": in_dialog,
    }
    return page_or_fragment(request, "cadences/log.html", "cadences/_log.html", context, status)


@require_http_methods(["GET", "POST"])
def correct(request: Request, pk: int) -> HttpResponse:
    """Change a log; the row as it was stays in the history."""
    user = request.user
    interaction = _mine(request, pk)
    form = CorrectForm(request.POST or None, instance=interaction)
    if request.method == "POST" and form.is_valid():
        try:
            correct_interaction(user, interaction, **form.cleaned_data)
        except ValidationError as refused:
            errors_into(form, refused)
        else:
            toast(request, _("Corrected. The log as it was stays in the history."))
            return go(request, "accounts:detail", interaction.account_id)
    return _form_page(request, form, interaction, _("Correct this log"), _("Save the correction"))


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a log back with a reason; what it had closed is owed again."""
    user = request.user
    interaction = _mine(request, pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_interaction(user, interaction, form.cleaned_data["reason"])
        except ValidationError as refused:
            errors_into(form, refused)
        else:
            toast(request, _("Withdrawn. What it had closed is owed again."))
            return go(request, "accounts:detail", interaction.account_id)
    return _form_page(request, form, interaction, _("Withdraw this log"), _("Withdraw the log"))


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Right after saving: as if it had not been logged; ``at`` leads back to its line on My day."""
    user = request.user
    interaction = _mine(request, pk)
    try:
        services.undo_log(user, interaction)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    touchpoint = number(request.GET.get("at"))
    if touchpoint:
        return redirect(f"{reverse('cadences:day')}?at={touchpoint}&undone=1")
    return redirect("accounts:detail", interaction.account_id)


def thanks_link(made: Interaction) -> tuple[str, str] | None:
    """After a talk: the mail and the letter that thank for it."""
    if not made.reached:
        return None
    return reverse("correspondence:thank_you", args=[made.pk]), _("Thank you")


def refuse(form: LogForm, refused: ValidationError) -> None:
    """What the verb refused, at its field; after a lost answer the form is a new one."""
    errors_into(form, refused)
    if isinstance(refused, services.SavedBeforeError):
        form.renew_token()


def _lately(user: User) -> list[int]:
    """The accounts this user logged on last: where the next log is likely."""
    logs = Interaction.objects.visible_to(user).logged_by(user).values_list("account", flat=True)
    return list(dict.fromkeys(logs[:RECENT_LOGS]))[:CHOICES]


def _with_whom(request: Request, sheet: Sheet) -> dict[str, Any]:
    """Somebody found by name is who it was with; their channel is offered first."""
    chosen = number(request.GET.get("contact"))
    person = next((one for one in sheet.people if one.pk == chosen), None)
    if person is None:
        return {}
    return {"contact": person.pk, "kind": person.preferred_channel or "call"}


def _after_log(request: Request, pk: int) -> HttpResponse:
    """The account's page; in the dialog the page one was on, which is told."""
    account = reverse("accounts:detail", args=[pk])
    if not is_htmx(request) or request.GET.get("dialog") != "1":
        return go(request, "accounts:detail", pk)
    if urlsplit(request.headers.get("HX-Current-URL", "")).path == account:
        return go(request, "accounts:detail", pk)
    changed = {"tend:logged": None, "promises:changed": None}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(changed)})


def _mine(request: Request, pk: int) -> Interaction:
    """The log, if this user may change it: 404 for what does not exist, 403 for what is not theirs."""
    user = request.user
    logs = Interaction.objects.visible_to(user).select_related("account", "user", "contact")
    interaction: Interaction = get_object_or_404(logs, pk=pk)
    if not Interaction.objects.editable_by(user).filter(pk=pk).exists():
        raise PermissionDenied(_("Only its author or those who look after the account may change a log."))
    return interaction


def _form_page(
    request: Request, form: CorrectForm | WithdrawForm, interaction: Interaction, title: str, button: str
) -> HttpResponse:
    context = {"form": form, "interaction": interaction, "title": title, "button": button}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "cadences/log_change.html", context, status=status)
