"""Kari, who owns an account, Eva who works there, and the talk that they had."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from tests import factories as make

TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-26 12:00+00:00", tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner() -> Any:
    return make.make_user(
        display_name="Kari Holm", email="kari@tend.example", job_title="Key account manager"
    )


@pytest.fixture
def account(owner: Any) -> Any:
    return make.make_account(
        owner, name="Acme *Machining*", street="Storgata 1", postal_code="0155", city="Oslo", country="NO"
    )


@pytest.fixture
def eva(account: Any) -> Any:
    return make.make_contact(
        account, first_name="Eva", last_name="Lind", email="eva@acme.example", is_main=True
    )


@pytest.fixture
def talk(account: Any, owner: Any, eva: Any) -> Any:
    made = make.make_interaction(
        account, owner, contact=eva, happened_on=TODAY, summary="Two new pumps in spring."
    )
    make.make_promise(account, owner, date(2026, 11, 30), interaction=made, what="Send the quote")
    return made
