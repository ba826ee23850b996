"""One batch: how far it is, its PDF and labels, posted or printed again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.htmx import is_htmx, toast
from core.pagination import page_number, paginate
from core.text import whole_number
from correspondence.letters import batches, pdf
from correspondence.letters.forms import LabelsForm, PostForm
from correspondence.letters.making import address_of
from correspondence.letters.showing import inline
from correspondence.models import Letterhead, PrintBatch
from users.clock import today_for
from users.http import Request

LISTED = 200


def _batch(request: Request, pk: int) -> PrintBatch:
    found: PrintBatch = get_object_or_404(
        PrintBatch.objects.visible_to(request.user).select_related("user", "posted_by"), pk=pk
    )
    return found


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """How far it is; then what is on paper, what stayed behind, and what to do next."""
    batch = _batch(request, pk)
    context: dict[str, Any] = {"batch": batch}
    if not batch.is_busy:
        context |= _outcome(request, batch)
    part = "correspondence/letters/_batch.html"
    return render(request, part if is_htmx(request) else "correspondence/letters/batch.html", context)


def _outcome(request: Request, batch: PrintBatch) -> dict[str, Any]:
    behind = batch.lines.left_behind()
    today = today_for(request.user)
    return {
        "page": paginate(batch.lines.on_paper().with_letters(), page_number(request)),
        "behind": behind.with_letters()[:LISTED],
        "behind_count": behind.count(),
        "to_post": batch.lines.to_post().count(),
        "post_form": PostForm(initial={"on": today}),
        "labels_form": LabelsForm(),
        "today": today,
    }


@require_safe
def batch_pdf(request: Request, pk: int) -> FileResponse:
    """The letters of a batch in one file, for as long as it is kept."""
    batch = _batch(request, pk)
    if not batch.file:
        raise Http404
    try:
        content = batch.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return inline(content, f"letters-{batch.dated.isoformat()}-{batch.pk}.pdf")


@require_safe
def labels(request: Request, pk: int) -> HttpResponse | FileResponse:
    """Address labels of the letters on paper, in the order of the pile."""
    batch = _batch(request, pk)
    form = LabelsForm(request.GET)
    if not form.is_valid():
        toast(request, _("The first free label is a number from 1 to 21."), level=messages.WARNING)
        return redirect("correspondence:print_batch", pk)
    home = str(Letterhead.get().country or "")
    found = [line.piece for line in batch.lines.on_paper().with_letters()]
    if not found:
        toast(request, _("No letter of this batch is on paper."), level=messages.WARNING)
        return redirect("correspondence:print_batch", pk)
    addresses = [address_of(piece.account, piece.contact, home) for piece in found]
    made = pdf.labels(addresses, _("Labels"), form.cleaned_data["first"])
    return inline(made, f"labels-{batch.dated.isoformat()}-{batch.pk}.pdf")


@require_POST
def post(request: Request, pk: int) -> HttpResponse:
    """The letters went to the post."""
    batch = _batch(request, pk)
    form = PostForm(request.POST)
    if not form.is_valid():
        toast(request, _("Enter the day on which they were posted."), level=messages.WARNING)
        return redirect("correspondence:print_batch", pk)
    try:
        done = batches.post(request.user, batch, form.cleaned_data["on"])
    except ValidationError as refusal:
        toast(request, " ".join(refusal.messages), level=messages.WARNING)
        return redirect("correspondence:print_batch", pk)
    if done.state == PrintBatch.State.POSTED:
        toast(request, _("Posted, and noted on the accounts."))
    return redirect("correspondence:print_batch", pk)


@require_POST
def again(request: Request, pk: int) -> HttpResponse:
    """Back into the queue: all that is not posted, or one line."""
    batch = _batch(request, pk)
    line = None
    if chosen := request.POST.get("line"):
        line = get_object_or_404(batch.lines, pk=whole_number(chosen) or 0)
    try:
        count = batches.print_again(request.user, batch, line)
    except ValidationError as refusal:
        toast(request, " ".join(refusal.messages), level=messages.WARNING)
        return redirect("correspondence:print_batch", pk)
    words = ngettext(
        "%(n)d letter waits to be printed again.", "%(n)d letters wait to be printed again.", count
    )
    toast(request, words % {"n": count})
    return redirect("correspondence:print_batch", pk) if line else redirect("correspondence:letters")
