"""A salesperson with a verified sender, a template, and accounts whose main contacts can be written to."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import time_machine

from accounts.models import Account
from correspondence.mailings import preparing, services
from correspondence.models import Mailing
from correspondence.services import send_due
from tests import factories as make

NOW = "2026-11-26 12:00+00:00"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def team(clock, db):
    make.make_company(name="Hollerbeck")
    manager = make.make_user("manager", display_name="Mia")
    kari = make.make_user(display_name="Kari Holm", team=make.make_team(manager))
    make.make_identity(kari, address="kari@tend.example", name="Kari Holm", signature="Kari")
    admin = make.make_user("admin", display_name="Ada")
    return SimpleNamespace(manager=manager, kari=kari, admin=admin)


def person(owner, n, account=None, **fields):
    """The main contact of an account of their own."""
    account = account or make.make_account(
        owner, name=f"Borg {n}", street="Gata 1", city="Oslo", postal_code="0150", country="NO"
    )
    fields = {"first_name": "Eva", "last_name": f"Lind {n}", "email": f"eva{n}@borg.example"} | fields
    return make.make_contact(account, **({"is_main": True} | fields))


def everybody():
    return Account.objects.order_by().values("pk")


def scheduled(user, mailing=None, **fields):
    mailing = mailing or make.make_mailing(user, rest_days=fields.pop("rest_days", 30))
    return services.schedule(user, mailing, everybody(), **fields)


def run(mailing):
    """As a worker and beat would: pieces made, mails sent, the mailing ended."""
    preparing.tick()
    preparing.prepare(mailing.pk)
    send_due()
    preparing.tick()
    return Mailing.objects.get(pk=mailing.pk)


def outcomes(mailing):
    return mailing.recipients.by_outcome()
