"""Recording, correcting and voiding purchases; all purchases of an account."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from sales import services
from sales.forms import PurchaseForm, VoidForm
from sales.models import Purchase
from users.clock import today_for
from users.http import Request

RECENT = 5  # of the panel on the account's page

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def purchase_list(request: Request, account_pk: int) -> HttpResponse:
    """What an account bought, latest first: everything, or ``after`` one day and ``until`` another."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    rows = Purchase.objects.visible_to(request.user).filter(account=account)
    rows = rows.select_related("sold_by", "buyer")
    after, until = _day(request, "after"), _day(request, "until")
    if after:
        rows = rows.filter(purchased_on__gt=after)
    if until:
        rows = rows.filter(purchased_on__lte=until)
    context = {
        "after": after,
        "until": until,
        "account": account,
        "page": paginate(rows.order_by("-purchased_on", "-id"), page_number(request)),
        "is_editable": services.may_sell(request.user, account),
    }
    return render(request, "sales/list.html", context)


@require_safe
def panel(request: Request, account_pk: int) -> HttpResponse:
    """The latest purchases, voided ones included: a part of the account's page."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    rows = Purchase.objects.visible_to(request.user).filter(account=account).select_related("buyer")
    latest = list(rows.order_by("-purchased_on", "-id")[: RECENT + 1])  # one more tells whether there are
    context = {
        "account": account,
        "purchases": latest[:RECENT],
        "more_purchases": len(latest) > RECENT,
        "is_editable": services.may_sell(request.user, account),
    }
    return render(request, "sales/_panel.html", context)


@form_page
def add(request: Request, account_pk: int) -> HttpResponse:
    """A new purchase or credit note."""
    account = editable(Account, request.user, account_pk)
    initial = {
        "purchased_on": today_for(request.user),
        "currency": services.usual_currency(account),
        "sold_by": request.user.pk,
    }
    form = PurchaseForm(posted(request), instance=Purchase(account=account), initial=initial)
    if attempt(form, lambda: services.record_purchase(request.user, account, **_fields(form))):
        toast(request, _("The purchase is recorded."))
        return go(request, "accounts:detail", account_pk)
    title = _("Purchase of %(name)s") % {"name": account.name}
    return _reply(request, form, account, title, _("Record the purchase"))


@form_page
def edit(request: Request, pk: int) -> HttpResponse:
    """Put right what was recorded wrongly."""
    purchase = editable(Purchase, request.user, pk)
    account = purchase.account
    if purchase.voided_at:
        raise PermissionDenied(_("This purchase was voided: record a new one instead."))
    form = PurchaseForm(posted(request), instance=purchase)
    if attempt(form, lambda: services.correct_purchase(request.user, purchase, **form.changes())):
        toast(request, _("Saved."))
        return go(request, "accounts:detail", account.pk)
    title = _("Correct a purchase of %(name)s") % {"name": account.name}
    void = reverse("sales:void", args=[pk])
    return _reply(request, form, account, title, _("Save"), other=void, other_text=_("Void it"),
                  delete=reverse("bin:put_in", args=["purchase", pk]))  # fmt: skip


@form_page
def void(request: Request, pk: int) -> HttpResponse:
    """It never was: the row stays, struck through."""
    purchase = editable(Purchase, request.user, pk)
    form = VoidForm(posted(request))
    if attempt(form, lambda: services.void_purchase(request.user, purchase, form.cleaned_data["reason"])):
        toast(request, _("The purchase is void; what it started is no longer owed."))
        return go(request, "accounts:detail", purchase.account_id)
    title = _("Void the purchase of %(day)s") % {"day": purchase.purchased_on}
    lead = _("It stays on the account, struck through, and counts for nothing. This cannot be undone.")
    return _reply(request, form, purchase.account, title, _("Void the purchase"), lead=lead, danger=True)


def _day(request: Request, name: str) -> date | None:
    """A day of the address; None for nonsense."""
    try:
        return parse_date(request.GET.get(name, "")[:10])
    except ValueError:
        return None


def _fields(form: PurchaseForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "version"}


def _reply(
    request: Request, form: BaseForm, account: Account, title: str, submit: str, **more: Any
) -> HttpResponse:
    back = reverse("accounts:detail", args=[account.pk])
    return form_reply(request, form, title=title, submit=submit, back=back, back_text=account.name, **more)
