"""A company with two salespeople, their managers and a reader."""

from types import SimpleNamespace

import pytest
import time_machine

from tests.factories import make_company, make_team, make_user


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def people(db):
    make_company()
    manager = make_user("manager", display_name="Mia")
    team = make_team(manager)
    return SimpleNamespace(
        manager=manager,
        kari=make_user(display_name="Kari", team=team),
        bo=make_user(display_name="Bo", team=team),
        stranger=make_user(display_name="Stein", team=make_team()),
        admin=make_user("admin", display_name="Ada"),
        reader=make_user("reader", display_name="Rita"),
    )


@pytest.fixture
def browse(client):
    """Go to an address as somebody."""

    def get(user, address, params=None, **options):
        client.force_login(user)
        return client.get(address, params or {}, **options)

    return get


@pytest.fixture
def send(client):
    def post(user, address, data=None, **options):
        client.force_login(user)
        return client.post(address, data or {}, **options)

    return post
