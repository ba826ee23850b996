"""The coming 12 months of an account, on its page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.models import PlanItem
from tests import factories as make
from tests.cadences.ledger.conftest import DAY, TODAY


@pytest.fixture
def account(people):
    """Served by a call every 30 days and a greeting in June; spoken to 10 days ago."""
    make.make_schedule()
    make.make_company()
    make.make_tier(1)
    plan = make.make_plan(state="running", effective_from=date(2024, 1, 1))
    make.make_item(
        make.make_slot("relationship-call", name="Relationship call"), plan=plan, every=30, unit="day",
        qualifying=["call"],
    )  # fmt: skip
    make.make_item(
        make.make_slot("greeting", name="Summer greeting"), plan=plan, kind="gift", cycle="year",
        anchor=PlanItem.Anchor.CALENDAR, window_from=151, window_days=20,
    )  # fmt: skip
    account = make.make_account(people.owner, status="customer")
    make.make_interaction(account, people.owner, happened_on=TODAY - DAY * 10)
    return account


def months(html: str) -> dict[str, str]:
    """The text under each month's heading."""
    parts = re.split(r"<h3[^>]*>([^<]+)</h3>", html)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_it_shows_the_year_month_by_month_with_the_why_of_each(account, see, people):
    html = see(reverse("accounts:coming", args=[account.pk]), people.owner)
    found = months(html)
    assert next(iter(found)) == "December 2026"
    assert sum(text.count("Relationship call:") for text in found.values()) == 12
    assert "Summer greeting" in found["June 2027"]
    assert "30 days after the last contact on 14 November 2026" in found["December 2026"]
    assert "about then" not in found["December 2026"]
    assert "if that is kept" in found["January 2027"]
    assert "about then" in found["January 2027"]


def test_what_was_agreed_stands_there_too_and_what_is_late_does_not(account, see, people):
    slot = make.make_slot("agreed", name="Agreed date")
    agreed = {"anchor": "agreed", "basis": "agreed", "is_touched": True, "kind": "meeting"}
    make.make_touchpoint(account, people.deputy, date(2027, 2, 3), slot, cycle="I1", **agreed)
    make.make_touchpoint(account, people.owner, TODAY - DAY * 40, slot, cycle="I2", **agreed)
    html = see(reverse("accounts:coming", args=[account.pk]), people.owner)
    assert html.count("Agreed date") == 1
    assert "Agreed date" in months(html)["February 2027"]
    assert people.deputy.display_name in html


def test_an_account_that_no_plan_reaches_is_told_so(see, people):
    account = make.make_account(people.owner)
    assert "Nothing is planned" in see(reverse("accounts:coming", args=[account.pk]), people.owner)


def test_the_page_asks_for_it(account, see, people):
    address = reverse("accounts:coming", args=[account.pk])
    assert f'hx-get="{address}"' in see(reverse("accounts:detail", args=[account.pk]), people.owner)


def test_many_contacts_cost_as_many_queries_as_few(account, client, people):
    client.force_login(people.owner)
    address = reverse("accounts:coming", args=[account.pk])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    asked()  # prepared once
    few = asked()
    PlanItem.objects.filter(slot__key="relationship-call").update(every=5)
    assert asked() == few
