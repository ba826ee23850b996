"""One page of words: a thank-you after a talk, a mail or letter on an account, a draft."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from contacts.models import Contact, Interaction
from core.forms import attempt, posted
from core.htmx import toast
from core.text import whole_number
from correspondence.models import Medium, Piece, Template, Use
from correspondence.pieces import wording
from correspondence.pieces.afterwards import sent_pair
from correspondence.pieces.desk import Desk, previews
from correspondence.pieces.files import limits
from correspondence.pieces.forms import WriteForm, initial_of
from correspondence.pieces.pair import Pair, pair_of, save_pair, send_pair
from users.http import Request, is_own_path

CHECK_DAYS = 4
"""So long after a thank-you we ask whether it came."""

TURNS = ("words", "contact")
"""What changes the words that stand in the form, and stores nothing."""

VERBS: dict[str, Callable[..., Pair]] = {
    "send": send_pair,
    "send_as_me": partial(send_pair, take_it=True),
    "sent": sent_pair,
}
"""What is done with the words; anything else keeps them as a draft."""

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def write(request: Request, account_pk: int) -> HttpResponse:
    """A mail or a letter to somebody there; ``medium`` and ``contact`` in the address choose."""
    desk, initial = _blank(request, account_pk)
    return desk_page(request, desk, initial)


@form_page
def thank_you(request: Request, interaction_pk: int) -> HttpResponse:
    """E-mail and letter with the same words, to whom one has spoken; a draft of it is gone on with."""
    user = request.user
    talks = Interaction.objects.visible_to(user).standing().select_related("account__owner", "contact")
    talk = get_object_or_404(talks, pk=interaction_pk)
    drafts = Piece.objects.editable_by(user).drafts().filter(about=talk, use=Use.THANK_YOU)
    if request.method != "POST" and (draft := drafts.order_by("pk").first()):
        return redirect("correspondence:piece", draft.pk)
    title = _("Thank you, %(account)s") % {"account": talk.account.name}
    contact = _asked(request, talk.account) or _employed(talk.contact)
    desk = Desk(
        user, talk.account, title, f"thanks-{talk.pk}", use=Use.THANK_YOU, about=talk,
        chosen="contact" in request.GET, back=request.get_full_path(),
    )  # fmt: skip
    return desk_page(request, desk, _opening(desk, contact, {"email", "letter"}))


@require_POST
def preview(request: Request, account_pk: int) -> HttpResponse:
    """Both as they will be read, as the words stand now; nothing is stored.

    Somebody else to write to, or another template, changes the words as well.
    """
    desk, form = _as_typed(request, account_pk)
    act = request.POST.get("act", "")
    if act not in TURNS and form.person and form.person != form.before:
        act = "contact"
    context = {"desk": desk, "form": form, "is_turned": act in TURNS}
    if act in TURNS:
        context["form"] = _turned(desk, form, act)
    return render(request, "correspondence/write/_reply.html", context | previews(desk, context["form"]))


def desk_page(request: Request, desk: Desk, initial: dict[str, Any]) -> HttpResponse:
    """The page, and what is done on it: turn the words, keep them, send them."""
    files = request.FILES if request.method == "POST" else None
    form = WriteForm(
        posted(request), files, account=desk.account, pair=desk.pair, use=desk.use, about=desk.about,
        initial=initial,
    )  # fmt: skip
    act = request.POST.get("act", "")
    if act in TURNS:
        form = _turned(desk, form, act)
    elif request.method == "POST":
        verb = VERBS.get(act, save_pair)
        done = attempt(form, lambda: verb(request.user, desk.account, form.draft(), before=desk.pair))
        if done:
            return _done(request, desk, done, act)
    context = {"desk": desk, "form": form, "check_days": CHECK_DAYS, "limits": limits()} | previews(
        desk, form
    )
    return render(request, "correspondence/write/page.html", context, status=422 if form.errors else 200)


def of_draft(request: Request, piece: Piece) -> HttpResponse:
    """The page of a draft, with its twin; ``contact`` in the address turns it to somebody else."""
    pair = pair_of(piece, request.user)
    asked = _asked(request, piece.account)
    desk = Desk(
        request.user, piece.account, _("Draft for %(account)s") % {"account": piece.account.name},
        f"piece {pair.version}", pair=pair, use=piece.use, about=piece.about, chosen=asked is not None,
        back=request.get_full_path(),
    )  # fmt: skip
    initial = initial_of(pair)
    if asked is not None and asked.pk != initial["contact"]:
        initial |= {"contact": asked.pk, "addressed": asked.pk}
        for name in ("body", "letter_body"):
            if name in initial:
                initial[name] = wording.greeted(initial[name], piece.contact, asked, initial["language"])
    return desk_page(request, desk, initial)


def _blank(request: Request, account_pk: int) -> tuple[Desk, dict[str, Any]]:
    account = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("owner"), pk=account_pk
    )
    medium = request.GET.get("medium", "")
    medium = medium if medium in Medium.values else Medium.EMAIL
    title = _("Write to %(account)s") % {"account": account.name}
    desk = Desk(
        request.user, account, title, f"write-{account.pk}-{medium}", chosen="contact" in request.GET,
        back=request.get_full_path(),
    )  # fmt: skip
    main = Contact.objects.visible_to(request.user).filter(account=account).employed().first()
    return desk, _opening(desk, _asked(request, account) or main, {str(medium)})


def _opening(desk: Desk, contact: Contact | None, media: set[str]) -> dict[str, Any]:
    """The words that the page begins with; of a use with templates, their own."""
    language = wording.language_of(desk.account, contact)
    what = desk.use if desk.use != Use.OTHER else ""
    filled = wording.fill(what, desk, contact, language, media)
    return _said(filled, contact) | dict.fromkeys(media, True)


def _said(filled: wording.Filled, contact: Contact | None) -> dict[str, Any]:
    own = filled.letter
    return {
        "contact": contact.pk if contact else None,
        "addressed": contact.pk if contact else None,
        "language": filled.language,
        "subject": filled.subject,
        "body": filled.body,
        "text": filled.text.pk if filled.text else None,
        "template": filled.text.template_id if filled.text else None,
        "differs": own is not None,
        "letter_subject": own.subject if own else "",
        "letter_body": own.body if own else "",
        "letter_text": own.text.pk if own and own.text else None,
        "filled": filled.fingerprint,
    }


def _as_typed(request: Request, account_pk: int) -> tuple[Desk, WriteForm]:
    """What stands in the form in the browser, for a preview: drafts and talks as they may be seen."""
    user = request.user
    account = get_object_or_404(Account.objects.visible_to(user).select_related("owner"), pk=account_pk)
    pk = whole_number(request.GET.get("piece", ""))
    piece = Piece.objects.editable_by(user).drafts().filter(account=account, pk=pk).first() if pk else None
    talk_pk = whole_number(request.GET.get("about", ""))
    talk = (
        Interaction.objects.visible_to(user).filter(account=account, pk=talk_pk).first() if talk_pk else None
    )
    use, back = request.GET.get("use", ""), request.GET.get("back", "")
    desk = Desk(
        user, account, "", "", pair=pair_of(piece, user) if piece else Pair(),
        use=use if use in Use.values else Use.OTHER, about=talk, back=back if is_own_path(back) else "",
    )  # fmt: skip
    form = WriteForm(request.POST, account=account, pair=desk.pair, use=desk.use, about=talk)
    return desk, form


def _turned(desk: Desk, form: WriteForm, act: str) -> WriteForm:
    """The form anew: another template's words, or the same for somebody else. Nothing typed is lost: words
    that somebody has touched keep everything but the salutation.
    """
    contact, language = form.person, form.spoken
    values = {name: form[name].value() for name in form.fields if name != "uploads"}
    template = (
        Template.objects.visible_to(desk.user)
        .offered()
        .filter(pk=whole_number(str(values["template"] or "")) or 0)
        .first()
    )
    if act == "contact" and contact and form.is_untouched:
        language = wording.language_of(desk.account, contact)
    if act == "words" or form.is_untouched:
        values |= _said(wording.fill(template or "", desk, contact, language, form.ticked), contact)
    elif contact:
        for name in ("body", "letter_body"):
            values[name] = wording.greeted(values[name] or "", form.before, contact, language)
        values["addressed"] = contact.pk
    return WriteForm(account=desk.account, pair=desk.pair, use=desk.use, about=desk.about, initial=values)


def _done(request: Request, desk: Desk, pair: Pair, act: str) -> HttpResponse:
    if act == "sent" and pair.email is not None:
        toast(request, _("It counts as sent, and nothing is mailed."))
        return redirect("correspondence:piece", pair.email.pk)
    if act not in VERBS:
        toast(request, _("Saved as a draft: you and those who look after the account see it."))
        first = next(iter(pair))
        return redirect("correspondence:piece", first.pk)
    words = [_is_sent_words(piece.medium) for piece in pair]
    if desk.use == Use.THANK_YOU:
        asked = ngettext(
            "We ask in %(n)s day whether it came.", "We ask in %(n)s days whether it came.", CHECK_DAYS
        )
        words.append(asked % {"n": CHECK_DAYS})
    toast(request, " ".join(words))
    return redirect("accounts:detail", desk.account.pk)


def _is_sent_words(medium: str) -> str:
    if medium == Medium.EMAIL:
        return _("The e-mail is on its way.")
    return _("The letter waits to be printed.")


def _asked(request: Request, account: Account) -> Contact | None:
    pk = whole_number(request.GET.get("contact", ""))
    people = Contact.objects.visible_to(request.user).filter(account=account).employed()
    found: Contact | None = people.filter(pk=pk or 0).first()
    return found


def _employed(contact: Contact | None) -> Contact | None:
    return contact if contact and not contact.left_on else None
