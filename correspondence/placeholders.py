"""The documented list of placeholders, and their values for any number of recipients at once.

Values are read when words are written, not when they leave: a draft holds finished words, and its writer
sees them. Apps to the right register values that they alone know (the next contact).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from contacts.models import Commitment, Contact, Interaction
from correspondence.words.filling import Source, escaped, is_blank
from correspondence.words.languages import locale_of, salutation, whose
from sales.models import Purchase
from users.clock import company_today
from users.models import Company, User


@dataclass(frozen=True)
class Placeholder:
    """``{{name}}``. ``needs``: what there must be besides account, contact and sender ("" = nothing)."""

    name: str
    label: str | Promise
    example: str
    needs: str = ""


PLACEHOLDERS: tuple[Placeholder, ...] = (
    Placeholder("salutation", _("Salutation in their language"), "Dear Eva Lind,"),
    Placeholder("contact_name", _("Name of the contact"), "Eva Lind"),
    Placeholder("contact_first_name", _("First name of the contact"), "Eva"),
    Placeholder("contact_last_name", _("Last name of the contact"), "Lind"),
    Placeholder("contact_job_title", _("Job title of the contact"), "Head of purchasing"),
    Placeholder("account", _("Name of the account"), "Acme Machining"),
    Placeholder("account_city", _("City of the account"), "Oslo"),
    Placeholder("customer_since", _("The day they became a customer"), "12 March 2023"),
    Placeholder("last_purchase_on", _("The day of their last purchase"), "21 October 2026"),
    Placeholder("last_purchase_sum", _("What that purchase came to"), "EUR 12,400.00"),
    Placeholder("last_purchase", _("What it was about"), "Pump P-200"),
    Placeholder("sender", _("Your name"), "Kari Holm"),
    Placeholder("sender_job_title", _("Your job title"), "Key account manager"),
    Placeholder("sender_email", _("Your e-mail address"), "kari@example.com"),
    Placeholder("company", _("Our company"), "Hollerbeck Pumps"),
    Placeholder("today", _("Today's date"), "26 November 2026"),
    Placeholder("next_contact", _("When we talk next, and how"), "Call on 8 January 2027"),
    Placeholder("talk_on", _("The day of the talk"), "26 November 2026", "talk"),
    Placeholder("talk_summary", _("What was said, as it was logged"), "Two new pumps in spring.", "talk"),
    Placeholder(
        "talk_agreed", _("What was promised, as a list"), "- We: Send the quote (27 November 2026)", "talk"
    ),
    Placeholder("meeting_when", _("Day and time of the meeting"), "8 January 2027, 14:00", "meeting"),
    Placeholder("meeting_where", _("Place of the meeting"), "Your office in Oslo", "meeting"),
    Placeholder("meeting_purpose", _("What the meeting is for"), "Plan the spring", "meeting"),
    Placeholder("meeting_agenda", _("Its agenda"), "- Deliveries", "meeting"),
    Placeholder("gift", _("What we send"), "a box of summer fruit", "gift"),
)
KNOWN = frozenset(placeholder.name for placeholder in PLACEHOLDERS)


@dataclass(frozen=True)
class Subject:
    """Whom words are written to, by whom, in which language. ``given``: values that the writer knows."""

    account_id: int
    contact_id: int
    sender_id: int | None
    language: str = "en"
    about_id: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)


Provider = Callable[[Sequence[Subject]], Sequence[Mapping[str, str]]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Values of apps to the right; asked once for all subjects. Registering twice has no effect."""
    if provider not in _providers:
        _providers.append(provider)


def values_for(subjects: Sequence[Subject]) -> list[dict[str, str]]:
    """For each subject placeholder -> value, without those that have none. Ten queries for any number."""
    facts = _Facts.of(subjects)
    found = [_written(facts, subject) for subject in subjects]
    for provider in _providers:
        for values, more in zip(found, provider(subjects), strict=True):
            values.update(more)
    for values, subject in zip(found, subjects, strict=True):
        values.update(subject.given)
    return [{name: value for name, value in values.items() if not is_blank(value)} for values in found]


