"""What managers decide about programmes: seeded, changed, switched on and off, mail texts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from correspondence.words.languages import name_of
from surveys import ballots, mail_words, seed_data
from surveys.flaws import in_words
from surveys.models import MailText, Programme, Questions
from surveys.rules import Rule
from surveys.services import coming_back
from users.clock import company_today
from users.models import Company, User

SENDER_LENGTH = 80  # of Programme.sender_name; a company's name may be longer
TEXT_FIELDS = ("subject", "body", "follow_up_subject", "follow_up_body")
SETTINGS = ("name", "rhythm", "sender_name", "sender_address", "reply_to")


def require_manager(by: User) -> None:
    """Surveys are the managers' alone."""
    if not by.is_manager:
        raise PermissionDenied(_("Surveys are looked after by managers."))


def _our_name() -> str:
    """The company as a sender, as long as a sender may be called."""
    return Company.get().name[:SENDER_LENGTH].strip()


@transaction.atomic
def seed() -> int:
    """The programmes that every installation begins with, switched off. Again changes nothing."""
    made = 0
    for data in seed_data.PROGRAMMES:
        programme, is_new = Programme.objects.get_or_create(
            kind=data["kind"],
            defaults={"name": data["name"], "slot_key": data["slot_key"], "sender_name": _our_name()},
        )
        if is_new:
            _fill(programme, data["questions"], data["texts"])
            made += 1
    return made


def _fill(programme: Programme, questions: dict[str, Any], texts: dict[str, dict[str, str]]) -> None:
    Questions.objects.create(
        programme=programme, version=1, state=Questions.State.CURRENT, content=questions,
        published_on=company_today(),
    )  # fmt: skip
    MailText.objects.bulk_create(
        [MailText(programme=programme, language=language, **text) for language, text in texts.items()]
    )


@transaction.atomic
def make_one_off(by: User, name: str) -> Programme:
    """A survey that is sent once; begins with the yearly questions. Raises ValidationError by field."""
    require_manager(by)
    if not name.strip():
        raise ValidationError({"name": _("Give the survey a name: people read it on the results.")})
    like = Programme.objects.filter(kind=Programme.Kind.YEARLY).first()
    programme = Programme.objects.create(
        kind=Programme.Kind.ONE_OFF, name=name.strip()[:80],
        sender_name=like.sender_name if like else _our_name(),
        sender_address=like.sender_address if like else "", reply_to=like.reply_to if like else "",
    )  # fmt: skip
    _fill(programme, seed_data.YEARLY_QUESTIONS, seed_data.ONE_OFF_TEXTS)
    return programme


@transaction.atomic
def change(by: User, programme: Programme, *, rule: Rule, **settings: Any) -> Programme:
    """Sender, mailbox, rhythm and who is asked. Raises ValidationError by field."""
    require_manager(by)
    for name in SETTINGS:
        if name in settings:
            setattr(programme, name, settings[name])
    programme.rule = rule.to_json()
    wrong = {}
    if User.objects.filter(email=programme.sender_address.lower(), is_active=True).exists():
        wrong["sender_address"] = _(
            "This is the address of one of your people. Use a neutral one, such as feedback@ your domain."
        )
    if programme.is_on and not programme.reply_to:
        wrong["reply_to"] = _("Name a mailbox for replies that salespeople do not read.")
    if wrong:
        raise ValidationError(wrong)
    programme.sender_address, programme.reply_to = (
        programme.sender_address.lower(),
        programme.reply_to.lower(),
    )
    programme.full_clean()
    programme.save()
    return programme


@transaction.atomic
def switch(by: User, programme: Programme, *, on: bool) -> int:
    """From the next night on surveys of this programme are sent, or not any more.

    Mails that were stopped while it was off leave after all; how many. Raises ValidationError with everything
    that is still missing.
    """
    require_manager(by)
    if on and (missing := what_is_missing(programme)):
        raise ValidationError(missing)
    if on and not programme.is_repeated and not programme.waves.exists():
        raise ValidationError(_("Start this survey: that switches it on."))
    programme.is_on = on
    programme.save(update_fields=["is_on", "updated_at"])
    return coming_back.all_of(programme, company_today()) if on and ballots.is_set_up() else 0


def what_is_missing(programme: Programme) -> list[str]:
    """What keeps a programme from being sent, in words; empty when nothing does."""
    missing = []
    if not programme.sender_name.strip():
        missing.append(_("The name of the sender."))
    if not programme.reply_to:
        missing.append(_("A mailbox for replies."))
    questions = programme.questions.current().first()
    if questions is None:
        return [*missing, _("Published questions.")]
    there = set(programme.mail_texts.values_list("language", flat=True))
    if not there:
        missing.append(_("A mail text."))
    for language in questions.asked.languages:
        if language not in there:
            missing.append(
                _("A mail text in %(language)s, as the questions have.")
                % {"language": name_of(language, get_language() or "en")}
            )
    return missing


@transaction.atomic
def save_text(by: User, programme: Programme, language: str, **text: str) -> MailText:
    """The mail of one language. Raises ValidationError by field: an unknown place, a missing link …"""
    require_manager(by)
    wrong: dict[str, list[str]] = {}
    for name in TEXT_FIELDS:
        value = text[name].replace("\r\n", "\n").strip()
        text[name] = value
        check = mail_words.check_subject if name.endswith("subject") else mail_words.check_body
        flaws = [in_words(flaw) for flaw in check(value)] if value else [_("Write this text.")]
        if flaws:
            wrong[name] = flaws
    if wrong:
        raise ValidationError(wrong)
    row: MailText
    row, _is_new = MailText.objects.update_or_create(programme=programme, language=language, defaults=text)
    return row


@transaction.atomic
def remove_text(by: User, text: MailText) -> None:
    """A language less. Raises ValidationError when the programme needs it."""
    require_manager(by)
    questions = text.programme.questions.current().first()
    if questions is not None and text.language in questions.asked.languages:
        raise ValidationError(_("The questions are asked in this language: take it off them first."))
    text.delete()
