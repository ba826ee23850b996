"""Pages of the book: the board, the refill, beginning and finishing, the team's books."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import BookEntry, BookFinish
from cadences.book import board, services, team
from cadences.book.forms import BeginForm, FinishForm
from cadences.book.proposals import proposals, reason
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.text import whole_number
from sales.five_ws import open_in_words
from users.access import require
from users.clock import today_for
from users.http import Request
from users.models import User

PROPOSED = 30
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def show(request: Request) -> HttpResponse:
    """Which of my accounts needs me? A colleague's book is read the same way."""
    owner = _whose(request)
    today = today_for(request.user)
    cards = board.cards_of(board.book_of(owner, request.user).select_related("user"), today)
    room = services.room_of(owner)
    context = {
        "owner": owner,
        "is_own": owner == request.user,
        "is_editable": services.may_work(request.user, owner),
        "columns": board.columns(cards),
        "cards": cards,
        "room": room,
        "today": today,
    }
    return render(request, "book/board.html", context)


def _whose(request: Request) -> User:
    number = whole_number(request.GET.get("of", ""))
    if number is None:
        return request.user
    found: User = get_object_or_404(User.objects.visible_to(request.user), pk=number)
    return found


@form_page
def refill(request: Request) -> HttpResponse:
    """What would come in next, each with its reason; the first that fit are ticked."""
    user, today = request.user, today_for(request.user)
    require(user.may_own_accounts, _("A book is for those who own accounts: salespeople and managers."))
    room, error = services.room_of(user), ""
    chosen = {number for text in request.POST.getlist("account") if (number := whole_number(text))}
    if request.method == "POST":
        try:
            taken = services.refill(user, sorted(chosen))
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            words = ngettext(
                "%(n)d account is in your book, to research.",
                "%(n)d accounts are in your book, to research.",
                len(taken),
            )
            toast(request, words % {"n": len(taken)})
            return go(request, "book:board")
    rows = [(account, reason(account, today)) for account in proposals(user, today)[:PROPOSED]]
    if request.method != "POST":
        chosen = {account.pk for account, _why in rows[: room.free]}
    context = {"rows": rows, "room": room, "chosen": chosen, "error": error, "today": today}
    return render(request, "book/refill.html", context, status=422 if error else 200)


@form_page
def begin(request: Request, pk: int) -> HttpResponse:
    """Research is done, or what stays open has its reason."""
    entry = editable(BookEntry, request.user, pk)
    form = BeginForm(posted(request), missing=open_in_words(entry.account, today_for(request.user)))
    begun = attempt(
        form, lambda: services.begin_work(request.user, entry, form.cleaned_data.get("unanswered", ""))
    )
    if begun:
        toast(request, _("Work on %(name)s begins.") % {"name": entry.account})
        return _back(request, entry.user)
    title = _("Begin work on %(name)s") % {"name": entry.account}
    return form_reply(request, form, title=title, submit=_("Begin"), back=_address(request, entry.user),
                      back_text=_("Book"))  # fmt: skip


@form_page
def finish(request: Request, pk: int) -> HttpResponse:
    """Out of the book, with what came of it; the next account takes its place."""
    entry = editable(BookEntry, request.user, pk)
    today = today_for(request.user)
    room = services.room_of(entry.user)
    fits = room.held - 1 < room.size  # an admin may have made books smaller
    rows = [(row, reason(row, today)) for row in proposals(entry.user, today)[:5]] if fits else []
    form = FinishForm(posted(request), proposed=rows)
    done = attempt(form, lambda: services.finish(request.user, entry, **form.cleaned_data))
    if done:
        words = _("%(name)s is finished.") % {"name": done.account}
        if then := form.cleaned_data["then"]:
            words = _("%(name)s is finished, %(next)s is in the book.") % {"name": done.account, "next": then}
        toast(request, words, undo=reverse("book:take_back", args=[done.pk]))
        return _back(request, done.user)
    title = _("Finish %(name)s") % {"name": entry.account}
    return form_reply(request, form, title=title, submit=_("Finish"), back=_address(request, entry.user),
                      back_text=_("Book"))  # fmt: skip


@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    """Finished by mistake."""
    done = get_object_or_404(
        BookFinish.objects.visible_to(request.user).select_related("user", "account"), pk=pk
    )
    try:
        services.take_back(request.user, done)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    else:
        toast(request, _("%(name)s is in the book again.") % {"name": done.account})
    return _back(request, done.user)


@require_safe
def side_by_side(request: Request) -> HttpResponse:
    """The books of a manager's people beside each other."""
    user = request.user
    require(user.is_manager or user.is_admin, _("Only managers and admins compare books."))
    today = today_for(user)
    context = {"books": team.books_for(user, today), "today": today}
    return render(request, "book/team.html", context)


def _address(request: Request, owner: User) -> str:
    address = reverse("book:board")
    return address if owner == request.user else f"{address}?of={owner.pk}"


def _back(request: Request, owner: User) -> HttpResponse:
    return go(request, _address(request, owner))
