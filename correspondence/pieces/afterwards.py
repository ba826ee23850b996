"""What its writers do with a piece that is on its way, came back, or left otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact, Interaction
from contacts.services import LogEntry, log_interaction
from correspondence.models import Medium, Piece, State
from correspondence.pieces import services
from correspondence.pieces.files import copy_files, hold_files, unless_undone
from correspondence.pieces.leaving import left
from correspondence.pieces.pair import NO_DRAFTS, Pair, PairDraft, require_address, save_pair
from correspondence.services.managing import confirm_sent, send_again
from users.clock import today_for
from users.models import User

ENDED = frozenset({State.FAILED, State.CANCELLED})


@transaction.atomic
def resend(user: User, piece: Piece) -> None:
    """Try once more with a mail that failed, or of which nobody knows: it may arrive twice.

    In its sender's name, as it was: others write it again in theirs. Raises PermissionDenied,
    ValidationError, also when it has changed meanwhile.
    """
    piece = services.locked(user, piece)
    if not services.may_send_as(user, piece.sender_id):
        words = _("It is in the name of %(name)s, for whom you do not stand in: write it again in yours.")
        raise ValidationError(words % {"name": piece.sender or _("somebody who was deleted")})
    if piece.state != Piece.State.QUEUED or piece.message is None:
        raise ValidationError(_("This mail has changed meanwhile: look at its state now."))
    send_again(piece.message)


@transaction.atomic
def arrived(user: User, piece: Piece) -> None:
    """Nobody knew whether it went out, and it did. Raises PermissionDenied, ValidationError."""
    piece = services.locked(user, piece)
    if piece.state != Piece.State.QUEUED or piece.message is None:
        raise ValidationError(_("This mail has changed meanwhile: look at its state now."))
    confirm_sent(piece.message)


@transaction.atomic
def write_again(user: User, piece: Piece) -> Piece:
    """A new draft with the same words and files, for what came back, failed or was taken back.

    What has not left is taken back. The draft is the user's own; twice is the same one, be it sent by now.
    """
    piece = services.locked(user, piece)
    if piece.state == Piece.State.DRAFT:
        return piece
    failed = piece.message is not None and piece.message.state in ENDED
    if piece.state == Piece.State.QUEUED and failed:
        piece.state, piece.reason = Piece.State.CANCELLED, _("Written again.")
        piece.save(update_fields=["state", "reason", "updated_at"])
    elif piece.state not in (Piece.State.LEFT, Piece.State.CANCELLED):
        raise ValidationError(_("It is still on its way: take it back first."))
    again = Piece(
        medium=piece.medium, use=piece.use, topic=piece.topic, account=piece.account, contact=piece.contact,
        sender=user, created_by=user, language=piece.language, subject=piece.subject, body=piece.body,
        text=piece.text, about=piece.about, refused_reason=piece.refused_reason,
        origin=f"again {piece.pk} by {user.pk}",
    )  # fmt: skip
    if before := Piece.objects.filter(origin=again.origin).exclude(state=Piece.State.CANCELLED).first():
        return before
    Piece.objects.filter(origin=again.origin).update(origin=None)
    again.save()
    copy_files(piece, again)
    return again


@unless_undone()
def sent_pair(user: User, account: Account, draft: PairDraft, *, before: Pair = NO_DRAFTS) -> Pair:
    """Keep the words as they were typed; the e-mail went out otherwise, a letter beside it stays a draft.

    Raises like :func:`save_pair`.
    """
    kept = save_pair(user, account, draft, before=before)
    if kept.email is None:
        raise ValidationError({"email": _("Tick the e-mail: only that can have been sent otherwise.")})
    return Pair(sent_myself(user, kept.email), kept.letter)


@unless_undone()
def sent_myself(user: User, piece: Piece) -> Piece:
    """The words went out from somebody's own mail program: it counts as sent today, and nothing is mailed.

    From the user's own, where they do not act for its sender. Raises PermissionDenied, ValidationError.
    """
    piece = services.locked(user, piece)
    if piece.medium != Medium.EMAIL or not piece.is_open:
        raise ValidationError(_("Only the draft of an e-mail can have been sent otherwise."))
    if not services.may_send_as(user, piece.sender_id):
        piece = services.take_over(user, piece)
    services.check(piece)
    hold_files(piece)
    left([piece], today_for(user))
    Interaction.objects.filter(piece=piece).update(source=Interaction.Source.PAGE)
    return piece


def log_mail(
    user: User, account: Account, *, contact: Contact | None, subject: str, on: date | None, token: UUID
) -> Interaction:
    """A mail that was sent otherwise, on the account's page without its words. The same token twice is one.

    Like every mail of ours it reaches nobody by itself (DESIGN.md, qualifying interaction).
    Raises ValidationError by field, PermissionDenied.
    """
    if contact is None:
        raise ValidationError({"contact": _("Choose who the mail went to.")})
    day = on if on and on != today_for(user) else None
    entry = LogEntry(
        Interaction.Kind.EMAIL, Interaction.Outcome.SENT, summary=subject.strip() or _("E-mail"),
        contact=contact, happened_on=day, token=token,
    )  # fmt: skip
    return log_interaction(user, account, entry)


def approve(user: User, chosen: Sequence[tuple[int, str]]) -> tuple[list[Piece], list[tuple[Piece, str]]]:
    """Send these drafts, each as it was seen (id and version); those that cannot be sent stay, and why.

    One that cannot be sent holds up none of the others.
    """
    rows = Piece.objects.editable_by(user).drafts().select_related("account", "contact", "sender")
    found = rows.in_bulk([pk for pk, _version in chosen])
    sent: list[Piece] = []
    refused: list[tuple[Piece, str]] = []
    for pk, version in chosen:
        piece = found.get(pk)
        if piece is None:
            continue  # gone, sent or taken back meanwhile
        try:
            with transaction.atomic():
                sent.append(_approved(user, piece, version))
        except (ValidationError, PermissionDenied) as error:
            refused.append((piece, " ".join(getattr(error, "messages", [str(error)]))))
    return sent, refused


def _approved(user: User, piece: Piece, version: str) -> Piece:
    now = services.locked(user, piece)
    if now.version != version:
        raise ValidationError(_("Somebody has changed its words since you read them: read them again."))
    require_address(now)
    return services.queue(user, now)
