"""What became of a piece, in words, and what its writers can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contacts.models import Interaction
from core.templatetags.ui import said
from correspondence.models import Medium, Message, Piece, State

RESEND, ARRIVED, AGAIN, CANCEL = "resend", "arrived", "again", "cancel"


@dataclass(frozen=True)
class Fate:
    """``acts``: what may be done, the likeliest first."""

    tone: str
    title: str
    words: str = ""
    acts: tuple[str, ...] = ()


def fate_of(piece: Piece) -> Fate:
    """What became of it. Reads ``message``, ``logged`` and ``contact``, which the query brings along."""
    if piece.state == Piece.State.DRAFT:
        return Fate("soon", _("Draft"), _("Only its writers see it until it is sent."))
    if piece.state == Piece.State.CANCELLED:
        return Fate("quiet", _("Not sent"), piece.reason, (AGAIN,))
    if piece.state == Piece.State.LEFT:
        return _of_left(piece)
    if piece.medium == Medium.LETTER:
        return _of_letter(piece)
    return _of_mail(piece, piece.message)


def _of_left(piece: Piece) -> Fate:
    day = {"day": said(piece.left_on)}
    if piece.medium == Medium.LETTER:
        return Fate("kept", _("Posted %(day)s") % day)
    if piece.message is not None and piece.message.returned_at:
        words = _("The mail server of %(address)s gave it back: ask for the right address, then write again.")
        return Fate("late", _("Came back"), words % {"address": piece.message.recipient}, (AGAIN,))
    if piece.logged is not None and piece.logged.source == Interaction.Source.PAGE:
        return Fate("kept", _("Sent %(day)s") % day, _("From somebody's own mail program."))
    return Fate("kept", _("Sent %(day)s") % day)


def _of_letter(piece: Piece) -> Fate:
    if piece.state == Piece.State.PRINTED:
        return Fate("soon", _("Printed"), _("It is on paper and waits to be posted."), (CANCEL,))
    return Fate("soon", _("Waits to be printed"), _("It lies in the print queue."), (CANCEL,))


def _of_mail(piece: Piece, message: Message | None) -> Fate:
    if message is None:  # rows of the outbox are deleted after half a year
        return Fate("quiet", _("Not sent"), _("What became of it is not known any more."), (CANCEL,))
    if message.state == State.FAILED:
        return Fate("late", _("Not sent: refused"), _why_failed(piece, message), (AGAIN, RESEND, CANCEL))
    if message.state == State.UNCERTAIN:
        words = _(
            "The mail server took the text and never answered. Ask %(name)s whether it came; sent again "
            "it may arrive twice."
        ) % {"name": piece.contact}
        return Fate("late", _("Nobody knows whether it went out"), words, (ARRIVED, RESEND))
    if message.state == State.CANCELLED:
        return Fate("late", _("Not sent: stopped"), message.reason, (AGAIN, CANCEL))
    if message.state == State.PENDING:
        return Fate("soon", _("Waits to be sent"), _why_waiting(message), (CANCEL,))
    return Fate("soon", _("Is being sent"))


def _why_failed(piece: Piece, message: Message) -> str:
    words = _("The mail server said: “%(error)s”.") % {"error": message.last_error[:200] or "–"}
    if piece.contact.email.lower() == message.recipient:
        cure = _("If the address is wrong, correct it on the page of %(name)s and write again.")
    else:
        cure = _("%(name)s has another address by now: write again.")
    return f"{words} {cure % {'name': piece.contact}}"


def _why_waiting(message: Message) -> str:
    if message.last_error:
        return _("The mail server said “later”: it is tried again by itself.")
    if message.not_before:
        return _("It leaves by itself %(day)s.") % {"day": said(localtime(message.not_before).date())}
    return _("It leaves in a moment.")
