"""Words for one person: from a template, and turned to somebody else without losing what was typed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accounts.models import Account
from contacts.models import Contact
from correspondence.models import Medium, Piece, Template, TemplateText
from correspondence.placeholders import Subject
from correspondence.texts.services import pick, write
from correspondence.words.filling import names_in
from correspondence.words.languages import SALUTATIONS, base_of, salutation

if TYPE_CHECKING:
    from correspondence.pieces.desk import Desk


@dataclass(frozen=True)
class Filled:
    """Words as a template gives them; what has no value here stands in braces and is not sent so.

    ``language``: that of the words. ``letter``: the letter's own, where the template says it otherwise there.
    """

    subject: str
    body: str
    language: str
    text: TemplateText | None = None
    letter: Filled | None = None

    @property
    def fingerprint(self) -> str:
        """Of all of its words."""
        own = (self.letter.subject, self.letter.body) if self.letter else ()
        return fingerprint(self.subject, self.body, *own)


NOTHING_PROMISED = "{{talk_agreed}}"
FROM_THE_LOG = frozenset({"talk_summary", "talk_agreed"})
"""What colleagues wrote for each other, and a customer is about to read."""


def language_of(account: Account, contact: Contact | None) -> str:
    """The language somebody is written to in: theirs, else their account's, else English."""
    return (contact.language if contact else "") or account.language or "en"


def fill(
    what: Template | str, desk: Desk, contact: Contact | None, language: str, media: Collection[str]
) -> Filled:
    """The words of a template, or of the templates of a use, for these media.

    Both say the same, the e-mail's, unless the template says more than another closing in the letter.
    """
    email, letter = pick(what, Medium.EMAIL, language), pick(what, Medium.LETTER, language)
    text = letter or email if set(media) == {Medium.LETTER} else email or letter
    if text is None:
        greeting = f"{salutation(language, contact.name)}\n\n" if contact else ""
        return Filled("", greeting, language)
    filled = _filled(text, desk, contact, language)
    is_both = set(media) >= {Medium.EMAIL, Medium.LETTER}
    if not is_both or email is None or letter is None or _say_the_same(email, letter):
        return filled
    return replace(filled, letter=_filled(letter, desk, contact, language))


def _filled(text: TemplateText, desk: Desk, contact: Contact | None, language: str) -> Filled:
    spoken = language if base_of(text.language) == base_of(language) else text.language
    if contact is None:
        return Filled("", "", spoken, text)
    about = desk.about.pk if desk.about else None
    written = write(text, Subject(desk.account.pk, contact.pk, desk.sender.pk, language, about), gaps=True)
    body = without_promises(written.body) if desk.about else written.body
    return Filled(written.subject, body, spoken, text)


def without_promises(body: str) -> str:
    """Words about a talk without promises: the empty list goes, and the line that leads to it."""
    paragraphs = body.split("\n\n")
    if NOTHING_PROMISED not in paragraphs:
        return body
    at = paragraphs.index(NOTHING_PROMISED)
    leads = at > 0 and paragraphs[at - 1].rstrip().endswith(":")
    return "\n\n".join(paragraphs[: at - leads] + paragraphs[at + 1 :])


def _say_the_same(email: TemplateText, letter: TemplateText) -> bool:
    """But for the closing, the last paragraph: R10 asks for one text that is edited once."""
    one, other = (text.body.strip().rpartition("\n\n")[0] for text in (email, letter))
    alike = email.body.strip() == letter.body.strip() or (bool(one) and one == other)
    return email.subject == letter.subject and alike


def quotes_log(text: TemplateText | None, about_id: int | None) -> bool:
    """Whether words that were begun with this version hold what was logged of the talk."""
    return text is not None and about_id is not None and bool(names_in(text.body) & FROM_THE_LOG)


def piece_quotes_log(piece: Piece) -> bool:
    """The same of a draft."""
    return quotes_log(piece.text, piece.about_id)


def greeted(body: str, before: Contact | None, now: Contact, language: str) -> str:
    """The body with the salutation of ``now`` in place of the one of ``before``; else as it is."""
    new = salutation(language, now.name)
    if before is None:
        return body if body.strip() else f"{new}\n\n"
    first, newline, rest = body.partition("\n")
    known = {words.format(name=before.name) for words in SALUTATIONS.values()}
    return f"{new}{newline}{rest}" if first.strip() in known else body


def fingerprint(*words: str) -> str:
    """Tells whether somebody has typed since the words were filled in; line ends do not count."""
    plain = "\n".join(words).replace("\r\n", "\n").strip()
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def languages() -> list[str]:
    """Those that we greet in."""
    return sorted(base_of(language) for language in SALUTATIONS)
