"""Survey mails: made from an invitation at the moment they leave, and never kept.

The link is built anew each time: the same tag, a fresh ticket. Nothing in a mail says who sells to them, and
nothing in it is counted, loaded or followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import css_inline
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from ballotbox import tickets
from correspondence import kinds, unsubscribe
from correspondence.models import Message
from surveys import keys
from surveys.languages import best
from surveys.mail_words import as_text, blocks, fill
from surveys.models import Exclusion, Invitation, MailText, Programme, Wave
from surveys.people import TOPIC
from surveys.services.inviting import FOLLOW_UP, INVITATION
from users.clock import company_today
from users.models import Company

KNOWN = "survey"  # where may_send leaves on a message what render needs


@dataclass(frozen=True)
class Envelope:
    """All that a mail says, and whom to."""

    programme: Programme
    address: str
    name: str
    first_name: str
    language: str
    link: str
    wave: UUID
    closes_on: date
    questions: int


def register() -> None:
    """Make the kinds known to the outbox. What may have gone out is never sent twice."""
    words = {INVITATION: _("Survey invitation"), FOLLOW_UP: _("Survey follow-up")}
    for kind, label in words.items():
        kinds.register(
            kind, render=render, once=True, label=label, may_send=may_not_send, on_handed_over=handed_over
        )


def may_not_send(messages: Sequence[Message]) -> Mapping[int, str]:
    """Message -> why it does not leave any more. Reads the invitations of the batch at once."""
    found = _invitations(messages)
    today = company_today()
    excluded = set(Exclusion.objects.in_force(today).values_list("account_id", "contact_id"))
    accounts = {account for account, _contact in excluded if account}
    contacts = {contact for _account, contact in excluded if contact}
    refused = {}
    for message in messages:
        row = found.get(_id(message))
        setattr(message, KNOWN, row)
        if row is None:
            refused[message.pk] = "invitation gone"
        elif row.account_id in accounts or row.contact_id in contacts:
            refused[message.pk] = "excluded by a manager"
        elif reason := _why_not(row, today):
            refused[message.pk] = reason
    return refused


def _why_not(row: Invitation, today: date) -> str:
    if row.state in (Invitation.State.CANCELLED, Invitation.State.SUPPRESSED):
        return "invitation cancelled"
    if row.wave.state != Wave.State.READY or row.wave.closes_on < today:
        return "survey closed"
    if not keys.has_tags(row.wave_id, row.send_on):
        return "too late for a link"
    return ""


def render(message: Message) -> kinds.Rendered | None:
    """The mail of an invitation, or None when its time is over."""
    row = getattr(message, KNOWN, None) or _invitations([message]).get(_id(message))
    if row is None or _why_not(row, company_today()):
        return None
    texts = mail_texts(row.wave.programme_id)
    language = best(row.language, list(texts))
    ticket_key, tag_key = keys.link_keys(row.wave_id, row.send_on)
    ticket = tickets.Ticket(row.wave_id, tickets.tag_of(tag_key, row.pk), language, row.codes)
    envelope = Envelope(
        programme=row.wave.programme, address=message.recipient, name=row.contact.name,
        first_name=row.contact.first_name or row.contact.name, language=language,
        link=link_of(tickets.write(ticket_key, ticket)), wave=row.wave_id, closes_on=row.wave.closes_on,
        questions=len(row.wave.questions.asked.asked),
    )  # fmt: skip
    return written(envelope, texts[language], follow_up=message.kind == FOLLOW_UP)


def written(envelope: Envelope, text: MailText, *, follow_up: bool) -> kinds.Rendered:
    """Text and HTML from the same blocks. Raises MissingValueError rather than leave a gap."""
    values = values_of(envelope)
    subject, body = (text.follow_up_subject, text.follow_up_body) if follow_up else (text.subject, text.body)
    subject = fill(subject, values)
    context = {"subject": subject, "language": envelope.language, "blocks": blocks(body, values)}
    return kinds.Rendered(
        subject=subject, text=as_text(body, values), html=_inliner().inline(_html(context)),
        language=envelope.language,
    )  # fmt: skip


def values_of(envelope: Envelope) -> dict[str, str]:
    """What may stand in a mail; docs/surveys.md lists it."""
    return {
        "company": Company.get().name,
        "name": envelope.name,
        "first_name": envelope.first_name,
        "link": envelope.link,
        "closes_on": day_in_words(envelope.closes_on, envelope.language),
        "questions": str(envelope.questions),
        "public_page": f"{_base()}/w/{envelope.wave}",
        "reply_to": envelope.programme.reply_to,
        "unsubscribe": unsubscribe.url_for(envelope.address, TOPIC),
    }


def link_of(ticket: str) -> str:
    """Where a ticket opens the survey."""
    return f"{_base()}/s/{ticket}"


def day_in_words(day: date, language: str) -> str:
    """A date as people of that language write it."""
    try:
        locale = Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return format_date(day, "long", locale=locale)


def mail_texts(programme: int) -> dict[str, MailText]:
    """By language, the first one written first."""
    return {text.language: text for text in MailText.objects.filter(programme=programme).order_by("id")}


def handed_over(messages: Sequence[Message]) -> None:
    """They left: known per invitation until the wave is purged, and nothing more than that."""
    first = [_id(message) for message in messages if message.kind == INVITATION]
    Invitation.objects.filter(pk__in=first, state=Invitation.State.QUEUED).update(
        state=Invitation.State.HANDED_OVER
    )


def _html(context: dict[str, Any]) -> str:
    return render_to_string("surveys/mail/message.html", context)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    """Nothing is fetched while a mail is made."""
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def _id(message: Message) -> UUID:
    return UUID(str(message.payload["invitation"]))


def _invitations(messages: Sequence[Message]) -> dict[UUID, Invitation]:
    rows = Invitation.objects.select_related("wave__programme", "wave__questions", "contact")
    return rows.in_bulk([_id(message) for message in messages])


def _base() -> str:
    return str(settings.SURVEY_URL).rstrip("/")
