"""Pages of the recycle bin: put a record in, see what lies there, restore it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import AccountFile
from accounts.models.file import REMOVED_FOR
from core import jobs
from core.forms import attempt, editable, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from imports.bin import emptying, obstacles, services
from imports.bin.forms import WhyForm
from imports.bin.graph import unit_of
from imports.bin.kinds import KINDS, Kind, contents, may_put_in, people_in
from imports.models import BinUnit
from users.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def put_in(request: Request, kind: str, pk: int) -> HttpResponse:
    """GET says what goes along and what stands in the way; POST deletes, with an undo."""
    known = KINDS.get(kind)
    if known is None:
        raise Http404
    record = editable(known.model, request.user, pk)
    if not may_put_in(request.user, record):
        raise PermissionDenied(_("Accounts are deleted by the team's manager and by admins."))
    form = WhyForm(posted(request), needed=known.needs_why)
    try:
        unit = attempt(form, lambda: _put_in(request, known, record, form))
    except services.GoneError:
        raise Http404 from None
    if unit:
        words = _("%(name)s is in the recycle bin.") % {"name": unit.name}
        toast(request, words, undo=reverse("bin:restore", args=[unit.pk]))
        return go(request, *_after(unit))
    return _confirmation(request, known, record, form)


def _put_in(request: Request, kind: Kind, record: Any, form: WhyForm) -> BinUnit:
    return services.put_in(request.user, kind, record, form.cleaned_data["why"])


def _after(unit: BinUnit) -> tuple[Any, ...]:
    """Where one goes on when it is gone: to its account, or to the list."""
    return ("accounts:list",) if unit.kind == "account" else ("accounts:detail", unit.account_id)


def _confirmation(request: Request, kind: Kind, record: Any, form: WhyForm) -> HttpResponse:
    rows = unit_of(record)
    context = {
        "form": form,
        "kind": kind,
        "record": record,
        "contents": contents(rows.counts, kind),
        "obstacles": obstacles.of_deletion(rows),
        "back": reverse(kind.page, args=[record.pk])
        if kind.page
        else reverse("accounts:detail", args=[record.account_id]),
        "days": BinUnit.KEPT_FOR.days,
    }
    return render(request, "bin/put_in.html", context, status=422 if form.is_bound else 200)


@require_safe
def units(request: Request) -> HttpResponse:
    """What this user may restore, the latest first."""
    wanted = request.GET.get("q", "").strip()
    found = BinUnit.objects.visible_to(request.user).search(wanted).for_list()
    page = paginate(found, page_number(request))
    for one in page.rows:
        one.is_of = KINDS[one.kind]
    context = {
        "page": page,
        "q": wanted,
        "days": BinUnit.KEPT_FOR.days,
        "failed": jobs.failure(emptying.JOB) if request.user.is_admin else None,
    }
    return render(request, "bin/list.html", context)


@require_safe
def files(request: Request) -> HttpResponse:
    """Files that were removed from accounts: each goes back to its own."""
    rows = AccountFile.objects.editable_by(request.user).for_bin()
    page = paginate(rows, page_number(request))
    for one in page.rows:
        one.gone_at = one.removed_at + REMOVED_FOR
    context = {"page": page, "days": REMOVED_FOR.days}
    return render(request, "bin/files.html", context)


@require_safe
def unit(request: Request, pk: int) -> HttpResponse:
    """What is in one unit, and whether it can be restored."""
    found = get_object_or_404(BinUnit.objects.visible_to(request.user).for_list(), pk=pk)
    return _unit_page(request, found)


def _unit_page(request: Request, found: BinUnit, status: int = 200) -> HttpResponse:
    standing = obstacles.of_restoring(found)
    kind = KINDS[found.kind]
    context = {
        "unit": found,
        "kind": kind,
        "contents": contents(found.counts, kind),
        "obstacles": standing,
        "notices": obstacles.notices(found),
        "people": people_in(found) if request.user.is_admin else [],
        "only_numbers": bool(standing) and all(one.is_number for one in standing),
    }
    return render(request, "bin/unit.html", context, status=status)


@require_POST
def restore(request: Request, pk: int) -> HttpResponse:
    """Bring a unit back; what stands in the way is said on its page, with the cure."""
    found = get_object_or_404(BinUnit.objects.visible_to(request.user), pk=pk)
    try:
        restored, lost = services.restore(
            request.user, found, without_number=request.POST.get("without_number") == "1"
        )
    except services.GoneError:
        raise Http404 from None
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
        return redirect("bin:unit", pk)
    toast(request, _("%(name)s is back.") % {"name": restored.name})
    if lost:
        words = ngettext(
            "%d row could not come back: what it hung on is gone for good, or another one has its place.",
            "%d rows could not come back: what they hung on is gone for good, or others have their places.",
            lost,
        )
        toast(request, words % lost, level=messages.WARNING)
    page = KINDS[restored.kind].page
    return (
        go(request, page, restored.object_id) if page else go(request, "accounts:detail", restored.account_id)
    )
