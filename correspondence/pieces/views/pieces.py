"""The page of one mail or letter, and what its writers do with it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from contacts.models import Contact
from core.downloads import as_download
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.text import whole_number
from correspondence.models import Medium, Piece, PieceFile
from correspondence.pieces import afterwards, services
from correspondence.pieces.desk import letter_shown, mail_sent
from correspondence.pieces.forms import CancelForm, SentMyselfForm
from correspondence.pieces.pair import cancel_pair, pair_of
from correspondence.pieces.shown import fate_of
from correspondence.pieces.views.writing import of_draft
from users.clock import today_for
from users.http import Request

_NOT_SENT = gettext_lazy("Do not send “%(subject)s”")


@require_http_methods(["GET", "HEAD", "POST"])
def piece(request: Request, pk: int) -> HttpResponse:
    """A draft to go on with; else its words, which stand, and what became of them."""
    found = get_object_or_404(_rows(request), pk=pk)
    if found.is_open:
        return of_draft(request, found)
    if request.method == "POST":  # sent by somebody, or by the same form before
        toast(request, _("It was sent or taken back meanwhile: its words stand."), level=messages.WARNING)
        return redirect("correspondence:piece", pk)
    is_mail = found.medium == Medium.EMAIL
    context = {
        "piece": found,
        "fate": fate_of(found),
        "is_editable": Piece.objects.editable_by(request.user).filter(pk=pk).exists(),
        "may_resend": services.may_send_as(request.user, found.sender_id),
        "files": found.files.order_by("pk"),
        "mail": mail_sent(found) if is_mail else None,
        "sheet": None if is_mail else letter_shown(found, today_for(request.user)),
        "twin": _twin(request, found),
    }
    return render(request, "correspondence/piece/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: Request, pk: int) -> HttpResponse:
    """It is not sent, with a reason; a draft of both media with its twin."""
    found = _writable(request, pk)
    form, pair = CancelForm(posted(request)), pair_of(found, request.user)
    if attempt(form, lambda: cancel_pair(request.user, pair, form.cleaned_data["reason"])):
        toast(request, _("It is not sent."))
        return go(request, "accounts:detail", found.account_id)
    is_both = pair.email is not None and pair.letter is not None
    words = _("Do not send “%(subject)s”, neither e-mail nor letter") if is_both else _NOT_SENT
    title = words % {"subject": found.subject}
    back = reverse("correspondence:piece", args=[pk])
    return form_reply(
        request,
        form,
        title=title,
        submit=_("Do not send it"),
        back=back,
        back_text=found.subject,
        danger=True,
    )


@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    return _verb(request, pk, afterwards.resend, _("It is sent once more."))


@require_POST
def arrived(request: Request, pk: int) -> HttpResponse:
    return _verb(request, pk, afterwards.arrived, _("It counts as sent."))


@require_POST
def again(request: Request, pk: int) -> HttpResponse:
    def words(made: Piece) -> str:
        if made.is_open:
            return _("Here are the same words as a new draft.")
        return _("It was written again already: this is what became of it.")

    return _verb(request, pk, afterwards.write_again, words)


@require_http_methods(["GET", "HEAD", "POST"])
def sent_myself(request: Request, account_pk: int) -> HttpResponse:
    """A mail that was sent otherwise, logged without composing it here."""
    user = request.user
    account = get_object_or_404(Account.objects.visible_to(user), pk=account_pk)
    chosen = whole_number(request.GET.get("contact", ""))
    people = Contact.objects.visible_to(user).filter(account=account).employed()
    first = (people.filter(pk=chosen) if chosen else people).first()
    initial = {"contact": first and first.pk, "on": today_for(user)}
    form = SentMyselfForm(posted(request), account=account, initial=initial)
    if attempt(form, lambda: afterwards.log_mail(user, account, **form.cleaned_data)):
        toast(request, _("The e-mail is logged as sent."))
        return go(request, "accounts:detail", account_pk)
    title = _("I sent an e-mail to %(account)s myself") % {"account": account.name}
    lead = _("For mails from your own mail program: it stands on the account's page, nothing is mailed.")
    back = reverse("accounts:detail", args=[account_pk])
    return form_reply(
        request, form, title=title, lead=lead, submit=_("Log it as sent"), back=back, back_text=account.name
    )


@require_safe
def file(request: Request, pk: int) -> FileResponse | HttpResponse:
    """An attachment, as a download only: no browser ever shows it as a page of ours."""
    rows = PieceFile.objects.visible_to(request.user).select_related("account_file", "piece")
    row = get_object_or_404(rows, pk=pk)
    try:
        content = row.opened()
    except FileNotFoundError:
        return _gone(request, row)
    return as_download(content, row.name, row.kind)


def _gone(request: Request, row: PieceFile) -> HttpResponse:
    context = {"file": row, "piece": row.piece}
    return render(request, "correspondence/piece/file_gone.html", context, status=404)


def _rows(request: Request) -> Any:
    named = (
        "account__owner",
        "contact",
        "sender",
        "message",
        "logged",
        "about",
        "created_by",
        "text__template",
    )
    return Piece.objects.visible_to(request.user).select_related(*named)


def _twin(request: Request, found: Piece) -> Piece | None:
    rows = Piece.objects.visible_to(request.user)
    twin: Piece | None = rows.filter(twin=found).first() or rows.filter(pk=found.twin_id).first()
    return twin


def _writable(request: Request, pk: int) -> Piece:
    found: Piece = editable(
        Piece, request.user, pk, _("Only its writers or those who look after the account may.")
    )
    return found


def _verb(
    request: Request, pk: int, verb: Callable[[Any, Piece], Any], words: str | Callable[[Any], str]
) -> HttpResponse:
    """Do it and show the piece as it is then; of a new draft, that one."""
    found = _writable(request, pk)
    try:
        made = verb(request.user, found)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
        made = None
    else:
        toast(request, words if isinstance(words, str) else words(made))
    return redirect("correspondence:piece", made.pk if made is not None else pk)
