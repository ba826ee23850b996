"""What the page of words shows beside them: how they will be read, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact, Interaction
from correspondence import suppression
from correspondence.letters.making import address_gaps, address_of
from correspondence.models import Identity, Letterhead, Medium, Piece, Topic, Use
from correspondence.pieces.mail import signed
from correspondence.pieces.pair import Pair
from correspondence.pieces.services import may_send_as
from correspondence.placeholders import day
from correspondence.words.showing import as_html
from users.clock import today_for
from users.models import User


@dataclass(frozen=True)
class Desk:
    """Where somebody writes: to whom, about what, from which page they came.

    ``draft_key``: under which the browser keeps what is typed. ``chosen``: somebody named in the address.
    ``back``: the address of the page itself, for detours that return to it.
    """

    user: User
    account: Account
    title: str
    draft_key: str
    pair: Pair = field(default_factory=Pair)
    use: str = Use.OTHER
    about: Interaction | None = None
    chosen: bool = False
    back: str = ""

    @property
    def preview_address(self) -> str:
        """Where the page asks how the words will be read."""
        known = {
            "use": self.use,
            "about": self.about and self.about.pk,
            "piece": self._first and self._first.pk,
            "back": self.back,
        }
        at = reverse("correspondence:preview", args=[self.account.pk])
        return f"{at}?{urlencode({name: value for name, value in known.items() if value})}"

    @property
    def _first(self) -> Piece | None:
        return next(iter(self.pair), None)

    @property
    def sender(self) -> User:
        """Whose name it leaves in."""
        return next((piece.sender for piece in self.pair if piece.sender), self.user)

    @cached_property
    def is_in_my_name(self) -> bool:
        """Whether the user may send it as it is: their own, or of somebody for whom they act."""
        is_mine = all(piece.sender_id is not None for piece in self.pair) and self.sender.is_active
        return is_mine and may_send_as(self.user, self.sender.pk)


@dataclass(frozen=True)
class Hint:
    """What stands in the way, and where it is mended. ``stops``: it cannot be sent so."""

    words: str
    address: str = ""
    cure: str = ""
    stops: bool = True


@dataclass(frozen=True)
class MailShown:
    """An e-mail as its recipient reads it."""

    sender: str
    to: str
    subject: str
    html: str


@dataclass(frozen=True)
class LetterShown:
    """A letter with its blocks in their places; the sheet itself is set when it is printed."""

    address: list[str]
    dated: str
    subject: str
    html: str
    signer: list[str]


def mail_shown(piece: Piece, identity: Identity | None) -> MailShown:
    """``piece`` may be one that is not stored."""
    to = piece.contact if piece.contact_id else None
    return MailShown(
        str(identity) if identity and identity.verified_at else "",
        f"{to.name} <{to.email}>" if to else "",
        piece.subject,
        as_html(signed(piece.body, piece.sender, identity)),
    )


def mail_sent(piece: Piece) -> MailShown:
    """A mail that is no draft any more, as it left: what was changed since does not count.

    The row of the outbox knows the addresses, for half a year; after that only the names are told.
    """
    message, sender = piece.message, piece.sender
    identity = Identity.objects.filter(user=sender).first() if sender else None
    left_at = message.sent_at if message is not None else None
    is_new = identity is not None and identity.updated_at > (left_at or piece.updated_at)
    is_signed = not is_new or piece.state == Piece.State.QUEUED
    body = signed(piece.body, sender, identity) if is_signed else piece.body
    name = sender.display_name if sender else ""
    return MailShown(
        f"{message.from_name} <{message.from_address}>" if message and message.from_address else name,
        f"{piece.contact.name} <{message.recipient}>" if message else piece.contact.name,
        piece.subject,
        as_html(body),
    )


def letter_shown(piece: Piece, on: date) -> LetterShown:
    contact = piece.contact if piece.contact_id else Contact()
    sender = piece.sender
    return LetterShown(
        list(address_of(piece.account, contact, str(Letterhead.get().country or ""))),
        day(piece.left_on or on, piece.language),
        piece.subject,
        as_html(piece.body),
        [line for line in (sender.display_name, sender.job_title) if line] if sender else [],
    )


def identity_of(user: User) -> Identity | None:
    """The address that somebody's mail leaves from; None when none is verified."""
    found: Identity | None = Identity.objects.verified().filter(user=user).first()
    return found


