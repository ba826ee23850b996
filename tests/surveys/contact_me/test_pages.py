""" "Please contact me": anybody may ask, managers take care of it, nothing ties it to a survey."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from surveys.models import ContactRequest
from tests import factories as make

pytestmark = pytest.mark.django_db
ASKED = {"name": "Eva Lind", "company": "Borg & Co", "reach": "+47 22 33 44 55", "message": "The pump leaks."}


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with time_machine.travel("2026-11-23 10:00+00:00", tick=False):
        yield


def ask(client: Client, **changes: str) -> Any:
    return client.post(reverse("contact_me:form"), ASKED | changes)


def test_somebody_asks_and_a_manager_takes_care_of_it(client: Client) -> None:
    make.make_company()
    assert client.get(reverse("contact_me:form")).status_code == 200
    reply = ask(client)
    assert reply.url == reverse("contact_me:thanks")
    found = ContactRequest.objects.get()
    assert (found.name, found.reach, found.received_on) == ("Eva Lind", "+47 22 33 44 55", date(2026, 11, 23))
    manager = make.make_user("manager", display_name="Mona Berg")
    client.force_login(manager)
    page = client.get(reverse("contact_me:list")).content.decode()
    assert "The pump leaks." in page
    at = reverse("contact_me:done", args=[found.pk])
    refused = client.post(at, {"note": ""})
    assert refused.status_code == 422
    client.post(at, {"note": "Called, a fitter comes on Friday."})
    page = client.get(reverse("contact_me:list")).content.decode()
    assert "Called, a fitter comes on Friday." in page
    again = client.post(at, {"note": "Me too."})
    assert "Mona Berg has taken care of it already." in again.content.decode()


def test_what_is_missing_is_named_and_nothing_is_lost(client: Client) -> None:
    make.make_company()
    page = ask(client, reach="")
    assert page.status_code == 422
    assert "The pump leaks." in page.content.decode()
    assert not ContactRequest.objects.exists()


def test_a_machine_that_fills_in_everything_is_thanked_and_forgotten(client: Client) -> None:
    make.make_company()
    assert ask(client, website="http://spam.example").url == reverse("contact_me:thanks")
    assert not ContactRequest.objects.exists()


def test_a_flood_from_one_place_is_stopped_in_words(client: Client) -> None:
    make.make_company()
    replies = [ask(client) for _ in range(11)]
    assert replies[9].status_code == 302
    assert replies[10].status_code == 422
    assert "try again in an hour" in replies[10].content.decode()
    assert ContactRequest.objects.count() == 10


def test_another_place_may_still_write_when_one_floods(client: Client) -> None:
    make.make_company()
    for _ in range(11):
        ask(client)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert ask(elsewhere).status_code == 302


def test_the_counter_does_not_tell_who_wrote() -> None:
    make.make_company()
    ask(Client(REMOTE_ADDR="192.0.2.7"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM django_cache")
        rows = [row for row in cursor.fetchall() if "contact_me" in row[0]]
    assert rows
    address = "192.0.2.7"
    told = [address, sha256(address.encode()).hexdigest()]
    assert not any(
        word in key or word in b64decode(value).decode("latin-1") for key, value in rows for word in told
    )


def test_nothing_in_a_request_says_when_or_after_which_survey() -> None:
    kinds = {field.name: field.get_internal_type() for field in ContactRequest._meta.get_fields()}
    assert "DateTimeField" not in kinds.values()
    assert kinds["id"] == "UUIDField"
    related = {
        field.related_model.__name__ for field in ContactRequest._meta.get_fields() if field.related_model
    }
    assert not related & {"Wave", "Invitation", "Contact", "Account"}
