"""The page on which somebody is erased."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Contact, Interaction
from imports.models import Erasure
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    make.make_company()
    client.force_login(make.make_user("admin"))
    return client


def ticked_in(shown: str) -> int:
    return len(re.findall(r'name="mention"[^>]* checked', shown))


def test_what_is_kept_is_shown_and_a_yes_erases_it(office):
    eva = make.make_contact(make.make_account(), first_name="Eva", last_name="Lind", email="eva@b.example")
    per = make.make_contact(eva.account, last_name="Vik")
    ticked = make.make_interaction(eva.account, contact=per, summary="Eva Lind was there")
    spared = make.make_interaction(eva.account, contact=per, summary="Eva Lind was not there")
    make.make_promise(eva.account, None, date(2026, 12, 1), contact=eva)
    page = reverse("erasing:person", args=[eva.pk])
    make.make_purchase(eva.account, date(2026, 10, 1), buyer=eva)
    shown = office.get(page).content.decode()
    assert "What they ordered: 1" in shown, "it is not blanked, and said to stay"
    assert "Eva Lind was not there" in shown
    assert "1 promise to or by them is still open" in shown
    assert ticked_in(shown) == 2
    key = f"contacts.Interaction:{ticked.pk}"
    unsure = office.post(page, {"why": "asked", "mention": key})
    assert unsure.status_code == 422
    assert "Tick this" in unsure.content.decode()
    assert ticked_in(unsure.content.decode()) == 1, "what was chosen is not lost"
    assert office.post(page, {"why": "asked", "sure": "on", "mention": key}).status_code == 302
    words = dict(Interaction.objects.filter(contact=per).values_list("pk", "summary"))
    assert words == {ticked.pk: "[erased]", spared.pk: "Eva Lind was not there"}
    assert "They asked for it" in office.get(reverse("erasing:list")).content.decode()
    assert "erased already" in office.get(page).content.decode()


def test_looking_costs_the_same_for_little_and_for_much(office):
    def cost(rows: int) -> int:
        eva = make.make_contact(make.make_account(), first_name="Eva", last_name=f"Lindberg{rows}")
        for _ in range(rows):
            make.make_interaction(eva.account, contact=eva, summary="x")
            make.make_interaction(eva.account, summary=f"Eva Lindberg{rows}")
            make.make_concern(eva.account, contact=eva)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert office.get(reverse("erasing:person", args=[eva.pk])).status_code == 200
        return len(queries)

    assert cost(2) == cost(20)


def test_the_list_costs_the_same_for_little_and_for_much(office):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            office.get(reverse("erasing:list"))
        return len(queries)

    by = make.make_user("admin")
    Erasure.objects.create(contacts=[1], why="asked", by=by)
    Erasure.objects.create(contacts=[2], why="asked", by=by)
    few = cost()
    for number in range(18):
        Erasure.objects.create(contacts=[number], why="asked", by=make.make_user("admin"))
    assert cost() == few
    assert Contact.objects.count() == 0
