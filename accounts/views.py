"""Forms of the account; its list and page stand in cadences, which sees all its facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import AccountForm, NewAccountForm, OwnerForm, TierForm
from accounts.models import Account
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def create(request: Request) -> HttpResponse:
    """A new account, a prospect until it buys."""
    if not services.may_create(request.user):
        raise PermissionDenied(_("Accounts are added by salespeople, managers and admins."))
    form = NewAccountForm(posted(request), user=request.user)
    made = attempt(form, lambda: services.create_account(request.user, **_fields(form)))
    if made:
        toast(request, _("%(name)s is added.") % {"name": made.name})
        return go(request, "accounts:detail", made.pk)
    back = reverse("accounts:list")
    return form_reply(
        request, form, title=_("New account"), submit=_("Add the account"), back=back, back_text=_("Accounts")
    )


@form_page
def edit(request: Request, pk: int) -> HttpResponse:
    """What the account is."""
    account = editable(Account, request.user, pk)
    form = AccountForm(posted(request), instance=account)
    name = account.name
    if attempt(form, lambda: services.edit_account(request.user, account, **form.changes())):
        toast(request, _("Saved."))
        return go(request, "accounts:detail", pk)
    account.name = name  # the heading keeps what is stored
    return _reply(request, form, account, _("Edit %(name)s") % {"name": account.name}, _("Save"))


@form_page
def owner(request: Request, pk: int) -> HttpResponse:
    """Hand the account to somebody else."""
    account = editable(Account, request.user, pk)
    if not services.may_reassign(request.user, account):
        raise PermissionDenied(_("Owners are changed by the team's manager and by admins."))
    form = OwnerForm(posted(request), initial={"owner": account.owner_id})
    changed = attempt(form, lambda: services.change_owner(request.user, account, form.cleaned_data["owner"]))
    if changed:
        words = _("%(name)s is with %(owner)s from today on.")
        toast(request, words % {"name": changed.name, "owner": changed.owner or _("nobody")})
        return go(request, "accounts:detail", pk)
    return _reply(
        request, form, account, _("Owner of %(name)s") % {"name": account.name}, _("Change the owner")
    )


@form_page
def tier(request: Request, pk: int) -> HttpResponse:
    """Choose the tier against the rules, or give it back to them."""
    account = editable(Account, request.user, pk)
    form = TierForm(posted(request), account)
    if attempt(form, lambda: _pin(request, account, form)):
        toast(request, _("Saved."))
        return go(request, "accounts:detail", pk)
    return _reply(request, form, account, _("Tier of %(name)s") % {"name": account.name}, _("Save"))


def _pin(request: Request, account: Account, form: TierForm) -> Account:
    chosen = form.cleaned_data
    return services.pin_tier(
        request.user, account, chosen["tier"], reason=chosen["reason"], until=chosen["until"]
    )


@require_POST
def former(request: Request, pk: int) -> HttpResponse:
    """A customer who left for good, or is back."""
    account = editable(Account, request.user, pk)
    try:
        services.mark_former(request.user, account, former=request.POST.get("former") == "1")
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    return go(request, "accounts:detail", pk)


@require_POST
def book(request: Request, pk: int) -> HttpResponse:
    """Into one's book, or out of it: also when somebody else looks after the account by now."""
    goes_in = request.POST.get("in_book") == "1"
    visible = Account.objects.visible_to(request.user)
    account = editable(Account, request.user, pk) if goes_in else get_object_or_404(visible, pk=pk)
    try:
        if goes_in:
            services.book_add(request.user, account)
            toast(request, _("%(name)s is in your book.") % {"name": account.name})
        else:
            services.book_remove(request.user, account)
            toast(request, _("%(name)s is out of your book.") % {"name": account.name})
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    return go(request, "accounts:detail", pk)


def _fields(form: NewAccountForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "version"}


def _reply(request: Request, form: BaseForm, account: Account, title: str, submit: str) -> HttpResponse:
    back = reverse("accounts:detail", args=[account.pk])
    return form_reply(request, form, title=title, submit=submit, back=back, back_text=account.name)