@dataclass(frozen=True)
class _Facts:
    """What was read for all subjects together."""

    accounts: Mapping[int, Account]
    contacts: Mapping[int, Contact]
    senders: Mapping[int, User]
    talks: Mapping[int, Interaction]
    promises: Mapping[int, list[Commitment]]
    purchases: Mapping[int, Purchase]
    company: Company
    today: date

    @classmethod
    def of(cls, subjects: Sequence[Subject]) -> _Facts:
        account_ids = {subject.account_id for subject in subjects}
        talk_ids = {subject.about_id for subject in subjects if subject.about_id}
        latest = Purchase.objects.filter(account__in=account_ids, voided_at=None, amount__gt=0)
        promises: dict[int, list[Commitment]] = {}
        for promise in Commitment.objects.filter(interaction__in=talk_ids).order_by("due_on", "pk"):
            promises.setdefault(promise.interaction_id, []).append(promise)
        return cls(
            Account.objects.in_bulk(account_ids),
            Contact.objects.in_bulk({subject.contact_id for subject in subjects}),
            User.objects.select_related("identity").in_bulk({s.sender_id for s in subjects if s.sender_id}),
            Interaction.objects.in_bulk(talk_ids),
            promises,
            {
                purchase.account_id: purchase
                for purchase in latest.order_by("account", "-purchased_on", "-pk").distinct("account")
            },
            Company.get(),
            company_today(),
        )


def _written(facts: _Facts, subject: Subject) -> dict[str, str]:
    account = facts.accounts[subject.account_id]
    contact = facts.contacts[subject.contact_id]
    language = subject.language
    values = {
        "salutation": salutation(language, contact.name),
        "contact_name": contact.name,
        "contact_first_name": contact.first_name,
        "contact_last_name": contact.last_name,
        "contact_job_title": contact.job_title,
        "account": account.name,
        "account_city": account.city,
        "customer_since": day(account.became_customer_on, language),
        "company": facts.company.name,
        "today": day(facts.today, language),
    }
    values |= _purchase(facts.purchases.get(account.pk), language)
    if sender := facts.senders.get(subject.sender_id or 0):
        values |= {
            "sender": sender.display_name,
            "sender_job_title": sender.job_title,
            "sender_email": _address_of(sender),
        }
    if talk := facts.talks.get(subject.about_id or 0):
        values |= {
            "talk_on": day(talk.happened_on, language),
            "talk_summary": several_lines(talk.summary.splitlines()),
            "talk_agreed": bullets(
                f"{whose(language, by_us=promise.by_us)}: {promise.what} ({day(promise.due_on, language)})"
                for promise in facts.promises.get(talk.pk, ())
            ),
        }
    return values


def _address_of(sender: User) -> str:
    """The verified address that their mails leave from, else that of their login."""
    identity = getattr(sender, "identity", None)
    return identity.address if identity is not None and identity.verified_at else sender.email or ""


def _purchase(purchase: Purchase | None, language: str) -> dict[str, str]:
    if purchase is None:
        return {}
    return {
        "last_purchase_on": day(purchase.purchased_on, language),
        "last_purchase_sum": money(purchase.amount, purchase.currency, language),
        "last_purchase": purchase.about,
    }


def day(value: date | None, language: str) -> str:
    """A date as that language writes it in a letter; "" for none."""
    return format_date(value, "long", locale=locale_of(language)) if value else ""


def money(amount: Decimal, currency: str, language: str) -> str:
    return format_currency(amount, currency, locale=locale_of(language))


def several_lines(lines: Iterable[str]) -> Source:
    """Lines of somebody's own words as source: each shows exactly its letters."""
    return Source("\n".join(escaped(line) for line in lines).strip())


def bullets(items: Iterable[str]) -> Source:
    """A list; "" without items."""
    return Source("\n".join(f"- {escaped(item)}" for item in items))


def examples() -> dict[str, Any]:
    """What a preview without a real account shows."""
    return {placeholder.name: placeholder.example for placeholder in PLACEHOLDERS}
