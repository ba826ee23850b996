"""A seeded plan that runs, with one customer of Kari's whose calls are due in the coming weeks."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from cadences import plans
from cadences.models import Touchpoint
from cadences.reconcile import reconcile
from tests import factories as make
from tests.cadences.engine.seeded import customer
from users.models import Calendar

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.fixture
def running(people: SimpleNamespace) -> SimpleNamespace:
    """The people, with a plan that runs since January and the engine switched on."""
    plans.seed()
    plans.start_plan(date(2026, 1, 1))
    make.make_schedule(is_on=True)
    return people


@pytest.fixture
def account(running: SimpleNamespace) -> Any:
    """Bought on Friday 20 November: the call after a week is owed on Friday 27 November."""
    found = customer(running.owner, date(2026, 11, 20), name="Acme Machining")
    reconcile(None, TODAY)
    return found


@pytest.fixture
def company(running: SimpleNamespace) -> Calendar:
    return Calendar.objects.get(name="Company")


@pytest.fixture
def as_(client: Client) -> Any:
    """Sign somebody in."""

    def sign_in(user: Any) -> Client:
        client.force_login(user)
        return client

    return sign_in


def call(account: Any) -> Touchpoint:
    """The call after a week."""
    return Touchpoint.objects.get(account=account, slot__key="one-week-call")


def text(answer: Any) -> str:
    return answer.content.decode().replace("\xa0", " ").replace("&#x27;", "'")
