"""Pages of taking out: the archive of everything, one person's data, one account's dossier."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from contacts.models import Contact
from core.downloads import as_download
from core.htmx import is_htmx, toast
from core.pagination import page_number, paginate
from imports.models import TakeOut
from imports.taking_out import archives
from imports.taking_out.dossier import report as account_report
from imports.taking_out.person import as_json
from imports.taking_out.person import report as person_report
from imports.taking_out.reports import pdf
from imports.views import admins_only
from users.http import Request


@require_http_methods(["GET", "POST"])
@admins_only
def everything(request: Request) -> HttpResponse:
    """The archives there are; POST has another one made. htmx asks again while one is being made."""
    if request.method == "POST":
        archives.ask(request.user, with_files=request.POST.get("with_files") == "1")
        return redirect("taking_out:everything")
    rows = TakeOut.objects.visible_to(request.user).select_related("asked_by", "fetched_by").order_by("-id")
    page = paginate(rows, page_number(request))
    # one look at the rows: a second one may find it ready, and nobody would ask again for the list
    running = next((archive for archive in page.rows if archive.is_busy), None)
    context = {"page": page, "running": running, "days": TakeOut.KEPT.days}
    return render(
        request, "taking_out/_archives.html" if is_htmx(request) else "taking_out/list.html", context
    )


@require_POST
@admins_only
def fetch(request: Request, pk: int) -> FileResponse:
    """The file, as a download that nothing on the way keeps. By POST: it is written down who had it."""
    archive = get_object_or_404(TakeOut.objects.visible_to(request.user), pk=pk)
    try:
        content = archives.fetch(request.user, archive)
    except FileNotFoundError:
        raise Http404 from None
    name = f"tend-{archive.created_at:%Y-%m-%d}.zip"
    return as_download(content, name, "application/zip", is_secret=True)


@require_POST
@admins_only
def delete(request: Request, pk: int) -> HttpResponse:
    """The file goes before its time."""
    archive = get_object_or_404(TakeOut.objects.editable_by(request.user), pk=pk)
    archives.delete(request.user, archive)
    toast(request, _("The archive is deleted."), level=messages.SUCCESS)
    return redirect("taking_out:everything")


@require_GET
def person(request: Request, pk: int) -> FileResponse:
    """All that is kept of somebody, for somebody who asks: to read, or with ``format=json`` for programs."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)
    if request.GET.get("format") == "json":
        content = as_json(request.user, contact)
        return _download(content.encode(), "application/json", f"person-{contact.pk}.json")
    return _download(pdf(person_report(request.user, contact)), "application/pdf", f"person-{contact.pk}.pdf")


@require_GET
def dossier(request: Request, pk: int) -> FileResponse:
    """One account to read on the way, as PDF. Everybody who reads the account may."""
    accounts = Account.objects.visible_to(request.user).select_related("owner", "tier")
    account = get_object_or_404(accounts, pk=pk)
    name = f"{slugify(account.name) or account.pk}.pdf"
    return _download(pdf(account_report(request.user, account)), "application/pdf", name)


def _download(content: bytes, kind: str, name: str) -> FileResponse:
    return as_download(BytesIO(content), name, kind, is_secret=True)
