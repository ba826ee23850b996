"""Who and when: Tuesday 24 November 2026, 09:00 in Oslo, and people in every position to an account."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine

from tests import factories as make

TUESDAY = "2026-11-24 08:00:00+00:00"


@pytest.fixture
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def people(db: None, tuesday: time_machine.Traveller) -> SimpleNamespace:
    """Owner, their manager and deputy, a colleague of another team, the service desk, an admin, one gone."""
    manager = make.make_user("manager", display_name="Mona Vik")
    team = make.make_team(manager)
    zone = "Europe/Oslo"
    deputy = make.make_user(display_name="Dag Moe", team=team, time_zone=zone)
    owner = make.make_user(display_name="Kari Holm", team=team, deputy=deputy, time_zone=zone)
    return SimpleNamespace(
        owner=owner,
        deputy=deputy,
        manager=manager,
        colleague=make.make_user(display_name="Ola Berg"),
        desk=make.make_user("reader", display_name="Jon Desk", department="Service"),
        admin=make.make_user("admin", display_name="Ada Min"),
        gone=make.make_user(display_name="Gone Per", is_active=False),
    )
