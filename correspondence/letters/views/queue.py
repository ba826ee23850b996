"""Letters to print: what waits, what is wrong with it, what was printed and not posted yet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from core.text import whole_number
from correspondence.letters import batches, queue
from correspondence.letters.forms import CancelForm
from correspondence.letters.making import Desk, sheet_of
from correspondence.letters.showing import shown_pdf
from correspondence.models import Letterhead, Piece, PrintBatch
from correspondence.pieces import services
from users.clock import company_today, today_for
from users.http import Request

LATEST = 10


@require_safe
def letters(request: Request) -> HttpResponse:
    """The queue of the printer, and the batches whose letters are still to be posted."""
    user = request.user
    choice = queue.Choice.of(request.GET)
    page = paginate(queue.waiting(user, choice), page_number(request))
    context = {
        "page": page,
        "rows": queue.checked(page.rows, company_today()),
        "choice": choice,
        "query": request.GET.urlencode(),
        "senders": queue.senders(user),
        "languages": queue.languages(user),
        "batches": PrintBatch.objects.visible_to(user).for_list()[:LATEST],
        "has_address": bool(Letterhead.get().street),
    }
    return render(request, "correspondence/letters/queue.html", context)


@require_safe
def check(request: Request) -> HttpResponse:
    """Letters of the queue that would stay behind, named; fetched by the page when it stands."""
    choice = queue.Choice.of(request.GET)
    found = queue.with_trouble(request.user, choice, company_today())
    context = {"rows": found.rows, "count": found.count, "looked_at": found.looked_at, "is_all": found.is_all}
    return render(request, "correspondence/letters/_check.html", context)


@require_POST
def start(request: Request) -> HttpResponse:
    """Print the ticked letters, or all that the filter shows."""
    query = QueryDict(request.POST.get("query", ""))
    chosen = queue.waiting(request.user, queue.Choice.of(query.dict()))
    if request.POST.get("all") != "1":
        ticked = [number for number in map(whole_number, request.POST.getlist("piece")) if number]
        chosen = chosen.filter(pk__in=ticked[: batches.MOST])
    stay = chosen.count() - batches.MOST
    try:
        batch = batches.start(request.user, chosen)
    except ValidationError as refusal:
        toast(request, " ".join(refusal.messages), level=messages.WARNING)
        return redirect("correspondence:letters")
    if stay > 0:
        words = ngettext(
            "One batch holds %(most)s letters; %(n)s more waits under “Letters to print”.",
            "One batch holds %(most)s letters; %(n)s more wait under “Letters to print”.",
            stay,
        )
        toast(request, words % {"most": intcomma(batches.MOST), "n": intcomma(stay)})
    return redirect("correspondence:print_batch", batch.pk)


@require_safe
def letter_pdf(request: Request, pk: int) -> FileResponse:
    """One letter as it will be printed, for whoever may see it; the day on it is today until it is posted."""
    found = Piece.objects.visible_to(request.user).filter(medium="letter")
    piece: Any = get_object_or_404(found.select_related("account", "contact", "sender"), pk=pk)
    desk = Desk.of(piece.left_on or today_for(request.user))
    return shown_pdf(desk.paper, [sheet_of(piece, desk)], piece.subject, f"letter-{piece.pk}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: Request, pk: int) -> HttpResponse:
    """Take a letter back that has not left."""
    piece = editable(Piece, request.user, pk, _("Only its writer or those who look after the account may."))
    form = CancelForm(posted(request))
    if attempt(form, lambda: services.cancel(request.user, piece, form.cleaned_data["reason"])):
        toast(request, _("The letter to %(name)s is taken back.") % {"name": piece.contact.name})
        return go(request, "correspondence:letters")
    title = _("Take back the letter to %(name)s") % {"name": piece.contact.name}
    back = reverse("correspondence:letters")
    return form_reply(
        request, form, title=title, submit=_("Take it back"), back=back, back_text=_("Letters to print"),
        lead=piece.subject, danger=True,
    )  # fmt: skip
