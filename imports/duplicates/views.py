"""Pages: likely pairs, the merge with its preview, what was merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import current_app
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from contacts.models import Contact
from core.forms import attempt, editable, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from imports.duplicates import deciding, finding, merging, undoing
from imports.duplicates.fields import conflicts
from imports.duplicates.forms import ConflictsForm
from imports.duplicates.found import ACCOUNTS, CONTACTS
from imports.duplicates.likely import accounts_like, contacts_like
from imports.duplicates.preview import parts
from imports.duplicates.said import not_taken_over
from imports.duplicates.words import reasons
from imports.models import AccountPair, ContactPair, Merge
from users.access import require_admin
from users.http import Request

FOUND = 20
NAMED = 6


# -- likely pairs ------------------------------------------------------------------------------------


@require_safe
def account_pairs(request: Request) -> HttpResponse:
    """Accounts that are probably there twice."""
    return _pairs(request, AccountPair, "duplicates:accounts")


@require_safe
def contact_pairs(request: Request) -> HttpResponse:
    """People who are probably there twice at one account."""
    return _pairs(request, ContactPair, "duplicates:people")


def _pairs(request: Request, model: type[AccountPair] | type[ContactPair], name: str) -> HttpResponse:
    state = "different" if request.GET.get("state") == "different" else "open"
    everybodys = request.GET.get("whose") == "all"
    rows = model.objects.visible_to(request.user).in_state(state)
    mine = rows.editable_by(request.user)
    page = paginate((rows if everybodys else mine).for_list(), page_number(request))
    editable_ids = set(mine.filter(pk__in=[row.pk for row in page.rows]).values_list("pk", flat=True))
    context = {
        "page": page,
        "rows": [(row, reasons(row.reasons), row.pk in editable_ids) for row in page.rows],
        "state": state,
        "everybodys": everybodys,
        "is_people": model is ContactPair,
        "here": name,
        "looked": finding.last_look(),
    }
    return render(request, "duplicates/pairs.html", context)


@require_POST
def look(request: Request) -> HttpResponse:
    """Look again now: a worker does, within a minute for hundreds of thousands of accounts."""
    require_admin(request.user)
    try:
        current_app.send_task("imports.tasks.find_duplicates", args=[str(request.user)], retry=False)
    except Exception:
        words = _("The broker does not answer, so nobody looks now. The next night looks by itself.")
        toast(request, words, level=messages.ERROR)
    else:
        toast(request, _("A worker looks for pairs now. Load this page again in a minute."))
    return go(request, "duplicates:accounts")


@require_POST
def decide_accounts(request: Request, pk: int) -> HttpResponse:
    return _decide(request, AccountPair, pk)


@require_POST
def decide_people(request: Request, pk: int) -> HttpResponse:
    return _decide(request, ContactPair, pk)


def _decide(request: Request, model: type[AccountPair] | type[ContactPair], pk: int) -> HttpResponse:
    """Not the same, or after all (``state=open``)."""
    refusal = _("Whether two are the same is said by those who may change both.")
    pair = editable(model, request.user, pk, refusal)
    different = request.POST.get("state") != "open" and request.GET.get("state") != "open"
    deciding.decide(request.user, pair, different=different)
    is_people = model is ContactPair
    if different:
        here = reverse("duplicates:contact_pair" if is_people else "duplicates:account_pair", args=[pk])
        toast(request, _("Noted: they are not the same."), undo=f"{here}?state=open")
    else:
        toast(request, _("They are in the list again."))
    return go(request, "duplicates:people" if is_people else "duplicates:accounts")


# -- merging -----------------------------------------------------------------------------------------


@require_safe
def choose_account(request: Request, pk: int) -> HttpResponse:
    """With which account it is merged: the likely ones, and a search."""
    account = editable(Account, request.user, pk)
    text = request.GET.get("q", "")
    found = Account.objects.visible_to(request.user).search(text).exclude(pk=pk) if text.strip() else ()
    like = accounts_like(ACCOUNTS.some([pk])[pk], besides=pk)
    return _choose(request, account, like, found, "duplicates:merge_accounts")


@require_safe
def choose_person(request: Request, pk: int) -> HttpResponse:
    """With whom somebody is merged: others of the account."""
    contact = editable(Contact, request.user, pk)
    text = request.GET.get("q", "")
    others = Contact.objects.visible_to(request.user).filter(account=contact.account_id).exclude(pk=pk)
    like = contacts_like(contact.account, CONTACTS.some([pk])[pk], besides=pk)
    like = [one for one in like if one.record.account_id == contact.account_id]
    found = others.search(text).select_related("account") if text.strip() else ()
    return _choose(request, contact, like, found, "duplicates:merge_people")


def _choose(request: Request, record: Any, like: list[Any], found: Any, target: str) -> HttpResponse:
    likely = [(one.record, reasons([code.value for code in one.likeness.reasons])) for one in like]
    context = {
        "record": record,
        "back": _page_of(record),
        "likely": likely,
        "found": list(found[:FOUND]),
        "text": request.GET.get("q", ""),
        "target": target,
        "is_people": isinstance(record, Contact),
    }
    return render(request, "duplicates/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge_accounts(request: Request, pk: int, other: int) -> HttpResponse:
    """``other`` goes into ``pk``: first what that moves, then it is done."""
    survivor, loser = (_with(request, Account, one, "owner", "tier") for one in (pk, other))
    return _merge(request, survivor, loser, merging.merge_accounts, "duplicates:merge_accounts")


@require_http_methods(["GET", "HEAD", "POST"])
def merge_people(request: Request, pk: int, other: int) -> HttpResponse:
    """The same for two people of one account."""
    survivor, loser = (_with(request, Contact, one, "account", "reports_to") for one in (pk, other))
    return _merge(request, survivor, loser, merging.merge_contacts, "duplicates:merge_people")


def _with(request: Request, model: Any, pk: int, *along: str) -> Any:
    editable(model, request.user, pk, _("Two records are merged by somebody who may change both."))
    return get_object_or_404(model.objects.visible_to(request.user).select_related(*along), pk=pk)


def _merge(
    request: Request, survivor: Any, loser: Any, verb: Callable[..., Merge], target: str
) -> HttpResponse:
    found = merging.allowed_choices(request.user, conflicts(survivor, loser))
    form = ConflictsForm(posted(request), found)
    done = attempt(form, lambda: verb(request.user, survivor, loser, form.choices()))
    if done:
        words = _("%(loser)s is now part of %(survivor)s.")
        toast(
            request, words % {"loser": done.loser_name, "survivor": done.survivor_name},
            undo=reverse("duplicates:undo", args=[done.pk]),
        )  # fmt: skip
        return go(request, _page_of(survivor))
    context = {
        "survivor": survivor,
        "loser": loser,
        "form": form,
        "has_conflicts": bool(found),
        "parts": parts(request.user, survivor, loser) if survivor.pk != loser.pk else [],
        "swapped": reverse(target, args=[loser.pk, survivor.pk]),
        "back": _page_of(survivor),
        "undo_days": Merge.UNDO_FOR.days,
    }
    return render(request, "duplicates/merge.html", context, status=422 if form.errors else 200)


def _page_of(record: Any) -> str:
    return reverse("contacts:detail" if isinstance(record, Contact) else "accounts:detail", args=[record.pk])


# -- what was merged ---------------------------------------------------------------------------------


@require_safe
def merges(request: Request) -> HttpResponse:
    """What was merged, the latest first."""
    rows = Merge.objects.visible_to(request.user).for_list()
    return render(request, "duplicates/merges.html", {"page": paginate(rows, page_number(request))})


@require_safe
def merge(request: Request, pk: int) -> HttpResponse:
    """What one merge moved, and what taking it apart left where it was."""
    found = get_object_or_404(Merge.objects.visible_to(request.user).for_list(), pk=pk)
    context = {"merge": found, "moved": undoing.moved_in_words(found), "differs": not_taken_over(found)}
    return render(request, "duplicates/merged.html", context)


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a merge apart."""
    found = get_object_or_404(Merge.objects.visible_to(request.user), pk=pk)
    try:
        done = undoing.undo_merge(request.user, found)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
        return go(request, "duplicates:merge", pk)
    words = _("%(loser)s stands by itself again.") % {"loser": done.loser_name}
    if done.notes:
        words += " " + " ".join(done.notes[:NAMED])
    toast(request, words, level=messages.WARNING if done.notes else messages.SUCCESS)
    return go(request, "duplicates:merge", pk)
