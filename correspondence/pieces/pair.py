"""The same words as e-mail and as letter (R10): written once, saved and sent together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact, Interaction
from correspondence.letters.making import address_gaps
from correspondence.models import Medium, Piece, TemplateText, Use
from correspondence.pieces import services
from correspondence.pieces.files import NOTHING, Enclosed, attach, check_files, unless_undone
from correspondence.pieces.services import PieceDraft
from users.models import User

OTHER_FIELDS = {"subject": "letter_subject", "body": "letter_body"}
"""Where what is wrong with a letter's own words is said."""


@dataclass(frozen=True)
class Words:
    """What is read."""

    subject: str
    body: str


@dataclass(frozen=True)
class PairDraft:
    """What is to be sent to whom. ``email``, ``letter``: its words, None when it is not sent that way;
    ``is_separate``: the letter's were written apart, ``letter_text``: with that version.

    ``token``: made with the form, so that the same form sent twice is one pair.
    """

    contact: Contact | None
    email: Words | None
    letter: Words | None
    token: UUID
    use: str = Use.OTHER
    language: str = "en"
    text: TemplateText | None = None
    about: Interaction | None = None
    refused_reason: str = ""
    enclosed: Enclosed = field(default=NOTHING)
    is_separate: bool = False
    letter_text: TemplateText | None = None


@dataclass(frozen=True)
class Pair:
    """An e-mail and a letter that belong together; either may be missing."""

    email: Piece | None = None
    letter: Piece | None = None

    def __iter__(self) -> Iterator[Piece]:
        return (piece for piece in (self.email, self.letter) if piece is not None)

    @property
    def version(self) -> str:
        """Changes whenever somebody saves one of them."""
        return " ".join(f"{piece.pk}@{piece.version}" for piece in self)


NO_DRAFTS = Pair()


def pair_of(piece: Piece, user: User) -> Pair:
    """The piece with its twin, as long as both are drafts that this user may change; else it stands alone."""
    rows = Piece.objects.editable_by(user).drafts().select_related("account", "contact", "sender", "text")
    twin = rows.filter(Q(pk=piece.twin_id) | Q(twin=piece)).exclude(medium=piece.medium).first()
    both = [piece, twin] if twin is not None and piece.is_open else [piece]
    return Pair(**{one.medium: one for one in both})


@unless_undone()
def save_pair(user: User, account: Account, draft: PairDraft, *, before: Pair = NO_DRAFTS) -> Pair:
    """Keep the words as drafts. ``before``: the drafts that are changed; a medium left out is taken back.

    Raises ValidationError by field, PermissionDenied.
    """
    Account.objects.select_for_update(no_key=True).get(
        pk=account.pk
    )  # the same form twice: one after the other
    if draft.email is None and draft.letter is None:
        raise ValidationError({"email": _("Choose e-mail, letter or both.")})
    services.require_unchanged(user, list(before))
    check_files(account, draft.enclosed if draft.email else NOTHING)
    wrong: dict[str, list[Any]] = {}
    # what is left out goes last: what comes in its place is written in the same name
    media = sorted((Medium.EMAIL, Medium.LETTER), key=lambda medium: getattr(draft, medium) is None)
    kept = {
        medium: gather(
            wrong, lambda one=medium: _kept(user, account, draft, one, before), _names(draft, medium)
        )
        for medium in media
    }
    if wrong:
        raise ValidationError(wrong)
    email, letter = kept[Medium.EMAIL], kept[Medium.LETTER]
    if email is not None and letter is not None and not _are_twins(email, letter):
        Piece.objects.filter(twin=email).update(twin=None)
        letter.twin = email
        letter.save(update_fields=["twin", "updated_at"])
    if email is not None and email.is_open:
        attach(email, draft.enclosed)
    return Pair(email, letter)


