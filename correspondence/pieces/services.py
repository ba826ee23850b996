"""The verbs: prepare, change, queue, take back, post. Every door calls these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact, Interaction
from core import facts
from correspondence.models import Identity, Medium, Piece, TemplateText, Topic, Use
from correspondence.pieces import mail
from correspondence.pieces.files import hold_files, unless_undone
from correspondence.pieces.leaving import left
from correspondence.services.enqueueing import enqueue
from correspondence.services.managing import withdraw
from correspondence.words.filling import gaps_in
from users.access import acts_for, require, require_active
from users.clock import company_today, today_for
from users.models import User

CHANGEABLE = frozenset({"subject", "body", "contact", "language", "text", "refused_reason", "not_before"})


@dataclass(frozen=True)
class PieceDraft:
    """What is to be written. ``contact`` None is refused for letters and e-mails alike (R10), with the cure.

    ``origin``: what it is made for; the same origin again is the same piece. ``sender`` None: the user.
    ``twin``: the draft that says the same by the other medium; both are in one name.
    """

    medium: str
    contact: Contact | None
    subject: str
    body: str
    use: str = Use.OTHER
    topic: str = Topic.SERVICE
    language: str = "en"
    text: TemplateText | None = None
    sender: User | None = None
    about: Interaction | None = None
    twin: Piece | None = None
    refused_reason: str = ""
    origin: str | None = None
    not_before: datetime | None = None


@transaction.atomic
def prepare(user: User, account: Account, draft: PieceDraft) -> Piece:
    """A draft, seen by its writers alone. Raises ValidationError by field, PermissionDenied.

    Everybody active may write on any account (R16), in their own name; in another's only for whom they act.
    Beside a draft that they may change it is in the name that this is in.
    """
    require_active(user)
    sender = draft.sender or user
    if draft.twin is not None:
        require_editable(user, draft.twin)
        sender = draft.twin.sender or user
    require(
        draft.twin is not None or may_send_as(user, sender.pk),
        _("You may write in your own name and for whom you stand in."),
    )
    if draft.origin and (before := Piece.objects.filter(origin=draft.origin).first()):
        return before
    piece = Piece(
        account=account, sender=sender, created_by=user,
        **{name: getattr(draft, name) for name in (
            "medium", "contact", "subject", "body", "use", "topic", "language", "text", "about", "twin",
            "refused_reason", "origin", "not_before",
        )},
    )  # fmt: skip
    check(piece)
    if piece.twin is not None:
        Piece.objects.filter(twin=piece.twin).update(twin=None)  # whatever said the same before it
    piece.save()
    return piece


@transaction.atomic
def change(user: User, piece: Piece, **changes: Any) -> Piece:
    """Change the words of a draft, or whom it goes to. Raises ValidationError, PermissionDenied."""
    piece = locked(user, piece)
    _require_draft(piece)
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"not changeable: {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(piece, name, value)
    check(piece)
    piece.save()
    return piece


@transaction.atomic
def take_over(user: User, piece: Piece) -> Piece:
    """From now on the draft is in the user's own name: who may change it may do that, and then send it.

    Raises ValidationError when it is no draft any more, PermissionDenied.
    """
    piece = locked(user, piece)
    _require_draft(piece)
    if piece.sender_id != user.pk:
        piece.sender = user
        piece.save()
    return piece


@unless_undone()
def queue(user: User, piece: Piece) -> Piece:
    """Approve a draft: an e-mail goes into the outbox, a letter into the queue of the printer.

    Only its sender and who acts for them send it; others :func:`take_over` first. Raises ValidationError
    naming what is missing, PermissionDenied.
    """
    piece = locked(user, piece)
    _require_draft(piece)
    require_sender(user, piece)
    check(piece)
    _require_finished(piece)
    piece.state = Piece.State.QUEUED
    if piece.medium == Medium.EMAIL:
        hold_files(piece)
        piece.message = enqueue(mail.draft_of(piece, _identity_of(piece)))
    piece.save()
    return piece


@unless_undone()
def change_and_queue(
    user: User, piece: Piece, changes: dict[str, Any], *, queue_it: bool, take_it: bool = False
) -> Piece:
    """One form with its buttons: the words as they were typed, kept as a draft or approved with it.

    ``take_it``: in the user's own name. Raises ValidationError, also when somebody has saved meanwhile.
    """
    require_unchanged(user, [piece])
    if changes:
        piece = change(user, piece, **changes)
    if take_it:
        piece = take_over(user, piece)
    return queue(user, piece) if queue_it else piece


@transaction.atomic
def cancel(user: User, piece: Piece, reason: str) -> Piece:
    """Take back what has not left. Raises ValidationError when it has, or without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is not sent.")})
    piece = locked(user, piece)
    if piece.state in (Piece.State.LEFT, Piece.State.CANCELLED):
        raise ValidationError(_("It has left or was taken back already."))
    if piece.message_id and not withdraw(piece.message_id, reason.strip()):
        raise ValidationError(_("The mail server has it, or may have it: it cannot be taken back any more."))
    piece.state, piece.reason, piece.twin = Piece.State.CANCELLED, reason.strip()[:200], None
    piece.save()
    Piece.objects.filter(twin=piece).update(twin=None)  # another one may say the same beside it
    facts.changed(account_ids=[piece.account_id])  # its e-mail may have left alone by that
    return piece


