"""A salesperson with letters in the queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import factories as make


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-11-26 12:00+00:00", tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def owner(db: None) -> Any:
    make.make_company()
    return make.make_user(display_name="Kari Holm", job_title="Key accounts", email="kari@tend.example")


@pytest.fixture
def as_owner(owner: Any) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def letter(owner: Any, **fields: Any) -> Any:
    """A queued letter to somebody at an account with a whole address, unless said otherwise."""
    address = {"street": "Havnegata 7", "postal_code": "5003", "city": "Bergen", "country": "NO"}
    account_fields = {name: fields.pop(name) for name in (*address, "name") if name in fields}
    person = {name: fields.pop(name) for name in ("left_on", "last_name") if name in fields}
    account = make.make_account(owner, **address | account_fields)
    contact = make.make_contact(account, **person)
    fields = {"medium": "letter", "state": "queued", "language": "nb"} | fields
    return make.make_piece(contact, owner, **fields)
