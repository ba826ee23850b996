"""Nobody is led to a page that does not open for them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.factories import make_company, make_user

LINKS = re.compile(r'<a class="(?:nav-item|dropdown-item)[^>]* href="(/[^"?#]*)')


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["reader", "salesperson", "manager", "admin"])
def test_every_page_of_the_menus_opens(role: str, client: Client) -> None:
    make_company()
    client.force_login(make_user(role))
    menus = client.get("/").content.decode()
    found = set(LINKS.findall(menus))
    assert len(found) > 12, "else this looks at nothing"
    assert {link: client.get(link).status_code for link in found} == dict.fromkeys(found, 200)
