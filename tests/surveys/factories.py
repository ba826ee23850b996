"""Makers of survey records: sensible values, everything can be said otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from contacts.models import Contact
from surveys import seed_data
from surveys.asks import Ask
from surveys.models import Asked, Invitation, MailText, Programme, Questions, Wave
from tests import factories as make
from users.models import User

TODAY = date(2026, 11, 24)


def make_programme(kind: str = "after_purchase", **fields: Any) -> Programme:
    """Switched on, with questions and mail texts in English and German."""
    slots = {"after_purchase": "two-week-survey", "yearly": "yearly-survey", "one_off": ""}
    fields = {
        "name": kind.replace("_", " ").capitalize(), "slot_key": slots[kind], "is_on": True,
        "sender_name": "Northwind Feedback", "sender_address": "feedback@northwind.example",
        "reply_to": "quality@northwind.example", **fields,
    }  # fmt: skip
    programme = Programme.objects.create(kind=kind, **fields)
    Questions.objects.create(
        programme=programme, version=1, state="current", content=seed_data.AFTER_PURCHASE_QUESTIONS,
        published_on=date(2026, 1, 5),
    )  # fmt: skip
    for language, text in seed_data.AFTER_PURCHASE_TEXTS.items():
        MailText.objects.create(programme=programme, language=language, **text)
    return programme


def make_wave(programme: Programme, **fields: Any) -> Wave:
    """The open wave of the last quarter of 2026."""
    last = fields.setdefault("last_send_on", date(2026, 12, 31))
    fields = {
        "label": f"2026 Q4 {make.number()}", "opens_on": date(2026, 10, 1),
        "closes_on": last + timedelta(days=28), "questions": programme.questions.get(state="current"),
        "dimensions": ["tier"], "state": "ready", **fields,
    }  # fmt: skip
    return Wave.objects.create(programme=programme, **fields)


def make_invitation(wave: Wave, contact: Contact, **fields: Any) -> Invitation:
    fields = {
        "account": contact.account, "language": "en", "send_on": TODAY, "state": "handed_over",
        "address": contact.email.lower(), **fields,
    }  # fmt: skip
    return Invitation.objects.create(wave=wave, contact=contact, **fields)


def make_customer(owner: User | None = None, **fields: Any) -> Contact:
    """A customer with one purchase two weeks ago; returns its main contact. ``email`` "" has none."""
    number = make.number()
    email = fields.pop("email", f"eva{number}@customer{number}.example")
    bought = fields.pop("bought_on", TODAY - timedelta(days=14))
    person = {
        name: fields.pop(name) for name in ("language", "refused_channels", "paused_until") if name in fields
    }
    account = make.make_account(owner, status="customer", became_customer_on=bought, **fields)
    make.make_purchase(account, bought)
    return make.make_contact(account, email=email, is_main=True, **person)


def make_ask(contact: Contact, **fields: Any) -> Ask:
    """What cadences asks about this contact's account."""
    fields = {
        "key": make.number(), "slot": "two-week-survey", "account_id": contact.account_id, "cycle": "first",
        "due_on": TODAY, "bought_on": TODAY - timedelta(days=14), **fields,
    }  # fmt: skip
    return Ask(**fields)


def make_asked(contact: Contact, programme: Programme, days_ago: int) -> Asked:
    return Asked.objects.create(
        contact=contact, programme=programme, sent_on=TODAY - timedelta(days=days_ago)
    )
