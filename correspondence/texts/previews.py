"""How words read for one real person before anybody saves or sends them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.safestring import SafeString, mark_safe

from accounts.models import Account
from contacts.models import Contact, Interaction
from core.text import whole_number
from correspondence.models import TemplateText
from correspondence.placeholders import KNOWN, PLACEHOLDERS, Subject, values_for
from correspondence.texts.services.changing import nearest
from correspondence.texts.services.writing import Written, filled, in_words, spoken
from correspondence.words.filling import PLACEHOLDER, Source, unknown_in
from correspondence.words.showing import as_html, as_text
from users.models import User

FOUND = 8  # people offered at once


@dataclass(frozen=True)
class Preview:
    """``stand_ins``: values that are examples, as no talk, meeting or gift is at hand, in words."""

    contact: Contact | None
    written: Written
    unknown: list[tuple[str, str]] = field(default_factory=list)
    stand_ins: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """What this account lacks, in words; what nobody has is told apart."""
        return in_words(name for name in self.written.missing if name in KNOWN)

    @property
    def html(self) -> SafeString:
        """Cleaned of everything but the few tags of words; gaps are marked."""
        shown = as_html(self.written.body)
        return mark_safe(PLACEHOLDER.sub(r"<mark>\g<0></mark>", shown))  # noqa: S308 - nh3 has cleaned it

    @property
    def text(self) -> str:
        return as_text(self.written.body)


def preview(user: User, contact: Contact | None, text: TemplateText) -> Preview:
    """The words as this user would write them to that person; with examples alone where there is nobody."""
    values, stand_ins = _values(user, contact, text)
    asked = set(PLACEHOLDER.findall(text.subject + text.body))
    return Preview(
        contact,
        filled(text, values, gaps=True),
        [(written, nearest(written)) for written in unknown_in(f"{text.subject}\n{text.body}", KNOWN)],
        in_words(name for name in stand_ins if name in asked),
    )


def _values(user: User, contact: Contact | None, text: TemplateText) -> tuple[dict[str, str], list[str]]:
    if contact is None:
        names = [placeholder.name for placeholder in PLACEHOLDERS]
        return _examples(names), names
    talk = _latest_talk(user, contact)
    language = contact.language or contact.account.language or text.language
    subject = Subject(contact.account_id, contact.pk, user.pk, language, talk.pk if talk else None)
    [values] = values_for([spoken(text, subject)])
    # a template is for talks to come: what this one talk does not hold is no fault of the account
    lacking = [each.name for each in PLACEHOLDERS if each.needs and each.name not in values]
    return _examples(lacking) | values, lacking


def _examples(names: list[str]) -> dict[str, str]:
    """Written by us, lists included: they are source as it stands."""
    return {each.name: Source(each.example) for each in PLACEHOLDERS if each.name in names}


def _latest_talk(user: User, contact: Contact) -> Interaction | None:
    talks = Interaction.objects.visible_to(user).filter(account=contact.account_id, reached=True)
    found: Interaction | None = talks.standing().latest_first().first()
    return found


def found_people(user: User, words: str) -> list[Contact]:
    """Whom a preview can be shown for: by name, or at an account of that name."""
    words = words.replace("\x00", "").strip()[:100]
    if len(words) < 2:
        return []
    people = Contact.objects.visible_to(user).employed().select_related("account")
    by_name = list(people.search(words)[:FOUND])
    at_accounts = people.filter(account__in=_accounts(user, words)).exclude(
        pk__in=[each.pk for each in by_name]
    )
    return [*by_name, *at_accounts[: FOUND - len(by_name)]]


def _accounts(user: User, words: str) -> list[int]:
    found = Account.objects.visible_to(user).search(words).order_by("name_folded", "id")
    return list(found.values_list("pk", flat=True)[:FOUND])


def chosen(user: User, asked: str) -> Contact | None:
    """The contact of that number; without one somebody at an account of the user's, or anybody."""
    people = Contact.objects.visible_to(user).select_related("account")
    if number := whole_number(asked):
        found: Contact | None = people.filter(pk=number).first()
        return found
    there = people.filter(left_on=None)
    own: Contact | None = there.filter(account__owner=user).order_by("account_id", "-is_main", "id").first()
    return own or there.order_by("id").first()
