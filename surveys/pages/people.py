"""Single people: who waits for a manager, and who is not asked at all."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from contacts.models import Contact
from core.forms import attempt, posted
from core.pagination import page_number, paginate
from surveys.models import Exclusion, HeldBack
from surveys.pages.forms import ExclusionForm, ReleaseForm
from surveys.pages.guard import managers_only, tried
from surveys.services import waiting
from users.clock import company_today
from users.http import Request

FOUND = 12


@require_safe
@managers_only
def listing(request: Request) -> HttpResponse:
    """Who waits: an address that was changed, or nobody with an address."""
    rows = HeldBack.objects.visible_to(request.user).open().for_list()
    page = paginate(rows, page_number(request))
    people: dict[int, list[Contact]] = {}
    lost = [row.account_id for row in page.rows if row.reason == HeldBack.Reason.NO_ADDRESS]
    reachable = (
        Contact.objects.visible_to(request.user)
        .filter(account__in=lost, left_on__isnull=True)
        .exclude(email="")
    )
    for person in reachable.order_by("-is_main", "name_folded", "id"):
        people.setdefault(person.account_id, []).append(person)
    shown = [(row, people.get(row.account_id, [])) for row in page.rows]
    return render(request, "surveys/waiting.html", {"page": page, "rows": shown})


@require_POST
@managers_only
def release(request: Request, pk: int) -> HttpResponse:
    """They are asked in the next night."""
    row = get_object_or_404(HeldBack.objects.editable_by(request.user), pk=pk)
    form = ReleaseForm(request.POST, row=row)

    def verb() -> None:
        if not form.is_valid():
            raise ValidationError(_("Choose somebody with an e-mail address."))
        waiting.release(request.user, row, form.cleaned_data["contact"])

    tried(request, verb, _("They are asked in the next night."))
    return redirect("surveys:waiting")


@require_POST
@managers_only
def skip(request: Request, pk: int) -> HttpResponse:
    """They are not asked this time."""
    row = get_object_or_404(HeldBack.objects.editable_by(request.user), pk=pk)
    reason = request.POST.get("reason", "")
    tried(request, lambda: waiting.skip(request.user, row, reason), _("They are not asked this time."))
    return redirect("surveys:waiting")


@require_safe
@managers_only
def exclusions(request: Request) -> HttpResponse:
    """Who is not asked, and a search for whom to add."""
    page = paginate(Exclusion.objects.visible_to(request.user).for_list(), page_number(request))
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = (
        Account.objects.visible_to(request.user).search(q).order_by("name_folded", "id")[:FOUND] if q else []
    )
    context = {"page": page, "rows": page.rows, "q": q, "found": found, "today": company_today()}
    return render(request, "surveys/exclusions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def exclude(request: Request, account_pk: int) -> HttpResponse:
    """An account as a whole, or one of its contacts."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    form = ExclusionForm(posted(request), account=account)

    def verb() -> Exclusion:
        said = form.cleaned_data
        person = said["contact"]
        return waiting.exclude(
            request.user, account=None if person else account, contact=person, reason=said["reason"],
            until=said["until"],
        )  # fmt: skip

    if attempt(form, verb):
        tried(request, lambda: None, _("They are not asked any more."))
        return redirect("surveys:exclusions")
    context = {
        "form": form, "title": _("Do not ask %(name)s") % {"name": account.name},
        "back_url": reverse("surveys:exclusions"), "back_text": _("Not asked"),
    }  # fmt: skip
    return render(request, "surveys/exclude.html", context, status=422 if form.is_bound else 200)


@require_POST
@managers_only
def end(request: Request, pk: int) -> HttpResponse:
    """They are asked again."""
    row = get_object_or_404(Exclusion.objects.editable_by(request.user), pk=pk)
    tried(request, lambda: waiting.end_exclusion(request.user, row), _("They are asked again."))
    return redirect("surveys:exclusions")