@unless_undone()
def send_pair(
    user: User, account: Account, draft: PairDraft, *, before: Pair = NO_DRAFTS, take_it: bool = False
) -> Pair:
    """Keep the words and send them: the e-mail into the outbox, the letter into the print queue, or nothing.

    ``take_it``: in the user's own name, whosever drafts they were. Those that were queued by the same form
    before stay as they are. Raises like :func:`save_pair`.
    """
    kept = save_pair(user, account, draft, before=before)
    if take_it:
        kept = take_over_pair(user, kept)
    wrong: dict[str, list[Any]] = {}
    sent: dict[str, Piece | None] = {piece.medium: piece for piece in kept}
    for piece in kept:
        if piece.is_open:
            names = _names(draft, piece.medium)
            sent[piece.medium] = gather(wrong, lambda one=piece: _sent(user, one), names)
    if wrong:
        raise ValidationError(wrong)
    return Pair(**sent)


@transaction.atomic
def take_over_pair(user: User, pair: Pair) -> Pair:
    """Both drafts in the user's own name. Raises like :func:`services.take_over`."""
    return Pair(**{
        piece.medium: services.take_over(user, piece) if piece.is_open else piece for piece in pair
    })  # fmt: skip


@transaction.atomic
def cancel_pair(user: User, pair: Pair, reason: str) -> Pair:
    """Neither of them is sent. Raises like :func:`services.cancel`."""
    return Pair(**{piece.medium: services.cancel(user, piece, reason) for piece in pair})


def require_address(piece: Piece) -> None:
    """Words that are sent now find their way: what waits for the printer may still be mended there.

    Raises ValidationError.
    """
    if piece.medium == Medium.LETTER and (gaps := address_gaps(piece.account)):
        words = _("The address of %(account)s lacks: %(what)s. Enter it with “Edit” on the account's page.")
        raise ValidationError({"letter": words % {"account": piece.account.name, "what": ", ".join(gaps)}})


def _sent(user: User, piece: Piece) -> Piece:
    require_address(piece)
    return services.queue(user, piece)


def gather(wrong: dict[str, list[Any]], verb: Any, names: dict[str, str]) -> Any:
    """Run the verb; what it refuses is put with the rest, at the field that the page calls so."""
    try:
        return verb()
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
        for name, said in found.items():
            known = wrong.setdefault(names.get(name, name), [])
            known += [words for words in said if words not in known]
    return None


def _kept(user: User, account: Account, draft: PairDraft, medium: str, before: Pair) -> Piece | None:
    have: Piece | None = getattr(before, medium)
    words: Words | None = getattr(draft, medium)
    if words is None:
        if have is not None:
            services.cancel(user, have, _("Not sent this way."))
        return None
    if have is None:
        have = services.prepare(user, account, _new(draft, medium, words, before))
        if (have.subject, have.body, have.contact) == (words.subject, words.body, draft.contact):
            return have  # new, or the same form for the second time
    return services.change(
        user, have, subject=words.subject, body=words.body, contact=draft.contact, language=draft.language,
        text=_text(draft, medium), refused_reason=_reason(draft, medium),
    )  # fmt: skip


def _new(draft: PairDraft, medium: str, words: Words, before: Pair) -> PieceDraft:
    origin = f"form {draft.token} {medium}"
    # somebody took it back and sends the same form again: that is another one
    Piece.objects.filter(origin=origin, state=Piece.State.CANCELLED).update(origin=None)
    return PieceDraft(
        medium=medium, contact=draft.contact, subject=words.subject, body=words.body, use=draft.use,
        language=draft.language, text=_text(draft, medium), about=draft.about,
        refused_reason=_reason(draft, medium), origin=origin, twin=next(iter(before), None),
    )  # fmt: skip


def _text(draft: PairDraft, medium: str) -> TemplateText | None:
    """The version that these words were begun with."""
    is_own = medium == Medium.LETTER and draft.is_separate
    return (draft.letter_text or draft.text) if is_own else draft.text


def _reason(draft: PairDraft, medium: str) -> str:
    """Why a channel is used that they do not want; nothing where they do."""
    refused = draft.contact.refused_channels if draft.contact else []
    return draft.refused_reason if medium in refused else ""


def _are_twins(one: Piece, other: Piece) -> bool:
    return one.twin_id == other.pk or other.twin_id == one.pk


def _names(draft: PairDraft, medium: str) -> dict[str, str]:
    return OTHER_FIELDS if medium == Medium.LETTER and draft.is_separate else {}
