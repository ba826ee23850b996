"""Audience and outcomes as templates read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact
from correspondence.mailings.audience import Audience, Group, Row
from correspondence.mailings.turns import in_words
from correspondence.mailings.words import written
from correspondence.models import Exclusion, Mailing, Medium, Outcome, Recipient, TemplateText
from correspondence.pieces.mail import signed
from correspondence.placeholders import Subject
from correspondence.texts.services import Written
from correspondence.texts.services import in_words as placeholders_in_words
from correspondence.words.showing import as_html
from users.models import User


@dataclass(frozen=True)
class Line:
    """So many with one reason; ``names``: some of their accounts, or who of us lacks something."""

    reason: str
    words: str
    count: int
    names: str
    more: int


@dataclass(frozen=True)
class Count:
    """How many get it and who is among them, how many do not and why."""

    total: int
    sample: Sequence[Contact]
    excluded: int
    lines: Sequence[Line]


def count_of(audience: Audience) -> Count:
    """Four queries besides the audience's own, for any number."""
    groups = audience.groups()
    names = dict(
        Account.objects.filter(pk__in={pk for group in groups for pk in group.account_ids})
        .order_by().values_list("pk", "name")
    )  # fmt: skip
    lacking = {group.sender_id for group in groups if group.sender_id}
    people = dict(User.objects.filter(pk__in=lacking).values_list("pk", "display_name"))
    chosen = [group for group in groups if not group.reason]
    sample = Contact.objects.filter(pk__in=[pk for group in chosen for pk in group.contact_ids])
    left_out = [group for group in groups if group.reason]
    return Count(
        sum(group.count for group in chosen),
        list(sample.select_related("account").order_by("account__name_folded", "pk")),
        sum(group.count for group in left_out),
        [_line(group, names, people) for group in left_out],
    )


def _line(group: Group, names: dict[int, str], people: dict[int, str]) -> Line:
    words = told(group.reason, group.missing)
    if group.sender_id:
        words = f"{words}: {people.get(group.sender_id, '')}"
    shown = [names.get(pk, "") for pk in dict.fromkeys(group.account_ids)]
    return Line(group.reason, words, group.count, ", ".join(shown), max(0, group.count - len(shown)))


def told(reason: str, missing: str = "") -> str:
    """An exclusion in words; placeholders by their labels."""
    return in_words(reason, ", ".join(placeholders_in_words(missing.split(", "))) if missing else "")


@dataclass(frozen=True)
class Preview:
    """What one recipient gets."""

    contact: Contact
    sender: User | None
    address: str
    text: TemplateText
    subject: str
    html: str
    missing: Sequence[str]


def preview_of(mailing: Mailing, row: Row | Recipient) -> Preview | None:
    """The words for one recipient; what has left as it left. None where the words are gone."""
    contact = Contact.objects.select_related("account").filter(pk=row.contact_id).first()
    text = TemplateText.objects.select_related("template").filter(pk=row.text_id).first()
    if contact is None or text is None:
        return None
    sender = User.objects.filter(pk=row.sender_id).first()
    piece = row.piece if isinstance(row, Recipient) else None
    if piece is not None and piece.body:
        words = Written(piece.subject, piece.body)
    else:
        [words] = written([(text, Subject(contact.account_id, contact.pk, row.sender_id, row.language))])
    body = words.body
    if mailing.medium == Medium.EMAIL and body:
        body = signed(body, sender, getattr(sender, "identity", None))
    address = row.address or _postal(contact.account)
    lacking = placeholders_in_words(words.missing)
    return Preview(contact, sender, address, text, words.subject, as_html(body), lacking)


def _postal(account: Account) -> str:
    return ", ".join(
        part for part in (account.street, f"{account.postal_code} {account.city}".strip()) if part
    )


@dataclass(frozen=True)
class Tab:
    """One outcome with its number."""

    outcome: str
    label: str
    count: int
    tone: str


TONES = {
    Outcome.FAILED: "late", Outcome.BOUNCED: "late", Outcome.COMPLAINED: "late", Outcome.UNCERTAIN: "late",
}  # fmt: skip


def tabs(counts: dict[str, int]) -> list[Tab]:
    """Outcomes that occur, in the order of their meaning."""
    return [
        Tab(value, str(label), counts[value], TONES.get(Outcome(value), ""))
        for value, label in Outcome.choices
        if counts.get(value)
    ]


def why(recipient: Any) -> str:
    """Why it came out so; empty where there is nothing to explain."""
    if recipient.excluded:
        return told(recipient.excluded, recipient.missing)
    if recipient.outcome == Outcome.UNCERTAIN:
        return _("It may have gone out: the mail server had it and never answered.")
    if recipient.outcome in (Outcome.FAILED, Outcome.DROPPED, Outcome.BOUNCED):
        return str(recipient.told)
    return ""


def reason_label(reason: str) -> str:
    return str(Exclusion(reason).label) if reason in Exclusion.values else ""


@dataclass(frozen=True)
class Excluded:
    """One who gets nothing."""

    account: Account
    contact: Contact | None
    words: str


def excluded_lines(rows: Sequence[Row]) -> list[Excluded]:
    """Two queries for any number."""
    accounts = Account.objects.in_bulk({row.account_id for row in rows})
    contacts = Contact.objects.in_bulk({row.contact_id for row in rows if row.contact_id})
    return [
        Excluded(accounts[row.account_id], contacts.get(row.contact_id or 0), told(row.reason, row.missing))
        for row in rows
    ]
