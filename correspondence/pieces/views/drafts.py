"""To send: the drafts that wait, approved one by one or all that are shown; and the line of My day."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from contacts.models import Interaction
from core.htmx import toast
from core.text import whole_number
from correspondence.models import Medium, Piece, Use
from correspondence.pieces.afterwards import approve as approve_pieces
from correspondence.pieces.listing import MAKERS, SIZE, WHOSE, Choice, drafts_page, sendable, senders
from users.clock import today_for
from users.http import Request

NAMED = 5
"""So many of what cannot be sent are named in one breath, and so many talks are offered for thanks."""


@require_safe
def drafts(request: Request) -> HttpResponse:
    """What is written and not sent: mine, and that of everybody I act for."""
    user = request.user
    choice = Choice.of(request.GET)
    page = drafts_page(user, choice)
    context: dict[str, Any] = {
        "choice": choice,
        "page": page,
        # what is no longer owed says why, and is sent alone by whoever wants it all the same
        "sendable": sendable(user, [piece for piece in page.rows if not piece.reason]),
        "senders": senders(user) if choice.whose == "all" else [],
        "whose": WHOSE,
        "makers": MAKERS,
        "uses": Use.choices,
        "media": Medium.choices,
    }
    return render(request, "correspondence/drafts/list.html", context)


@require_POST
def approve(request: Request) -> HttpResponse:
    """Send those that are named, each as it was read; back to the list as it was filtered."""
    chosen = [_read(text) for text in request.POST.getlist("piece")[:SIZE]]
    sent, refused = approve_pieces(request.user, [one for one in chosen if one is not None])
    if sent:
        words = ngettext("%(n)s is on its way.", "%(n)s are on their way.", len(sent))
        toast(request, words % {"n": len(sent)})
    for piece, why in refused[:NAMED]:
        toast(request, f"{piece.account}, {piece.contact}: {why}", level=messages.ERROR)
    if len(refused) > NAMED:
        left = ngettext("%(n)s more was not sent.", "%(n)s more were not sent.", len(refused) - NAMED)
        toast(request, left % {"n": len(refused) - NAMED}, level=messages.ERROR)
    if not sent and not refused:
        toast(request, _("They were sent or taken back meanwhile."), level=messages.WARNING)
    back = request.POST.get("back", "")
    return redirect(reverse("correspondence:drafts") + (back if back.startswith("?") else ""))


@require_safe
def day_line(request: Request) -> HttpResponse:
    """On My day: how many drafts wait, what did not arrive, and whom one has spoken to and may thank."""
    user = request.user
    talks = (
        Interaction.objects.visible_to(user).standing().logged_by(user).filter(happened_on=today_for(user))
    )
    thanked = (
        Piece.objects.visible_to(user)
        .exclude(state=Piece.State.CANCELLED)
        .filter(use=Use.THANK_YOU, about__isnull=False)
    )
    done = talks.filter(reached=True).exclude(pk__in=thanked.values("about"))
    context = {
        "drafts": Piece.objects.editable_by(user).drafts().in_the_name_of(user).count(),
        "troubles": Piece.objects.visible_to(user)
        .in_trouble(user)
        .select_related("account", "contact", "message")[:NAMED],
        "talks": done.select_related("account", "contact")[:NAMED],
    }
    return render(request, "correspondence/drafts/_day.html", context)


def _read(text: str) -> tuple[int, str] | None:
    """Id and version of a draft as the form names them."""
    number, _at, version = text.partition("@")
    pk = whole_number(number)
    return None if pk is None else (pk, version)
