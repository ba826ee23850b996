"""A small company: somebody who leaves, whoever takes over, and what the leaver holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from cadences.meetings import addresses
from cadences.models import SavedView
from tests import factories as make

PASSWORD = "correct horse battery"
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    """Tuesday morning."""
    with time_machine.travel("2026-11-24 09:00+00:00", tick=False):
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
    mailing = make.make_mailing(who, state="scheduled", starts_at=make.at("2026-11-30 08:00"), sender=who)
    return SimpleNamespace(
        accounts=mine,
        foreign=theirs,
        todos=[make.make_touchpoint(account, who, TODAY, **todo) for account in there],
        promises=[make.make_promise(account, who, TODAY) for account in there],
        concerns=[make.make_concern(account, owner=who) for account in there],
        meetings=[
            make.make_appointment(account, who, make.at("2026-12-01 10:00"), contact)
            for account, contact in zip(there, contacts, strict=True)
        ],
        pieces=[make.make_piece(contact, who) for contact in contacts],
        mailing=mailing,
        team=make.make_team(manager=who, name="South"),
        covered=make.make_user(display_name="Per Covered", deputy=who),
        absence=make.make_absence(people.ola, date(2026, 12, 1), date(2026, 12, 5), deputy=who),
        view=SavedView.objects.create(owner=who, name="Quiet ones", is_shared=True),
        identity=make.make_identity(who),
        feed=addresses.make(who),
        joined=make.make_appointment(theirs, people.ola, make.at("2026-12-02 10:00")),
    )


@pytest.fixture
def as_admin(people: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(people.admin)
    return client
