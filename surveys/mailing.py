"""Survey mails: made from an invitation at the moment they leave, and never kept.

The link is built anew each time: the same tag, a fresh ticket. Nothing in a mail says who sells to them, and
nothing in it is counted, loaded or followed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

import css_inline
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from ballotbox import tickets
from ballotbox.policy import FOLLOW_UP_DAYS, TAG_KEY_DAYS
from correspondence import kinds, unsubscribe
from correspondence.models import Message
from surveys import keys
from surveys.languages import best
from surveys.mail_words import PLACES, as_text, blocks, fill
from surveys.models import Exclusion, Invitation, MailText, Programme, Wave
from surveys.people import TOPIC
from surveys.services.inviting import FOLLOW_UP, INVITATION, SWITCHED_OFF
from users.clock import zone
from users.models import Company

LINKS_FOR = {INVITATION: timedelta(days=FOLLOW_UP_DAYS), FOLLOW_UP: timedelta(days=TAG_KEY_DAYS)}
"""How long after the day of sending a mail without keys is worth waiting for."""

OPEN, CLOSE = "\ue000", "\ue001"  # around a place in a rendered letter: letters that no text has
OPEN_PLACE = re.compile(f"{OPEN}(\\w+){CLOSE}")

KNOWN = "survey"  # where may_send leaves on a message what render needs


@dataclass(frozen=True)
class Envelope:
    """All that a mail says, and whom to."""

    programme: Programme
    company: str
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


class Batch:
    """What the mails of a batch share, read once: invitations, waves, texts, keys."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.rows = Invitation.objects.select_related("contact").in_bulk(
            [_id(message) for message in messages]
        )
        waves = Wave.objects.select_related("programme", "questions")
        self.waves = waves.in_bulk({row.wave_id for row in self.rows.values()})
        self.company = Company.get()
        self.today = timezone.now().astimezone(zone(self.company.time_zone)).date()
        self._texts: dict[int, dict[str, MailText]] = {}
        self._keys: dict[tuple[UUID, date], tuple[bytes, bytes] | None] = {}
        self._questions: dict[UUID, int] = {}

    def texts_of(self, wave: Wave) -> dict[str, MailText]:
        """Language -> text."""
        if wave.programme_id not in self._texts:
            self._texts[wave.programme_id] = mail_texts(wave.programme_id)
        return self._texts[wave.programme_id]

    def keys_of(self, row: Invitation) -> tuple[bytes, bytes] | None:
        """Ticket key and tag key; None where one of them is missing."""
        day = (row.wave_id, row.send_on)
        if day not in self._keys:
            try:
                self._keys[day] = keys.link_keys(*day)
            except keys.KeyMissingError:
                self._keys[day] = None
        return self._keys[day]

    def questions_of(self, wave: Wave) -> int:
        """How many are asked."""
        if wave.pk not in self._questions:
            self._questions[wave.pk] = len(wave.questions.asked.asked)
        return self._questions[wave.pk]

    def why_not(self, kind: str, row: Invitation | None) -> str:
        """Why no such mail of this invitation leaves any more; empty when it may.

        Raises KeyMissingError when only its keys are missing (a folder that is not mounted, say): it waits.
        """
        if row is None or row.state in (Invitation.State.CANCELLED, Invitation.State.SUPPRESSED):
            return "invitation cancelled"
        wave = self.waves[row.wave_id]
        if wave.state != Wave.State.READY or wave.closes_on < self.today:
            return "survey closed"
        if not wave.programme.is_on:
            return SWITCHED_OFF
        return "" if self._has_link(kind, row) else "too late for a link"

    def _has_link(self, kind: str, row: Invitation) -> bool:
        """Whether a link can be made. False once it never can be any more."""
        if self.keys_of(row):
            return True
        age = self.today - row.send_on
        # the wave's key is here and the day's is not: it was destroyed when all was sent
        was_destroyed = age >= LINKS_FOR[INVITATION] and keys.has_wave(row.wave_id)
        if age >= LINKS_FOR[kind] or was_destroyed:
            return False
        raise keys.KeyMissingError(f"The keys of {row.send_on:%Y-%m-%d} are missing.")


