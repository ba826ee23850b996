"""Words for one person: from a template, and turned to somebody else without losing what was typed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Account
from contacts.models import Contact
from correspondence.models import Medium, Template, TemplateText
from correspondence.placeholders import Subject
from correspondence.texts.services import pick, write
from correspondence.words.languages import SALUTATIONS, base_of, salutation

if TYPE_CHECKING:
    from correspondence.pieces.desk import Desk


@dataclass(frozen=True)
class Filled:
    """Words as a template gives them; what has no value here stands in braces and is not sent so."""

    subject: str
    body: str
    text: TemplateText | None = None


def language_of(account: Account, contact: Contact | None) -> str:
    """The language somebody is written to in: theirs, else their account's, else English."""
    return (contact.language if contact else "") or account.language or "en"


def fill(what: Template | str, desk: Desk, contact: Contact | None, language: str) -> Filled:
    """The words of a template, or of the templates of a use; both media say the same, the e-mail's."""
    text = pick(what, Medium.EMAIL, language) or pick(what, Medium.LETTER, language)
    if contact is None or text is None:
        return Filled("", f"{salutation(language, contact.name)}\n\n" if contact else "", text)
    about = desk.about.pk if desk.about else None
    subject = Subject(desk.account.pk, contact.pk, desk.sender.pk, language, about)
    written = write(text, subject, gaps=True)
    return Filled(written.subject, written.body, text)


def greeted(body: str, before: Contact | None, now: Contact, language: str) -> str:
    """The body with the salutation of ``now`` in place of the one of ``before``; else as it is."""
    new = salutation(language, now.name)
    if before is None:
        return body if body.strip() else f"{new}\n\n"
    first, newline, rest = body.partition("\n")
    known = {words.format(name=before.name) for words in SALUTATIONS.values()}
    return f"{new}{newline}{rest}" if first.strip() in known else body


def fingerprint(subject: str, body: str) -> str:
    """Tells whether somebody has typed since the words were filled in; line ends do not count."""
    plain = "\n".join(f"{subject}\n{body}".replace("\r\n", "\n").split("\n")).strip()
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def languages() -> list[str]:
    """Those that we greet in."""
    return sorted(base_of(language) for language in SALUTATIONS)
