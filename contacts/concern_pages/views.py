"""Concerns: whose are open, and one of them with everything that was said about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from contacts import services
from contacts.concern_pages.forms import ChangeConcernForm, ConfirmForm, ThreadNoteForm
from contacts.forms import ConcernForm, ResolveForm
from contacts.models import Concern, ConcernNote, Expectation
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from core.text import whole_number
from users.clock import today_for
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])
WHOSE = ("me", "raised", "team", "all")
STATES = ("open", "unconfirmed", "closed", "all")


@require_safe
def concerns(request: Request) -> HttpResponse:
    """What do I have to solve? One's own first, of whatever department."""
    whose, state = request.GET.get("whose", ""), request.GET.get("state", "")
    whose = whose if whose in WHOSE else "me"
    state = state if state in STATES else "open"
    rows = Concern.objects.visible_to(request.user).of_person(whose, request.user).in_state(state)
    context = {
        "page": paginate(rows.for_list().by_urgency(), page_number(request)),
        "whose": whose,
        "state": state,
        "today": today_for(request.user),
    }
    return render(request, "contacts/concerns.html", context)


@require_safe
def concern(request: Request, pk: int) -> HttpResponse:
    """One concern and its thread."""
    return _page(request, _shown(request, pk), ThreadNoteForm())


@require_POST
def note(request: Request, pk: int) -> HttpResponse:
    """Add to the thread; anybody may."""
    found = _shown(request, pk)
    form = ThreadNoteForm(request.POST)
    if attempt(form, lambda: services.note_on_concern(request.user, found, **form.cleaned_data)):
        toast(request, _("Noted."))
        return go(request, "contacts:concern", pk)
    return _page(request, found, form, status=422)


@form_page
def add(request: Request, account_pk: int) -> HttpResponse:
    """What worries the customer; anybody may say it."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    form = ConcernForm(posted(request), account=account, initial=_begun(request, account))
    raised = attempt(form, lambda: services.raise_concern(request.user, account, **form.cleaned_data))
    if raised:
        toast(request, _("The concern is with %(name)s.") % {"name": raised.owner})
        return go(request, "accounts:detail", account_pk)
    title = _("Concern of %(name)s") % {"name": account.name}
    back = reverse("accounts:detail", args=[account_pk])
    return form_reply(
        request, form, title=title, submit=_("Raise the concern"), back=back, back_text=account.name,
        draft=f"concern-{account_pk}",
    )  # fmt: skip


@form_page
def change(request: Request, pk: int) -> HttpResponse:
    """Reword it, hand it on, give it a date."""
    found = editable(Concern, request.user, pk)
    form = ChangeConcernForm(posted(request), instance=found)
    if attempt(form, lambda: services.change_concern(request.user, found, **form.changes())):
        toast(request, _("Saved."))
        return go(request, "contacts:concern", pk)
    return _form(request, form, found, _("Change: %(what)s") % {"what": found}, _("Save"))


@form_page
def resolve(request: Request, pk: int) -> HttpResponse:
    """Close a concern with the words that say how."""
    found = editable(Concern, request.user, pk)
    form = ResolveForm(posted(request))
    if attempt(form, lambda: services.resolve_concern(request.user, found, form.cleaned_data["resolution"])):
        words = _("The concern is resolved. Ask the customer whether they see it so, too.")
        toast(request, words, undo=_undo(request, found, "contacts:concern_reopen"))
        return _back(request, found)
    return _form(request, form, found, _("Resolve: %(what)s") % {"what": found}, _("It is resolved"))


@form_page
def confirm(request: Request, pk: int) -> HttpResponse:
    """The customer sees it so, too."""
    found = _shown(request, pk)
    form = ConfirmForm(
        posted(request), account=found.account, user=request.user, initial={"contact": found.contact_id}
    )
    if attempt(form, lambda: services.confirm_concern(request.user, found, **form.cleaned_data)):
        undo = _undo(request, found, "contacts:concern_unconfirm")
        toast(request, _("Confirmed by the customer: the concern is closed."), undo=undo)
        return _back(request, found)
    title = _("Confirmed by the customer: %(what)s") % {"what": found}
    return _form(request, form, found, title, _("They confirmed it"))


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    """It was not solved after all."""
    found = editable(Concern, request.user, pk)
    services.reopen_concern(request.user, found)
    toast(request, _("The concern is open again."))
    return _back(request, found)


@require_POST
def unconfirm(request: Request, pk: int) -> HttpResponse:
    """Undo of the confirmation."""
    found = _shown(request, pk)
    services.unconfirm_concern(request.user, found)
    toast(request, _("The concern waits for the customer's word again."))
    return _back(request, found)


def _begun(request: Request, account: Account) -> dict[str, Any]:
    """What an unmet expectation says already."""
    number = whole_number(request.GET.get("expectation", ""))
    rows = Expectation.objects.visible_to(request.user).filter(account=account)
    unmet = rows.filter(pk=number).first() if number is not None else None
    if unmet is None:
        return {}
    what = _("Expected: %(what)s. %(words)s") % {"what": unmet.what, "words": unmet.words}
    return {"what": what, "contact": unmet.contact_id}


def _shown(request: Request, pk: int) -> Concern:
    found: Concern = get_object_or_404(Concern.objects.visible_to(request.user).for_page(), pk=pk)
    return found


def _page(request: Request, found: Concern, form: ThreadNoteForm, status: int = 200) -> HttpResponse:
    context = {
        "concern": found,
        "notes": ConcernNote.objects.visible_to(request.user).filter(concern=found).thread(),
        "form": form,
        "is_editable": Concern.objects.editable_by(request.user).filter(pk=found.pk).exists(),
        "today": today_for(request.user),
    }
    return render(request, "contacts/concern.html", context, status=status)


def _back(request: Request, found: Concern) -> HttpResponse:
    """To where one came from: the account's page, or the concern's own."""
    if _is_on_account(request, found):
        return go(request, "accounts:detail", found.account_id)
    return go(request, "contacts:concern", found.pk)


def _undo(request: Request, found: Concern, name: str) -> str:
    """The address that takes it back, and leads to where one is now."""
    return reverse(name, args=[found.pk]) + ("?from=account" if _is_on_account(request, found) else "")


def _is_on_account(request: Request, found: Concern) -> bool:
    account = reverse("accounts:detail", args=[found.account_id])
    on_screen = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return account == on_screen or request.GET.get("from") == "account"


def _form(request: Request, form: BaseForm, found: Concern, title: str, submit: str) -> HttpResponse:
    back: dict[str, Any] = {
        "back": reverse("contacts:concern", args=[found.pk]),
        "back_text": _("Concern of %(name)s") % {"name": found.account.name},
    }
    return form_reply(request, form, title=title, submit=submit, **back)
