"""The kind of outbox mail that a piece is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from correspondence import rendering, unsubscribe
from correspondence.kinds import Rendered
from correspondence.mailings import turns
from correspondence.models import Identity, Message, Piece
from correspondence.pieces.files import attachments_of
from correspondence.pieces.leaving import left
from correspondence.placeholders import several_lines
from correspondence.services.enqueueing import Draft
from correspondence.services.enqueueing import Identity as Sender
from correspondence.words.languages import base_of
from correspondence.words.opt_out import opt_out_words
from correspondence.words.showing import as_html, as_text
from users.clock import company_today
from users.models import User

KIND = "piece"


def draft_of(piece: Piece, identity: Identity) -> Draft:
    """The row of the outbox that sends this piece."""
    return Draft(
        KIND,
        piece.topic,
        piece.contact.email,
        f"piece {piece.pk}",
        {"piece": piece.pk},
        piece.contact_id,
        not_before=piece.not_before,
        identity=Sender(identity.name, identity.address),
        # somebody pressed "Send" and looks for it; the night and a mailing wait their turn
        is_urgent=piece.created_by_id is not None and piece.not_before is None,
    )


def render(message: Message) -> Rendered | None:
    """The words of the piece with its sender's signature, and the way out of mails that nobody asked for.

    None when it was taken back.
    """
    piece = _piece_of(message)
    if piece is None or piece.state != Piece.State.QUEUED:
        return None
    source = signed(piece.body, piece.sender, getattr(piece.sender, "identity", None))
    text, context = as_text(source), {"subject": piece.subject, "body": as_html(source)}
    if message.topic in unsubscribe.TOPICS:
        link, words = unsubscribe.url_for(message.recipient, message.topic), opt_out_words(piece.language)
        text = f"{text}\n\n{words}:\n{link}"
        context |= {"opt_out": link, "opt_out_words": words}
    html = rendering.strictly(
        "correspondence/mail.html", context | {"language": piece.language}, base_of(piece.language) or "en"
    )
    return Rendered(
        piece.subject, text, rendering.inlined(html), piece.language, attachments=attachments_of(piece)
    )


def signed(body: str, sender: User | None, identity: Identity | None) -> str:
    """The words with the signature of their sender below; name and job title where there is none."""
    if identity is not None and identity.signature:
        return f"{body}\n\n{identity.signature}"
    if sender is None:
        return body
    return f"{body}\n\n{several_lines([sender.display_name, sender.job_title])}"


def may_send(messages: list[Message]) -> dict[int, str]:
    """Why some must not be sent any more: who has left reads none, who works here no more writes none.

    Those of mailings are asked everything that kept people out of the audience, and get their words.
    """
    pieces = _pieces_of(messages)
    tried_before = {message.payload["piece"] for message in messages if message.attempts > 1}
    barred = turns.barred(list(pieces.values()), may_be_out=tried_before)
    today = company_today()
    reasons = {}
    for message in messages:
        piece = message.piece_read = pieces.get(message.payload["piece"])  # type: ignore[attr-defined]
        if piece is None:
            continue
        if piece.pk in barred:
            reasons[message.pk] = barred[piece.pk]
        elif piece.contact.left_on and piece.contact.left_on <= today:
            reasons[message.pk] = _("The contact has left.")
        elif piece.sender is not None and not piece.sender.is_active:
            reasons[message.pk] = _("Its sender does not work here any more.")
    return reasons


def on_handed_over(messages: list[Message]) -> None:
    """They are out: each becomes an interaction on its account's page."""
    pieces = _pieces_of(messages)
    left([piece for piece in pieces.values() if piece.state != Piece.State.LEFT], company_today())


def _piece_of(message: Message) -> Piece | None:
    """As ``may_send`` has just read it for its batch."""
    if hasattr(message, "piece_read"):
        return message.piece_read
    return _pieces_of([message]).get(message.payload["piece"])


def _pieces_of(messages: list[Message]) -> dict[int, Piece]:
    wanted = Piece.objects.select_related("contact", "sender__team", "sender__identity", "text")
    wanted = wanted.prefetch_related("files__account_file")
    return wanted.in_bulk([message.payload["piece"] for message in messages])
