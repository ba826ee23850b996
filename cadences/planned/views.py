"""Planned correspondence: what the night wrote, to be read and sent; what it could not, with its cure."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from cadences.day import my_day
from cadences.models import Touchpoint
from cadences.planned.forms import WordsForm
from cadences.planned.origins import origin_of
from cadences.planned.shown import by_hand, draft_context, hindered_for, waiting_for
from cadences.views.day import wants_book
from cadences.views.sheet import put_next_in_front
from core.forms import attempt, posted
from core.htmx import is_htmx, page_or_fragment, toast
from correspondence.models import Medium, Piece
from correspondence.pieces import services
from users.clock import today_for
from users.http import Request

OWNERS = ("me", "team", "all")


@require_safe
def listing(request: Request) -> HttpResponse:
    """What waits to be read and sent, what is on its way, and what could not be written."""
    user = request.user
    usual = "team" if user.is_manager else "all" if user.is_admin else "me"
    owner = request.GET.get("owner", "")
    owner = owner if owner in OWNERS else usual
    accounts = Account.objects.visible_to(user).of_owner(owner, user).order_by().values("pk")
    waiting = waiting_for(user, accounts)
    context = {
        "owner": owner,
        "drafts": [one for one in waiting if one.piece.state == Piece.State.DRAFT],
        "on_their_way": [one for one in waiting if one.piece.state != Piece.State.DRAFT],
        "hindered": hindered_for(user, accounts, today_for(user)),
        "by_hand": by_hand(),
    }
    return render(request, "planned/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: Request, pk: int) -> HttpResponse:
    """Read it, change a word, send it: an e-mail leaves, a letter goes to the queue of the printer."""
    user = request.user
    row, piece = _found(request, pk)
    if not piece.is_open or request.method != "POST":
        return _panel(request, row, piece)
    services.require_editable(user, piece)
    before = my_day(user, today_for(user), book_only=wants_book(request)).ids
    form = WordsForm(posted(request), piece=piece)
    act = request.POST.get("act")
    sends, takes = act in ("send", "send_as_me"), act == "send_as_me"
    done = attempt(
        form, lambda: services.change_and_queue(user, piece, form.changes, queue_it=sends, take_it=takes)
    )
    if done is None:
        return _panel(request, row, piece, form)
    if not sends:
        toast(request, _("Saved. It waits until you send it."))
        return _panel(request, row, done) if is_htmx(request) else redirect("planned:draft", pk)
    is_mail = done.medium == Medium.EMAIL
    words = _("%(account)s: it leaves now.") if is_mail else _("%(account)s: the letter waits to be printed.")
    toast(request, words % {"account": row.account})
    return put_next_in_front(request, pk, before)


@require_POST
def drop(request: Request, pk: int) -> HttpResponse:
    """Write it by hand, or not at all: the draft is taken back, and what is owed stays owed."""
    row, piece = _found(request, pk)
    try:
        services.cancel(request.user, piece, _("Not sent as it was drafted."))
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
        return redirect("planned:draft", pk)
    toast(
        request,
        _("%(account)s: the draft is gone. Do it another way, or leave it out.") % {"account": row.account},
    )
    where = reverse("cadences:touchpoint", args=[pk])
    return HttpResponse(status=204, headers={"HX-Redirect": where}) if is_htmx(request) else redirect(where)


def _found(request: Request, pk: int) -> tuple[Touchpoint, Piece]:
    rows = Touchpoint.objects.visible_to(request.user).select_related(
        "account__tier", "account__owner", "slot"
    )
    row = get_object_or_404(rows, pk=pk)
    pieces = Piece.objects.visible_to(request.user).in_order()
    return row, get_object_or_404(pieces, origin=origin_of(pk))


def _panel(request: Request, row: Touchpoint, piece: Piece, form: WordsForm | None = None) -> HttpResponse:
    context = draft_context(request.user, row, piece, form) | {"book_only": wants_book(request)}
    status = 422 if form is not None and form.errors else 200
    return page_or_fragment(request, "planned/draft.html", "planned/_draft.html", context, status)
