"""A small company: somebody who leaves, whoever takes over, and what the leaver holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from cadences.meetings import addresses
from cadences.models import SavedView
from tests import factories as make

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday morning. Every other day of these tests is counted from it, so they pass at any other moment."""
TODAY = NOW.date()


def on(days: int, hour: int) -> datetime:
    """That hour of the day so many days from today."""
    return datetime.combine(TODAY + timedelta(days=days), time(hour), UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    make.make_company()
    manager = make.make_user("manager", display_name="Mona Vik")
    team = make.make_team(manager=manager, name="North")
    return SimpleNamespace(
        admin=make.make_user("admin", password=PASSWORD, display_name="Ada Min"),
        manager=manager,
        team=team,
        leaver=make.make_user(
            "salesperson", "manager", password=PASSWORD, display_name="Kari Holm", team=team
        ),
        dag=make.make_user(display_name="Dag Moe", team=team),
        ola=make.make_user(display_name="Ola Berg"),
        reader=make.make_user("reader", display_name="Jon Desk"),
    )


@pytest.fixture
def held(people: SimpleNamespace) -> SimpleNamespace:
    """Two accounts of the leaver and one of Ola's; one of each sort at the first of these and at Ola's."""
    who = people.leaver
    mine = [make.make_account(who, name=f"Account {n}", owner_since=date(2025, 3, 1)) for n in (1, 2)]
    theirs = make.make_account(people.ola, name="Of Ola")
    there = (mine[0], theirs)
    todo = {"kind": "todo", "anchor": "agreed", "basis": "todo"}
    contacts = [make.make_contact(account, email=f"eva{account.pk}@customer.example") for account in there]
    mailing = make.make_mailing(who, state="scheduled", starts_at=on(6, 8), sender=who)
    return SimpleNamespace(
        accounts=mine,
        foreign=theirs,
        todos=[make.make_touchpoint(account, who, TODAY, **todo) for account in there],
        promises=[make.make_promise(account, who, TODAY) for account in there],
        concerns=[make.make_concern(account, owner=who) for account in there],
        meetings=[
            make.make_appointment(account, who, on(7, 10), contact)
            for account, contact in zip(there, contacts, strict=True)
        ],
        pieces=[make.make_piece(contact, who) for contact in contacts],
        mailing=mailing,
        team=make.make_team(manager=who, name="South"),
        covered=make.make_user(display_name="Per Covered", deputy=who),
        absence=make.make_absence(people.ola, on(7, 0).date(), on(11, 0).date(), deputy=who),
        view=SavedView.objects.create(owner=who, name="Quiet ones", is_shared=True),
        identity=make.make_identity(who),
        feed=addresses.make(who),
        joined=make.make_appointment(theirs, people.ola, on(8, 10)),
    )


@pytest.fixture
def as_admin(people: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(people.admin)
    return client
