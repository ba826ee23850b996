"""A customer of Kari's in Oslo, with two people, on Tuesday 24 November 2026, 09:00 there."""

from __future__ import annotations

from datetime import date, time
from types import SimpleNamespace
from typing import Any

import pytest

from cadences.meetings.services import Terms
from tests import factories as make


@pytest.fixture
def customer(people: SimpleNamespace) -> SimpleNamespace:
    make.make_company(name="Hollerbeck")
    make.make_schedule()
    people.owner.email = "kari@tend.example"
    people.owner.save()
    account = make.make_account(people.owner, name="Borg & Co", city="Oslo", country="NO", status="customer")
    eva = make.make_contact(account, last_name="Lind", email="eva@borg.example", is_main=True)
    per = make.make_contact(account, first_name="Per", last_name="Borg", email="per@borg.example")
    return SimpleNamespace(account=account, eva=eva, per=per, **people.__dict__)


@pytest.fixture
def terms(customer: SimpleNamespace) -> Any:
    """Terms of a meeting on Tuesday 1 December, 14:00 to 15:00 in Oslo, unless said otherwise."""

    def made(**said: Any) -> Terms:
        usual = {
            "on": date(2026, 12, 1),
            "at": time(14),
            "until": time(15),
            "time_zone": "Europe/Oslo",
            "host": customer.owner,
            "contacts": [customer.eva],
            "place": "Storgata 1",
            "purpose": "Service contract 2027",
            "agenda": "1. Pumps\n2. Prices",
        }
        return Terms(**(usual | said))

    return made