def email_hints(desk: Desk, contact: Contact | None, identity: Identity | None) -> list[Hint]:
    """Why an e-mail would not reach them."""
    hints = _named(desk)
    if identity is None and desk.sender == desk.user:
        hints.append(
            Hint(
                _("You have no verified address to send from."), reverse("correspondence:my_mail"),
                _("Enter and verify it"),
            )
        )  # fmt: skip
    elif identity is None and desk.is_in_my_name:
        words = _("%(name)s has no verified address to send from: only they can verify one, under My mail.")
        hints.append(Hint(words % {"name": desk.sender}))
    if contact is None:
        return hints
    named = {"name": contact.name}
    if not contact.email:
        edit = reverse("contacts:edit", args=[contact.pk])
        hints.append(Hint(_("%(name)s has no e-mail address.") % named, edit, _("Enter it")))
    elif suppression.suppressed([contact.email], Topic.SERVICE):
        page = reverse("contacts:edit", args=[contact.pk])
        words = _("Mail to %(address)s came back or was declined before: it would not be sent.")
        hints.append(Hint(words % {"address": contact.email}, page, _("Correct the address")))
    return hints + _refused(contact, Medium.EMAIL)


def letter_hints(desk: Desk, contact: Contact | None) -> list[Hint]:
    """Why a letter would not reach them."""
    hints = _named(desk)
    if missing := address_gaps(desk.account):
        words = _("The address of %(account)s lacks: %(what)s.") % {
            "account": desk.account.name,
            "what": ", ".join(missing),
        }
        hints.append(Hint(words, reverse("accounts:edit", args=[desk.account.pk]), _("Enter it")))
    return hints + (_refused(contact, Medium.LETTER) if contact else [])


def _named(desk: Desk) -> list[Hint]:
    if desk.is_in_my_name:
        return []
    words = _("This is in the name of %(name)s, for whom you do not stand in: you can send it in your own.")
    is_known = all(piece.sender_id for piece in desk.pair)
    name = desk.sender if is_known else _("somebody who was deleted")
    return [Hint(words % {"name": name}, stops=False)]


def _refused(contact: Contact, medium: str) -> list[Hint]:
    if medium not in contact.refused_channels:
        return []
    words = {
        Medium.EMAIL: _("%(name)s does not want e-mails: say below why it is written all the same."),
        Medium.LETTER: _("%(name)s does not want letters: say below why it is written all the same."),
    }
    return [Hint(words[Medium(medium)] % {"name": contact.name}, stops=False)]


def previews(desk: Desk, form: Any) -> dict[str, Any]:
    """Both previews and their hints, of what stands in the form now."""
    contact, identity = form.person, identity_of(desk.sender)
    email, letter = (_unsaved(desk, form, medium) for medium in (Medium.EMAIL, Medium.LETTER))
    media = {medium: medium in form.ticked for medium in Medium.values}
    return {
        "mail": mail_shown(email, identity),
        "sheet": letter_shown(letter, today_for(desk.user)),
        "media": media,
        "email_hints": email_hints(desk, contact, identity) if media["email"] else [],
        "letter_hints": letter_hints(desk, contact) if media["letter"] else [],
        "is_refused": any(on and contact and one in contact.refused_channels for one, on in media.items()),
        "person": contact,
    }


def _unsaved(desk: Desk, form: Any, medium: str) -> Piece:
    own = "letter_" if medium == Medium.LETTER and form.is_separate else ""
    return Piece(
        medium=medium, account=desk.account, contact=form.person, sender=desk.sender,
        language=form.spoken, subject=form[f"{own}subject"].value() or "",
        body=(form[f"{own}body"].value() or "").replace("\r\n", "\n"),
    )  # fmt: skip
