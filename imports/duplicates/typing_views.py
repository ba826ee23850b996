"""What a form shows while somebody types: whom it looks like. It never stands in the way of saving."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Account
from core.text import whole_number
from imports.duplicates.likely import Found, accounts_like, contacts_like
from imports.duplicates.rules import Facts
from imports.duplicates.words import reasons
from users.http import Request

LONGEST = 200


@require_safe
def like_account(request: Request) -> HttpResponse:
    """Accounts like the one in the form."""
    said = request.GET
    facts = Facts(
        _typed(said, "name"), _typed(said, "country"), _typed(said, "city"), _typed(said, "postal_code"),
        _typed(said, "street"), (_typed(said, "phone"),), _typed(said, "email"), _typed(said, "website"),
    )  # fmt: skip
    found = accounts_like(facts, besides=whole_number(said.get("besides", "")))
    return _reply(request, found)


@require_safe
def like_person(request: Request, account_pk: int) -> HttpResponse:
    """People like the one in the form."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    said = request.GET
    name = f"{_typed(said, 'first_name')} {_typed(said, 'last_name')}".strip()
    phones = (_typed(said, "phone"), _typed(said, "mobile"))
    facts = Facts(name, phones=phones, email=_typed(said, "email"))
    found = contacts_like(account, facts, besides=whole_number(said.get("besides", "")))
    return _reply(request, found)


def _typed(said: QueryDict, name: str) -> str:
    return said.get(name, "").replace("\0", "").strip()[:LONGEST]


def _reply(request: Request, found: list[Found]) -> HttpResponse:
    rows = [(one.record, reasons([reason.value for reason in one.likeness.reasons])) for one in found]
    return render(request, "duplicates/_like.html", {"rows": rows})
