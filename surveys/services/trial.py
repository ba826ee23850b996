"""Seeing a survey as the customer will: a link into the real ballot box that never counts, a test mail.

Each programme has a box file of its own for this, with keys that open nothing real: the questions of the
draft can be looked at before any wave asks them.
"""

from __future__ import annotations

import os
from datetime import timedelta
from email.headerregistry import Address
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from ballotbox import bundle, sealing, tickets
from ballotbox.policy import DEFAULT
from ballotbox.questionnaire import check
from correspondence.backend import MailWaitsError
from correspondence.services import Identity
from surveys import ballots, bundles, keys, mailing
from surveys.flaws import problem_in_words
from surveys.languages import best
from surveys.mailing import Envelope
from surveys.models import Programme
from surveys.services.inviting import identity_of
from surveys.services.programmes import require_manager
from surveys.services.questions import shown
from users.clock import company_today
from users.models import Company, User

TRIALS = UUID("6f0b0f0e-7a55-4f0f-9d0a-1d1f5c9f2b11")
DAYS = 14


def link(by: User, programme: Programme, language: str) -> str:
    """Where the box shows the questions as they stand now. Raises ValidationError when it cannot."""
    require_manager(by)
    asked = shown(programme).asked
    if not ballots.is_set_up():
        raise ValidationError(_("This installation has no ballot box yet: the survey cannot be shown."))
    if problems := check(asked):
        raise ValidationError([problem_in_words(problem) for problem in problems])
    wave, today, company = uuid5(TRIALS, f"programme {programme.pk}"), company_today(), Company.get()
    key = keys.make_wave(wave)
    # a ballot of a test is never kept; the private half of this key does not exist
    public_key = sealing.public_key_of(sealing.new_private_key())
    bundle.write(
        bundles.folder(),
        bundle.Bundle(
            wave=wave, programme=programme.name, label=_("test"), company=company.name,
            time_zone=company.time_zone, opens=today, closes=today + timedelta(days=DAYS),
            questionnaire=asked, policy=DEFAULT, ticket_key=key, public_key=public_key,
            contact_address=programme.reply_to, public=bundles.contact_page(),
        ),
    )  # fmt: skip
    ticket = tickets.Ticket(wave, os.urandom(tickets.TAG_BYTES), language, is_test=True)
    return mailing.link_of(tickets.write(key, ticket))


def send_to_self(by: User, programme: Programme, language: str, *, follow_up: bool = False) -> str:
    """The invitation as customers get it, to the manager; returns the address. Raises ValidationError."""
    require_manager(by)
    if not by.email:
        raise ValidationError(_("You have no e-mail address: an admin can enter one under Users."))
    texts = mailing.mail_texts(programme.pk)
    if not texts:
        raise ValidationError(_("Write the mail text first."))
    language = best(language, list(texts))
    where = link(by, programme, language)
    envelope = Envelope(
        programme=programme, company=Company.get().name, address=by.email, name=by.display_name,
        first_name=by.get_short_name(), language=language, link=where,
        wave=uuid5(TRIALS, f"programme {programme.pk}"), closes_on=company_today() + timedelta(days=DAYS),
        questions=len(shown(programme).asked.asked),
    )  # fmt: skip
    try:
        rendered = mailing.written(envelope, texts[language], follow_up=follow_up)
    except ValueError as error:
        raise ValidationError(_("The text has a gap: %(error)s.") % {"error": error}) from error
    identity = identity_of(programme)
    mail = EmailMultiAlternatives(
        subject=f"[{_('Test')}] {rendered.subject}",
        body=rendered.text,
        from_email=_sender(identity) if identity.address else None,
        to=[by.email],
        reply_to=[identity.reply_to] if identity.reply_to else None,
    )
    mail.attach_alternative(rendered.html, "text/html")
    try:
        mail.send()
    except MailWaitsError as waits:
        raise ValidationError(
            _("The test waits in the outbox: no mail can be sent at the moment. It leaves by itself later.")
        ) from waits
    return by.email


def _sender(identity: Identity) -> str:
    """Name and address, the name quoted where it must be; not encoded, as the outbox keeps it for people."""
    user, _at, domain = identity.address.rpartition("@")
    return str(Address(identity.name, user, domain))
