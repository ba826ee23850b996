"""An account with something in every table that names it, and a twin of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Account, BookFinish, FiveWAnswer, Tag
from cadences.models import BulkChange, BulkRow, Figures, Gift, NotedDeparture, Override
from contacts.models import Ask, Contact, Expectation
from correspondence.models import Message
from correspondence.models.mailing import Recipient
from imports.models import AccountPair, ImportedOwner
from sales.models import Worth
from surveys.models import Asked, Exclusion, HeldBack, Programme
from tests import factories as make
from tests.surveys import factories as survey
from users.models import User

DAY = date(2026, 11, 23)


def account(owner: User, name: str, **fields: Any) -> Account:
    """A customer with one row of each kind; what stands only once has the same key at every such account."""
    made = make.make_account(owner, name=name, status="customer", became_customer_on=DAY, **fields)
    made.tags.add(Tag.objects.get_or_create(name="partner")[0], Tag.objects.create(name=f"of {made.pk}"))
    eva = person(owner, made)
    colleague = make.make_contact(made, reports_to=eva, formerly=None)
    talk = make.make_interaction(made, owner, contact=eva)
    talk.others.add(colleague)
    make.make_influence(eva, colleague)
    make.make_concern(made, owner=owner, contact=eva, interaction=talk)
    make.make_promise(made, owner, DAY, contact=eva)
    Expectation.objects.create(account=made, what="Quieter", led_by=owner, led_on=DAY, contact=eva)
    Ask.objects.create(account=made, kind=Ask.Kind.REFERRAL, asked_on=DAY, asked_by=owner, contact=eva)
    make.make_purchase(made, DAY, buyer=eva)
    make.make_file(made, owner)
    FiveWAnswer.objects.create(account=made, w="who", words=f"Said at {name}", said_on=DAY, said_by=owner)
    make.make_book_entry(owner, made)
    BookFinish.objects.create(
        user=owner, account=made, added_on=DAY, finished_on=DAY, why="content", outcome="Content"
    )
    ImportedOwner.objects.create(account=made, owner=owner)
    _planned(owner, made, eva)
    _counted(owner, made)
    return made


def person(owner: User, at: Account, **fields: Any) -> Contact:
    """Somebody whom mails, surveys and mailings name."""
    fields.setdefault("is_main", not at.contacts.filter(is_main=True).exists())
    eva = make.make_contact(at, email=f"eva{make.number()}@borg.example", **fields)
    make.make_piece(eva, owner)
    Message.objects.create(
        kind="piece", topic="service", recipient=eva.email, key=f"m{eva.pk}", payload={"piece": 0},
        next_try_at=timezone.now(), contact=eva,
    )  # fmt: skip
    NotedDeparture.objects.create(contact=eva, noted_by=owner)
    Exclusion.objects.create(contact=eva, reason="Wants none", by=owner)
    return eva


def in_mailing(mailing: Any, contact: Contact) -> Recipient:
    return Recipient.objects.create(
        mailing=mailing, account=contact.account, contact=contact, address=contact.email, place=contact.pk
    )


def invited(wave: Any, contact: Contact) -> None:
    survey.make_invitation(wave, contact)
    Asked.objects.create(contact=contact, programme=wave.programme, sent_on=DAY)


def _planned(owner: User, made: Account, eva: Contact) -> None:
    """Touchpoints with keys that clash and one that does not, with a gift and a meeting on those that do."""
    call, gift = make.make_slot("call"), make.make_slot("gift")
    row = make.make_touchpoint(made, owner, DAY, call, cycle="n1", contact=eva)
    given = make.make_touchpoint(made, owner, DAY, gift, cycle="2026", kind="gift", anchor="calendar")
    make.make_touchpoint(made, owner, DAY, call, cycle=f"I{made.pk}", contact=eva)
    Gift.objects.create(touchpoint=given, what=f"Wine for {made.pk}", cost=20)
    start = timezone.make_aware(datetime(2026, 12, 1, 9)) + timedelta(hours=made.pk % 7)
    make.make_appointment(made, owner, start, eva, touchpoint=row)
    Override.objects.create(account=made, slot=gift, is_off=True, reason=f"Said at {made.pk}")
    make.make_campaign(made, DAY)


def _counted(owner: User, made: Account) -> None:
    Figures.objects.create(account=made, last_contact_on=DAY)
    Worth.objects.create(
        account=made, counted_on=DAY, revenue=100, currency="EUR", share=0.5, rank=1, ranked=2, owner_share=1,
        owner_rank=1, owner_ranked=1,
    )  # fmt: skip
    change = BulkChange.objects.filter(user=owner).first() or BulkChange.objects.create(user=owner)
    BulkRow.objects.create(change=change, account=made)
    programme = Programme.objects.first() or survey.make_programme()
    Exclusion.objects.create(account=made, reason="Asked us not to", by=owner)
    HeldBack.objects.create(
        programme=programme, account=made, cycle="2026", reason=HeldBack.Reason.NO_ADDRESS, since=DAY
    )


def pair(one: Account, other: Account) -> AccountPair:
    first, second = sorted((one, other), key=lambda row: row.pk)
    return AccountPair.objects.create(first=first, second=second, score=80, reasons=["name"])