@transaction.atomic
def post(user: User, pieces: Sequence[Piece], on: date | None = None) -> list[Piece]:
    """Letters were carried to the post on that day (today). Those that were posted before stay as they are.

    Raises ValidationError when one is no letter in the queue, PermissionDenied when one is not theirs.
    """
    require_active(user)
    wanted = {piece.pk for piece in pieces}
    ours = Piece.objects.editable_by(user).filter(pk__in=wanted).values("pk")
    found = list(
        Piece.objects.select_for_update(of=("self",))
        .filter(pk__in=ours)
        .select_related("sender__team", "contact")
        .order_by("pk")
    )
    require(len(found) == len(wanted), _("Some of these letters are not yours to post."))
    waiting = [piece for piece in found if piece.state != Piece.State.LEFT]
    if any(piece.medium != Medium.LETTER or piece.state not in _PRINTABLE for piece in waiting):
        raise ValidationError(_("Only letters that were queued or printed can be posted."))
    day = on or today_for(user)
    if day > today_for(user):
        raise ValidationError({"on": _("Letters are posted today or were on an earlier day.")})
    left(waiting, day)
    return found


_PRINTABLE = frozenset({Piece.State.QUEUED, Piece.State.PRINTED})


def check(piece: Piece) -> None:
    """Everything that is wrong with a piece, by field, in one go."""
    wrong: dict[str, Any] = {}
    if not piece.subject.strip():
        wrong["subject"] = _("Give it a subject.")
    if not piece.body.strip():
        wrong["body"] = _("Write something before it is sent.")
    contact = piece.contact if piece.contact_id else None
    if contact is None:
        wrong["contact"] = _("It goes to a named person: choose the contact, or add one to the account.")
    elif contact.account_id != piece.account_id:
        wrong["contact"] = _("%(name)s does not work at this account.") % {"name": contact}
    elif contact.left_on and contact.left_on <= company_today():
        wrong["contact"] = _("%(name)s has left: choose somebody who works there.") % {"name": contact}
    elif piece.medium == Medium.EMAIL and not contact.email:
        wrong["contact"] = _("%(name)s has no e-mail address: enter it on their page.") % {"name": contact}
    elif _is_refused(piece, contact) and not piece.refused_reason.strip():
        wrong["refused_reason"] = _(
            "%(name)s does not want this channel: write why it is used all the same."
        ) % {"name": contact}
    if wrong:
        raise ValidationError(wrong)


def require_editable(user: User, piece: Piece) -> None:
    """Refuse, before anything is read from a form, whoever may not write this."""
    require_active(user)
    require(
        Piece.objects.editable_by(user).filter(pk=piece.pk).exists(),
        _("Only its writer or those who look after the account may change this."),
    )


def locked(user: User, piece: Piece) -> Piece:
    """The row, locked, after asking whether this user may write it."""
    require_editable(user, piece)
    return (
        Piece.objects.select_for_update(of=("self",))
        .select_related("contact", "account", "sender")
        .get(pk=piece.pk)
    )


def require_unchanged(user: User, pieces: Sequence[Piece]) -> None:
    """They are stored as they were read: nobody writes over what a colleague has saved. They stay locked.

    Raises ValidationError, PermissionDenied.
    """
    for piece in pieces:
        if locked(user, piece).version != piece.version:
            raise ValidationError(
                _("A colleague saved this while you were writing. What you typed stands below: save again.")
            )


def may_send_as(user: User, sender_id: int | None) -> bool:
    """In their own name, and of whom they stand in for or whose team they manage; an admin alone does not."""
    return user.pk == sender_id or acts_for(user).filter(pk=sender_id).exists()


def require_sender(user: User, piece: Piece) -> None:
    """Nothing leaves in the name of somebody who has not said so. Raises ValidationError with the cure."""
    name = piece.sender or _("somebody who was deleted")
    if not may_send_as(user, piece.sender_id):
        words = _("It would leave in the name of %(name)s, for whom you do not stand in: send it in yours.")
        raise ValidationError(words % {"name": name})
    if piece.sender is not None and not piece.sender.is_active:
        words = _("%(name)s does not work here any more: send it in your own name.")
        raise ValidationError(words % {"name": name})


def _is_refused(piece: Piece, contact: Contact) -> bool:
    return piece.medium in contact.refused_channels  # media are called as their channels are


def _require_draft(piece: Piece) -> None:
    if not piece.is_open:
        raise ValidationError(_("It is no draft any more: its words stand."))


def _require_finished(piece: Piece) -> None:
    """A draft may wait with gaps in it; what leaves has none."""
    words = _("For %(account)s there is no value for %(gaps)s: write it, or leave it out.")
    wrong: dict[str, Any] = {
        name: words % {"account": piece.account, "gaps": ", ".join(gaps)}
        for name in ("subject", "body")
        if (gaps := gaps_in(getattr(piece, name)))
    }
    if wrong:
        raise ValidationError(wrong)


def _identity_of(piece: Piece) -> Identity:
    found = Identity.objects.verified().filter(user=piece.sender_id).first()
    if found is None:
        raise ValidationError(
            _("%(name)s has no verified address to send from: enter and verify it under My mail.")
            % {"name": piece.sender or _("Nobody")}
        )
    return found
