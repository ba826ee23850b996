"""People that the tests of users share."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import make_user
from users.models import User

PASSWORD = "correct horse battery"


@pytest.fixture
def admin(db: None) -> User:
    return make_user("admin", password=PASSWORD, display_name="Ann Admin", email="ann@tend.example")


@pytest.fixture
def salesperson(db: None) -> User:
    return make_user(password=PASSWORD, display_name="Sam Seller", email="sam@tend.example")


@pytest.fixture
def as_admin(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def as_salesperson(salesperson: User) -> Client:
    client = Client()
    client.force_login(salesperson)
    return client