def may_not_send(messages: Sequence[Message]) -> Mapping[int, str]:
    """Message -> why it does not leave any more. Reads what the batch needs, for rendering too."""
    batch = Batch(messages)
    excluded = list(Exclusion.objects.in_force(batch.today).values_list("account_id", "contact_id"))
    accounts = {account for account, _contact in excluded if account}
    contacts = {contact for _account, contact in excluded if contact}
    refused = {}
    for message in messages:
        setattr(message, KNOWN, batch)
        row = batch.rows.get(_id(message))
        if row is not None and (row.account_id in accounts or row.contact_id in contacts):
            refused[message.pk] = "excluded by a manager"
        elif reason := batch.why_not(message.kind, row):
            refused[message.pk] = reason
    return refused


def render(message: Message) -> kinds.Rendered | None:
    """The mail of an invitation, or None when its time is over."""
    batch: Batch = getattr(message, KNOWN, None) or Batch([message])
    row = batch.rows.get(_id(message))
    if row is None or batch.why_not(message.kind, row):
        return None
    wave, texts = batch.waves[row.wave_id], batch.texts_of(batch.waves[row.wave_id])
    language = best(row.language, list(texts))
    ticket_key, tag_key = batch.keys_of(row) or (b"", b"")
    ticket = tickets.Ticket(row.wave_id, tickets.tag_of(tag_key, row.pk), language, row.codes)
    envelope = Envelope(
        programme=wave.programme, company=batch.company.name, address=message.recipient,
        name=row.contact.name, first_name=row.contact.first_name or row.contact.name, language=language,
        link=link_of(tickets.write(ticket_key, ticket)), wave=wave.pk, closes_on=wave.closes_on,
        questions=batch.questions_of(wave),
    )  # fmt: skip
    return written(envelope, texts[language], follow_up=message.kind == FOLLOW_UP)


def written(envelope: Envelope, text: MailText, *, follow_up: bool) -> kinds.Rendered:
    """Text and HTML from the same blocks. Raises MissingValueError rather than leave a gap."""
    values = values_of(envelope)
    subject, body = (text.follow_up_subject, text.follow_up_body) if follow_up else (text.subject, text.body)
    return kinds.Rendered(
        subject=fill(subject, values), text=as_text(blocks(body, values)),
        html=_filled(_letter(subject, body, envelope.language), values), language=envelope.language,
    )  # fmt: skip


def values_of(envelope: Envelope) -> dict[str, str]:
    """What may stand in a mail; docs/surveys.md lists it."""
    return {
        "company": envelope.company,
        "name": envelope.name,
        "first_name": envelope.first_name,
        "link": envelope.link,
        "closes_on": day_in_words(envelope.closes_on, envelope.language),
        "questions": str(envelope.questions),
        "public_page": f"{_base()}/w/{envelope.wave}?language={envelope.language}",
        "reply_to": envelope.programme.reply_to,
        "unsubscribe": unsubscribe.url_for(envelope.address, TOPIC),
    }


def link_of(ticket: str) -> str:
    """Where a ticket opens the survey."""
    return f"{_base()}/s/{ticket}"


@lru_cache(maxsize=256)
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
    rows = Invitation.objects.filter(pk__in=first, state=Invitation.State.QUEUED)
    counts = Counter(rows.values_list("wave_id", flat=True))
    rows.update(state=Invitation.State.HANDED_OVER)
    for wave, n in sorted(counts.items()):
        Wave.objects.filter(pk=wave).update(n_mailed=F("n_mailed") + n)


@lru_cache(maxsize=64)
def _letter(subject: str, body: str, language: str) -> str:
    """The HTML of a text with its places still open: rendered once for all who get it."""
    places = {name: f"{OPEN}{name}{CLOSE}" for name in PLACES}
    context = {"subject": fill(subject, places), "language": language, "blocks": blocks(body, places)}
    return _inliner().inline(render_to_string("surveys/mail/message.html", context))


def _filled(letter: str, values: Mapping[str, str]) -> str:
    return OPEN_PLACE.sub(lambda match: escape(" ".join(values[match[1]].split())), letter)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    """Nothing is fetched while a mail is made."""
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def _id(message: Message) -> UUID:
    return UUID(str(message.payload["invitation"]))


def _base() -> str:
    return str(settings.SURVEY_URL).rstrip("/")
