"""An account on which something of every kind hangs, and a look at every table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from accounts.models import Account, BookFinish, FiveWAnswer, Tag, Tier
from cadences.models import SLOT_AGREED, BulkChange, BulkRow, Gift, NotedDeparture, Override, Touchpoint
from cadences.services.dates import built_in_slot
from contacts.models import Ask, ConcernNote, Contact, Expectation, Interaction
from core import facts
from correspondence.models import Message, PieceFile, PrintBatch, Recipient
from imports.models import ImportedOwner
from sales.models import Purchase, PurchaseLine
from sales.services import refresh_status
from surveys.models import Asked, Exclusion, HeldBack
from tests import factories as make
from tests.surveys import factories as survey
from users.models import User

TODAY = date(2026, 11, 23)
OUTSIDE = ("imports_bin", "tend_", "django_", "core_", "pghistory", "auth_")


@dataclass
class World:
    owner: User
    manager: User
    account: Account
    eva: Contact
    per: Contact
    talk: Interaction
    purchase: Purchase
    touchpoint: Touchpoint
    waiting: Message


def build() -> World:
    """Two people, everything said, promised, bought and written; nothing is to come but what is owed."""
    make.make_company(currency="EUR")
    make.make_schedule()
    manager = make.make_user("manager", email="manager@tend.example")
    owner = make.make_user("salesperson", team=make.make_team(manager), email="owner@tend.example")
    tier = make.make_tier()
    account = make.make_account(
        owner, name="Borg & Co", external_id="K-100", country="NO", tier=tier, owner_since=date(2025, 1, 1),
        yearly_revenue=Decimal("1234567890123456.78"), facts_from=date(2025, 1, 1),
    )  # fmt: skip
    account.tags.add(Tag.objects.create(name="Fair"))
    eva = make.make_contact(account, is_main=True, external_id="P-1", email="eva@borg.example")
    per = make.make_contact(account, reports_to=eva, email="per@borg.example")
    talk = make.make_interaction(account, owner, contact=eva, external_id="I-1")
    talk.others.add(per)
    purchase = make.make_purchase(
        account, date(2026, 9, 1), "12345678901234.5678", external_id="S-1", buyer=eva
    )
    touchpoint = _owed(account, owner, eva, talk)
    world = World(owner, manager, account, eva, per, talk, purchase, touchpoint, _mail(eva))
    _said(world)
    _written(world)
    _surveyed(world)
    _planned(tier)
    refresh_status([account.pk])
    facts.changed(account_ids=[account.pk])
    return world


def _planned(tier: Tier) -> None:
    """A monthly call and a track after the first purchase are owed."""
    built_in_slot(SLOT_AGREED)  # made by whoever needs it first
    plan = make.make_plan(state="running", effective_from=date(2025, 1, 1))
    make.make_item(make.make_slot("relationship-call"), plan=plan, tier=tier)
    make.make_item(
        make.make_slot("first-call"), plan=plan, anchor="after_event", every=3, unit="month", starts="first"
    )


def _owed(account: Account, owner: User, eva: Contact, talk: Interaction) -> Touchpoint:
    """A call that the talk has closed, a gift, a meeting that was held."""
    done = make.make_touchpoint(
        account, owner, date(2026, 10, 23), make.make_slot("relationship-call"), cycle="n1",
        state="done", closed_on=talk.happened_on, closed_by=owner,
        interaction=talk, contact=eva,
    )  # fmt: skip
    gift = make.make_touchpoint(
        account, owner, date(2026, 6, 1), make.make_slot("gift"), kind="gift", anchor="calendar",
        cycle="2026", state="skipped", closed_on=date(2026, 6, 2), reason="No wish",
    )  # fmt: skip
    Gift.objects.create(touchpoint=gift)
    held = make.make_appointment(
        account, owner, make.at("2026-10-23 09:00"), eva, state="held", interaction=talk,
        closed_at=make.at("2026-10-23 11:00"), touchpoint=done,
    )  # fmt: skip
    held.colleagues.add(make.make_user("salesperson"))
    Override.objects.create(account=account, slot=make.make_slot("survey"), is_off=True, reason="Asked us")
    return done


def _mail(eva: Contact) -> Message:
    return Message.objects.create(
        kind="piece", topic="service", recipient=eva.email, key="1", contact=eva,
        payload={"piece": 0}, next_try_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip


def _said(world: World) -> None:
    account, eva, owner, talk = world.account, world.eva, world.owner, world.talk
    concern = make.make_concern(account, contact=eva, interaction=talk, owner=owner, confirmed_with=None)
    ConcernNote.objects.create(concern=concern, user=owner, text="Asked the workshop")
    make.make_promise(account, owner, date(2026, 11, 20), contact=eva, interaction=talk)
    Expectation.objects.create(account=account, contact=eva, what="Fewer stops", led_on=talk.happened_on,
                               led_by=owner, interaction=talk)  # fmt: skip
    Ask.objects.create(account=account, contact=eva, interaction=talk, asked_by=owner, kind="referral",
                       asked_on=talk.happened_on)  # fmt: skip
    make.make_influence(world.per, eva)
    FiveWAnswer.objects.create(account=account, w="who", said_on=TODAY, said_by=owner)
    make.make_book_entry(owner, account)
    BookFinish.objects.create(
        account=account, user=owner, added_on=date(2026, 1, 5), finished_on=date(2026, 2, 1), why="content",
        outcome="Content", entry={"stage": "working"},
    )  # fmt: skip
    NotedDeparture.objects.create(contact=world.per, moved={"to": None, "share": 0.1})
    make.make_campaign(
        account, date(2026, 1, 5), ended_on=date(2026, 2, 1), result="content", words="Content"
    )
    PurchaseLine.objects.create(
        purchase=world.purchase, line_key="1", unit_price=Decimal("1.0001"), quantity=Decimal("2.5")
    )
    ImportedOwner.objects.create(account=account, owner=owner)
    change = BulkChange.objects.create(user=owner, rows_total=1)
    BulkRow.objects.create(change=change, account=account, before={"a": 1.25}, after={"b": None})
    elsewhere = make.make_contact(make.make_account(owner, name="Fjord"), formerly=eva)
    make.make_interaction(elsewhere.account, owner, contact=elsewhere)


def _written(world: World) -> None:
    account, eva, owner = world.account, world.eva, world.owner
    file = make.make_file(account, owner)
    draft = make.make_piece(eva, owner, about=world.talk, origin="talk 1")
    PieceFile.objects.create(piece=draft, account_file=file, name=file.name, kind=file.kind, size=file.size)
    letter = make.make_piece(
        eva, owner, medium="letter", state="left", left_on=TODAY, twin=draft, logged=world.talk
    )
    batch = PrintBatch.objects.create(
        user=owner, dated=TODAY, state="ready", rows_total=1, finished_at=timezone.now(), size=5
    )
    batch.lines.create(piece=letter, position=1, state="printed")
    mailing = make.make_mailing(owner)
    Recipient.objects.create(mailing=mailing, account=account, contact=eva, place=1, piece=letter)


def _surveyed(world: World) -> None:
    programme = survey.make_programme()
    Asked.objects.create(
        contact=world.eva, programme=programme, purchase=world.purchase, sent_on=date(2026, 9, 15)
    )
    Exclusion.objects.create(contact=world.per, reason="Asked us not to")
    HeldBack.objects.create(
        programme=programme, account=world.account, cycle="first", contact=world.eva,
        reason="address_changed", since=TODAY,
    )  # fmt: skip


def snapshot() -> dict[str, list[str]]:
    """Every row of every table of ours, as text; without history, sessions and the bin itself."""
    tables = [
        name
        for name in connection.introspection.table_names()
        if not name.startswith(OUTSIDE) and not name.endswith("event")
    ]
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(tables):
            cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')
            found[name] = [text for (text,) in cursor.fetchall()]
    return found


def noon(on: date = TODAY) -> datetime:
    return make.at(f"{on} 12:00")
