"""Writing what is due: a piece for each touchpoint, or the reason why there is none. The same queries for
one as for a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from cadences.planned.hindrances import Hindrance, Why
from cadences.planned.origins import origin_of
from cadences.planned.rows import Due
from contacts.models import Channel, Contact
from correspondence.addresses import normalised
from correspondence.letters.making import address_gaps
from correspondence.models import Medium, Piece, TemplateText, Topic
from correspondence.placeholders import Subject
from correspondence.suppression import suppressed
from correspondence.texts.services import Written, pick_many, write_many

Texts = dict[tuple[int, str, str], TemplateText | None]


@dataclass(frozen=True)
class Outcome:
    """``piece`` is not saved; exactly one of the two is there."""

    due: Due
    piece: Piece | None = None
    hindrance: Hindrance | None = None


def outcomes(rows: Sequence[Due], on: date) -> Iterator[Outcome]:
    """For each row what is written or why not, those that cannot be written first."""
    texts, silent = _texts(rows), _silent(rows)
    jobs: list[tuple[Due, TemplateText]] = []
    for due in rows:
        text = texts.get((due.template.pk, due.medium, due.language))
        why = _hindrance(due, text, silent)
        if why is not None or text is None:
            yield Outcome(due, hindrance=why or Hindrance(Why.NO_WORDS))
        else:
            jobs.append((due, text))
    written = write_many((text, _subject(due)) for due, text in jobs)
    for (due, text), words in zip(jobs, written, strict=True):
        yield _outcome(due, text, words)


def _outcome(due: Due, text: TemplateText, words: Written) -> Outcome:
    if not words.is_complete:
        return Outcome(due, hindrance=Hindrance(Why.MISSING, words.missing))
    piece = Piece(
        medium=due.medium, use=due.template.use, topic=Topic.SERVICE, account=due.touchpoint.account,
        contact=due.contact, sender=due.owner, language=text.language, subject=words.subject, body=words.body,
        text=text, about_id=due.about_id, origin=origin_of(due.touchpoint.pk),
    )  # fmt: skip
    return Outcome(due, piece)


def _texts(rows: Sequence[Due]) -> Texts:
    """The words for every template, medium and language that occurs: a query per template and medium."""
    languages: dict[tuple[int, str], set[str]] = {}
    templates = {due.template.pk: due.template for due in rows}
    for due in rows:
        languages.setdefault((due.template.pk, due.medium), set()).add(due.language)
    return {
        (pk, medium, language): text
        for (pk, medium), wanted in languages.items()
        if not templates[pk].is_retired
        for language, text in pick_many(templates[pk], medium, wanted).items()
    }


def _silent(rows: Sequence[Due]) -> set[str]:
    """Addresses that get no mail; one query."""
    mails = [
        due.contact.email for due in rows if due.medium == Medium.EMAIL and due.contact and due.contact.email
    ]
    return suppressed(mails, Topic.SERVICE) if mails else set()


def _hindrance(due: Due, text: TemplateText | None, silent: set[str]) -> Hindrance | None:
    contact = due.contact
    if due.owner is None:
        return Hindrance(Why.NO_OWNER)
    if contact is None:
        return Hindrance(Why.NO_CONTACT)
    by_medium = _of_mail(contact, silent) if due.medium == Medium.EMAIL else _of_letter(contact, due)
    return by_medium or (Hindrance(Why.NO_WORDS) if text is None else None)


def _of_mail(contact: Contact, silent: set[str]) -> Hindrance | None:
    if not _is_address(contact.email):
        return Hindrance(Why.NO_EMAIL)
    if Channel.EMAIL in contact.refused_channels:
        return Hindrance(Why.REFUSED)
    return Hindrance(Why.OPTED_OUT) if normalised(contact.email) in silent else None


def _of_letter(contact: Contact, due: Due) -> Hindrance | None:
    if Channel.LETTER in contact.refused_channels:
        return Hindrance(Why.REFUSED)
    gaps = address_gaps(due.touchpoint.account)
    return Hindrance(Why.NO_ADDRESS, gaps) if gaps else None


def _is_address(text: str) -> bool:
    try:
        return bool(normalised(text))
    except ValidationError:
        return False


def _subject(due: Due) -> Subject:
    return Subject(
        due.touchpoint.account_id,
        due.contact.pk if due.contact else 0,
        due.owner.pk if due.owner else None,
        due.language,
        due.about_id,
        {"gift": due.gift} if due.gift else {},
    )
