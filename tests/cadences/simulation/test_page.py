"""The page: who reads it, what it says, its table, its file, and that it costs the same for many."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from cadences.models import Simulation
from cadences.reconcile import reconcile
from tests import factories as make
from tests.cadences.engine.seeded import customer

from .conftest import TODAY, text

pytestmark = pytest.mark.django_db


def test_a_manager_reads_what_an_admin_started(company, page):
    assert "An admin starts a simulation" in text(page(company.manager))
    page(post=True)
    shown = page(company.manager)
    assert "touchpoints a week" in text(shown)
    assert "Simulate again" not in text(shown)
    assert "Activate" not in text(shown)


def test_a_salesperson_does_not(company, page, client):
    assert page(company.owner).status_code == 403
    assert client.post(reverse("simulation:start", args=[company.draft.pk])).status_code == 403
    assert not Simulation.objects.exists()


def test_the_plain_link_leads_to_the_page(company, page, client):
    page()
    answer = client.get(reverse("simulation:start", args=[company.draft.pk]))
    assert answer.headers["Location"] == reverse("simulation:detail", args=[company.draft.pk])
    assert not Simulation.objects.exists()


def test_what_is_not_simulated_says_how(company, page):
    assert "Not simulated yet" in text(page())
    company.draft = company.running
    assert "Only a draft is simulated" in text(page())


def test_users_samples_and_ways_on(company, page):
    shown = page(post=True)
    words = text(shown)
    assert company.owner.display_name in words
    assert "Acme Machining" in words
    assert reverse("plan:activate", args=[company.draft.pk]) in words
    assert reverse("plan:version", args=[company.draft.pk]) in words
    found = {one["account"].name: (one["old"], one["new"]) for one in shown.context["samples"]}
    assert set(found) == {"Acme Machining", "Borg & Co", "Fjord Kraft", "Without owner"}
    assert found["Acme Machining"][1] > found["Acme Machining"][0] + 5
    assert "<ins>" in words
    assert "<del>" in words


def test_an_account_renamed_since_is_shown_by_its_name_of_now(company, page):
    page(post=True)
    Account.objects.filter(name="Acme Machining").update(name="Acme Group")
    Account.objects.get(name="Fjord Kraft").touchpoints.all().delete()
    assert "Acme Group" in text(page())


@pytest.mark.parametrize("show", ["", "hours", "call", "nonsense"])
def test_the_table_says_what_the_chart_shows(company, page, show):
    page(post=True)
    graph = page(query=f"?show={show}").context["graph"]
    assert [round(bar.new) for bar in graph.drawn.bars] == [row["new"] for row in graph.rows]
    assert [round(bar.old) for bar in graph.drawn.bars] == [row["old"] for row in graph.rows]
    figures = Simulation.objects.get().figures
    expected = {
        "call": sum(figures["kinds"]["call"]["new"]),
        "hours": sum(sum(row["new_minutes"]) for user, row in figures["users"].items() if user != "0") / 60,
    }.get(show, sum(sum(kind["new"]) for kind in figures["kinds"].values()))
    assert graph.totals[1] == pytest.approx(expected)


def test_the_file_holds_every_week_of_every_user(company, page, client):
    page(post=True)
    answer = client.get(reverse("simulation:people", args=[company.draft.pk]))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    kari = [row for row in rows if row["user"] == company.owner.display_name]
    assert len(kari) == 26
    assert kari[0]["week_on"] == "2026-11-23"
    assert int(kari[0]["capacity_minutes"]) == 4 * 120  # from Tuesday on
    assert int(kari[1]["capacity_minutes"]) == 5 * 120
    nobody = [row for row in rows if row["user"] == "Nobody in person"]
    assert {row["capacity_minutes"] for row in nobody} == {""}
    figures = Simulation.objects.get().figures
    drafted = sum(int(row["touchpoints_draft"]) for row in rows)
    assert drafted == sum(sum(kind["new"]) for kind in figures["kinds"].values())


def many(company, number: int) -> None:
    for _ in range(number):
        user = make.make_user(display_name=f"Seller {make.number()}")
        customer(user, date(2026, 11, 20), "Large")
    reconcile(None, TODAY)


def test_many_users_are_paged_and_found(company, page):
    many(company, 30)
    shown = page(post=True)
    assert shown.context["page"].total == 32
    assert len(list(shown.context["page"].rows)) == 25
    name = list(shown.context["page"].rows)[-1]["name"]
    found = page(query=f"?q={name.lower()}")
    assert [row["name"] for row in found.context["page"].rows] == [name]
    assert "No user is like that" in text(page(query="?q=zzz"))


def test_the_page_costs_the_same_for_many_users(company, page):
    page(post=True)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page()
    many(company, 20)
    page(post=True)
    with CaptureQueriesContext(connection) as more:
        page()
    assert len(more) == len(few)
    assert len(few) <= 16
