"""Pages of erasing: who was erased, erase somebody, how long words are kept. Admins only."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts.models import Contact
from core import jobs
from core.forms import attempt, posted
from core.htmx import toast
from core.pagination import page_number, paginate
from imports.erasing import in_bin, retention, services
from imports.erasing.forms import EraseForm, RetentionForm
from imports.models import BinUnit, Erasure, Retention
from imports.views import admins_only
from users.http import Request


@require_GET
@admins_only
def erasures(request: Request) -> HttpResponse:
    """Who was erased when and why, without saying who it was; and the rules of keeping."""
    rows = Erasure.objects.visible_to(request.user).select_related("by").order_by("-created_at", "pk")
    rules = retention.rules()
    kept = [(kind.label, rules.get(kind.value)) for kind in Retention.Kind]
    context = {
        "page": paginate(rows, page_number(request)),
        "kept": kept,
        "failed": jobs.failure(retention.JOB),
    }
    return render(request, "erasing/list.html", context)


@require_http_methods(["GET", "POST"])
@admins_only
def person(request: Request, pk: int) -> HttpResponse:
    """What is kept of somebody, and the yes that erases it."""
    people = Contact.objects.visible_to(request.user).select_related("account")
    return _person(request, get_object_or_404(people, pk=pk), reverse("contacts:detail", args=[pk]))


@require_http_methods(["GET", "POST"])
@admins_only
def person_in_bin(request: Request, pk: int) -> HttpResponse:
    """The same for somebody who lies in the recycle bin; they stay there."""
    unit = BinUnit.objects.visible_to(request.user).holding(Contact._meta.label_lower, pk).first()
    kept = in_bin.contacts([pk])
    if unit is None or not kept:
        raise Http404
    return _person(request, kept[0], reverse("bin:unit", args=[unit.pk]))


def _person(request: Request, contact: Contact, back: str) -> HttpResponse:
    form = EraseForm(posted(request))
    chosen = set(request.POST.getlist("mention"))
    done = attempt(form, lambda: services.erase(request.user, contact, form.cleaned_data["why"], chosen))
    if done:
        toast(request, _("The person is erased. What they counted for still counts."))
        return redirect("erasing:list")
    found = services.look(request.user, contact)
    if not form.is_bound:
        chosen = {mention.key for mention in found.mentions if mention.sure}
    context = {"contact": contact, "found": found, "form": form, "chosen": chosen, "back_url": back}
    return render(request, "erasing/person.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@admins_only
def keeping(request: Request) -> HttpResponse:
    """For how many years words are kept: a look at what would go comes before the yes."""
    form = RetentionForm(posted(request), initial=retention.rules())
    counts: dict[str, int] | None = None
    if form.is_bound and form.is_valid():
        if request.POST.get("do") == "save":
            retention.set_rules(request.user, form.years())
            toast(request, _("These rules hold from tonight on."))
            return redirect("erasing:list")
        counts = retention.preview(request.user, form.years())
    rows = [(field, counts.get(field.name) if counts is not None else None) for field in form]
    status = 422 if form.is_bound and not form.is_valid() else 200
    context = {"form": form, "rows": rows, "is_looked": counts is not None}
    return render(request, "erasing/keeping.html", context, status=status)
