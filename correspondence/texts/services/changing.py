"""The verbs of who writes templates: words, a new version of them, back to an old one, retired.

Managers and admins alone. Words are never overwritten: a change is the next version, and what was written
with an older one can always be told.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from correspondence.models import Medium, Template, TemplateText, Use
from correspondence.placeholders import KNOWN
from correspondence.querysets import may_write_templates
from correspondence.words.filling import one_line, unknown_in
from correspondence.words.languages import is_language
from users.access import require
from users.models import User

LONGEST_BODY = 20_000
LONGEST_SUBJECT = 200
MOST_NAMED = 5  # wrong placeholders in one message


class ChangedMeanwhileError(Exception):
    """A colleague saved other words while these were written. ``latest``: theirs."""

    def __init__(self, latest: TemplateText) -> None:
        super().__init__(str(latest))
        self.latest = latest


@transaction.atomic
def create(user: User, *, name: str, use: str, language: str) -> Template:
    """A template without words yet. Raises PermissionDenied, ValidationError by field."""
    _require_writer(user)
    template = Template(name=one_line(name), use=use, language=language)
    _check(template)
    template.save()
    return template


@transaction.atomic
def change(user: User, template: Template, **changes: Any) -> Template:
    """What it is called, what it is for, which language stands in.

    Raises PermissionDenied, ValidationError by field.
    """
    row = _locked(user, template)
    for name in ("name", "use", "language"):
        if name in changes:
            setattr(row, name, changes[name])
    row.name = one_line(row.name)
    _check(row)
    row.save()
    return row


@dataclass(frozen=True)
class Words:
    """What somebody has written for one medium in one language."""

    medium: str
    language: str
    subject: str
    body: str

    def tidy(self) -> Words:
        """As they are stored: the subject in one line, no space around."""
        body = self.body.replace("\r\n", "\n").replace("\r", "\n").strip()
        return replace(self, subject=one_line(self.subject), body=body)


@transaction.atomic
def save_text(user: User, template: Template, words: Words, *, based_on: int) -> TemplateText:
    """The next version of the words in one medium and language; the same words again are no version.

    ``based_on``: the number that the writer had before them, 0 for none. Raises ChangedMeanwhileError when
    there is a newer one by now, ValidationError by field, PermissionDenied.
    """
    row = _locked(user, template)
    words = words.tidy()
    check_words(words)
    latest: TemplateText | None = row.texts.of(words.medium, words.language).with_writers().first()
    if latest and (latest.subject, latest.body) == (words.subject, words.body):
        return latest
    if latest and latest.number != based_on:
        raise ChangedMeanwhileError(latest)
    number = latest.number + 1 if latest else 1
    made: TemplateText = row.texts.create(number=number, written_by=user, **asdict(words))
    return made


@transaction.atomic
def go_back(user: User, old: TemplateText) -> TemplateText:
    """The words of an old version as a new one. Raises PermissionDenied, or ValidationError when they use a
    placeholder that is not known any more.
    """
    row = _locked(user, old.template)
    latest = row.texts.of(old.medium, old.language).first()
    words = Words(old.medium, old.language, old.subject, old.body)
    return save_text(user, row, words, based_on=latest.number if latest else 0)


@transaction.atomic
def retire(user: User, template: Template, *, is_retired: bool = True) -> Template:
    """Offer it no more, or again. Raises PermissionDenied."""
    row = _locked(user, template)
    row.is_retired = is_retired
    row.save(update_fields=["is_retired", "updated_at"])
    return row


def check_words(words: Words) -> None:
    """Everything that is wrong with words, by field, in one go."""
    wrong: dict[str, Any] = {}
    if words.medium not in Medium.values:
        wrong["medium"] = _("Words are for an e-mail or a letter.")
    if not is_language(words.language):
        wrong["language"] = _no_language(words.language)
    if problem := _problem("subject", words.subject, LONGEST_SUBJECT):
        wrong["subject"] = problem
    if problem := _problem("body", words.body, LONGEST_BODY):
        wrong["body"] = problem
    if wrong:
        raise ValidationError(wrong)


def nearest(written: str) -> str:
    """The known placeholder that somebody may have meant by ``{{nmae}}``; "" when none is near."""
    bare = "".join(letter for letter in written.lower() if letter.isalnum() or letter in "_- ").strip()
    found = get_close_matches(bare.replace(" ", "_").replace("-", "_"), KNOWN, n=1, cutoff=0.6)
    return "{{" + found[0] + "}}" if found else ""


def _problem(field: str, words: str, longest: int) -> Any:
    if not words:
        return _("Give it a subject.") if field == "subject" else _("Write something first.")
    if len(words) > longest:
        return _("At most %(most)d letters; these are %(n)d.") % {"most": longest, "n": len(words)}
    if "\x00" in words:
        return _("It holds a letter that cannot be stored: remove it.")
    unknown = unknown_in(words, KNOWN)
    return [_refusal(written) for written in unknown[:MOST_NAMED]]


def _refusal(written: str) -> str:
    words = {"written": written, "near": nearest(written)}
    if words["near"]:
        return _("There is no placeholder %(written)s. Is %(near)s meant?") % words
    return _("There is no placeholder %(written)s: choose one from the menu.") % words


def _check(template: Template) -> None:
    wrong = {}
    same_name = Template.objects.filter(name__iexact=template.name).exclude(pk=template.pk)
    if not template.name:
        wrong["name"] = _("Give it a name.")
    elif same_name.exists():
        wrong["name"] = _("There is a template of that name: choose another one.")
    if template.use not in Use.values:
        wrong["use"] = _("Say what it is for: choose one of the list.")
    if not is_language(template.language):
        wrong["language"] = _no_language(template.language)
    if wrong:
        raise ValidationError(wrong)


def _no_language(code: str) -> str:
    return _("There is no language “%(code)s”: write it like de or pt-BR.") % {"code": code}


def _require_writer(user: User) -> None:
    require(may_write_templates(user), _("Templates are written by managers and admins."))


def _locked(user: User, template: Template) -> Template:
    _require_writer(user)
    found: Template = Template.objects.select_for_update().get(pk=template.pk)
    return found
