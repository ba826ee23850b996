"""Writing a mailing: criteria, words, who gets it and who does not, and when it leaves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_countries import countries

from accounts.models import Account
from cadences.lists.chips import Known, in_words
from cadences.lists.choice import Choice
from cadences.mailings import finding, shown
from cadences.mailings.forms import MailingForm, ScheduleForm
from cadences.mailings.views import running
from cadences.models import SavedView
from core.forms import attempt, posted
from core.htmx import toast
from core.pagination import page_number, paginate
from core.text import whole_number
from correspondence.mailings import services
from correspondence.models import Mailing
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])
EXCLUDED_AT_ONCE = 50


def require_sender(request: Request) -> None:
    if not request.user.may_mail:
        raise PermissionDenied(_("Mailings are written by salespeople, managers and admins."))


def mailing_of(request: Request, pk: int) -> Mailing:
    """404 for those of others: what they plan is theirs."""
    found = Mailing.objects.visible_to(request.user).for_list().select_related("created_by")
    mailing: Mailing = get_object_or_404(found, pk=pk)
    return mailing


def draft_of(request: Request, pk: int) -> Mailing | None:
    """The draft; None once it has been scheduled, for which there is another page."""
    mailing = mailing_of(request, pk)
    return mailing if mailing.is_draft else None


@require_safe
def listing(request: Request) -> HttpResponse:
    """One's own mailings and those of one's people, the newest first."""
    require_sender(request)
    page = paginate(Mailing.objects.visible_to(request.user).for_list(), page_number(request))
    return render(request, "mailings/list.html", {"page": page})


@form_page
def new(request: Request) -> HttpResponse:
    """A new one; it begins with the criteria of its address, as the account list writes them."""
    require_sender(request)
    return _form_page(request, None)


@form_page
def detail(request: Request, pk: int) -> HttpResponse:
    """A draft to write on; a scheduled one with what became of it."""
    mailing = mailing_of(request, pk)
    if mailing.is_draft:
        return _form_page(request, mailing)
    if request.method == "POST":
        toast(request, _("It has been scheduled meanwhile: it is not changed."), level=messages.WARNING)
        return redirect("mailings:detail", pk)
    return running.page(request, mailing)


def _form_page(request: Request, mailing: Mailing | None) -> HttpResponse:
    user = request.user
    form = MailingForm(posted(request), instance=mailing, user=user)
    if request.method == "POST":
        choice = Choice.read(request.POST, user)
        saved = attempt(form, lambda: services.save(
            user, form.verb_fields() | _criteria(choice), mailing, form.cleaned_data["token"]
        ))  # fmt: skip
        if saved:
            toast(request, _("Saved."))
            then = next((page for page in ("schedule", "preview") if page in request.POST), "detail")
            return redirect(f"mailings:{then}", saved.pk)
    else:
        choice = finding.choice_of(mailing, user) if mailing else Choice.read(request.GET, user)
    context = {"mailing": mailing, "form": form} | _about_criteria(request, choice)
    return render(request, "mailings/draft.html", context, status=422 if form.is_bound else 200)


def _criteria(choice: Choice) -> dict[str, Any]:
    return {"query": choice.query(), "criteria": in_words(choice)[:1000]}


def _about_criteria(request: Request, choice: Choice) -> dict[str, Any]:
    return {
        "choice": choice,
        "known": Known.all(request.user),
        "statuses": Account.Status.choices,
        "countries": list(countries),
        "views": SavedView.objects.visible_to(request.user).for_menu(request.user),
    }


@require_GET
def count(request: Request) -> HttpResponse:
    """How many would get it as the form stands, and why others would not; nothing is saved."""
    require_sender(request)
    pk = whole_number(request.GET.get("mailing", ""))
    saved = Mailing.objects.visible_to(request.user).filter(pk=pk).first() if pk else None
    mailing = MailingForm(request.GET, instance=saved, user=request.user).unsaved()
    mailing.created_by = (saved and saved.created_by) or request.user
    mailing.query = Choice.read(request.GET, mailing.created_by).query()
    found = shown.count_of(finding.audience_of(mailing, request.user))
    return render(request, "mailings/_count.html", {"count": found, "mailing": saved})


@require_GET
def preview(request: Request, pk: int) -> HttpResponse:
    """One recipient after the other: the words that they get."""
    mailing = mailing_of(request, pk)
    place = whole_number(request.GET.get("place", "")) or 1
    if mailing.is_draft:
        audience = finding.audience_of(mailing, request.user)
        total, row = sum(group.count for group in audience.groups() if not group.reason), audience.at(place)
    else:
        total = mailing.rows_total
        row = mailing.recipients.select_related("piece").filter(place=place).first()
    context = {
        "mailing": mailing, "place": place, "total": total,
        "preview": shown.preview_of(mailing, row) if row else None,
        "previous": place - 1 if row else 0,
        "next": place + 1 if row and place < total else 0,
    }  # fmt: skip
    return render(request, "mailings/preview.html", context)


@require_GET
def excluded(request: Request, pk: int) -> HttpResponse:
    """Everybody who is left out, or those with one reason, a page at a time."""
    mailing, reason = draft_of(request, pk), request.GET.get("reason", "")
    if mailing is None:
        return redirect("mailings:detail", pk)
    label = shown.reason_label(reason) if reason else _("Left out, and why")
    if not label:
        raise Http404
    number = page_number(request)
    first = (number - 1) * EXCLUDED_AT_ONCE
    found = finding.audience_of(mailing, request.user).excluded(reason, first, EXCLUDED_AT_ONCE + 1)
    context = {
        "mailing": mailing, "label": label, "reason": reason, "number": number,
        "lines": shown.excluded_lines(found[:EXCLUDED_AT_ONCE]),
        "previous": number - 1, "next": number + 1 if len(found) > EXCLUDED_AT_ONCE else 0,
    }  # fmt: skip
    return render(request, "mailings/excluded.html", context)


@form_page
def schedule(request: Request, pk: int) -> HttpResponse:
    """How many, who not and why, when: then it is frozen."""
    mailing = draft_of(request, pk)
    if mailing is None:  # a double click: the first has done it
        return redirect("mailings:detail", pk)
    form = ScheduleForm(posted(request), mailing)
    done = attempt(form, lambda: finding.schedule(
        request.user, mailing, form.starts_at(), form.cleaned_data.get("per_hour")
    ))  # fmt: skip
    if done:
        words = _("Scheduled.") if done.state == Mailing.State.SCHEDULED else _("On its way.")
        toast(request, words)
        return redirect("mailings:detail", pk)
    found = shown.count_of(finding.audience_of(mailing, request.user))
    context = {"mailing": mailing, "form": form, "count": found}
    return render(request, "mailings/schedule.html", context, status=422 if form.is_bound else 200)


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    mailing = mailing_of(request, pk)
    try:
        services.delete(request.user, mailing)
    except ValidationError as refusal:
        toast(request, " ".join(refusal.messages), level=messages.WARNING)
        return redirect("mailings:detail", pk)
    toast(request, _("%(name)s is deleted.") % {"name": mailing})
    return redirect("mailings:list")
