"""Why a touchpoint is owed on its day: the rule, the fact, every shift by name, who stands in."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cadences.models import Override, Slot, Touchpoint
from cadences.reconcile import reconcile
from cadences.why import explain, explain_all
from tests.cadences.engine.seeded import customer, seed
from tests.factories import make_absence, make_calendar, make_company, make_interaction, make_user
from users.models import Closure, PublicHoliday, User

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)


@pytest.fixture
def owner() -> User:
    person = seed()
    person.display_name = "Kari Holm"
    person.deputy = make_user(display_name="Dag Moe")
    person.save()
    make_company(calendar=make_calendar(country="NO"))
    return person


def why(slot: str, as_of: date = DAY, for_user: User | None = None) -> str:
    reconcile(None, as_of)
    row = Touchpoint.objects.select_related("account", "slot", "item").get(slot__key=slot, state="open")
    return " ".join(explain(row, for_user))


def test_a_date_that_did_not_move(owner: User) -> None:
    customer(owner, date(2026, 3, 9))
    assert why("one-week-call") == (
        "One-week call: 7 days after the purchase of 9 March 2026 is 16 March 2026 (plan 1)."
    )


def test_weekends_holidays_and_closures_are_named(owner: User) -> None:
    customer(owner, date(2026, 3, 27), country="DK")  # + 7 days is Good Friday
    for day, name in ((date(2026, 4, 3), "Good Friday"), (date(2026, 4, 6), "Easter Monday")):
        PublicHoliday.objects.create(country="NO", day=day, name=name)
    PublicHoliday.objects.create(country="DK", day=date(2026, 4, 7), name="Founder's Day")
    Closure.objects.create(calendar=make_company().calendar, day=date(2026, 4, 8), name="Spring cleaning")
    assert why("one-week-call", date(2026, 3, 30)).endswith(
        "3 April 2026 is Good Friday; 4 April 2026 is a Saturday; 5 April 2026 is a Sunday; "
        "6 April 2026 is Easter Monday; 7 April 2026 is Founder's Day in Denmark; "
        "8 April 2026 is Spring cleaning: moved to Thursday, 9 April 2026."
    )


def test_a_deputy_stands_in_and_reads_you(owner: User) -> None:
    customer(owner, date(2026, 3, 9))
    make_absence(owner, date(2026, 3, 16), date(2026, 3, 20))
    assert "Kari Holm is away until 20 March 2026: Dag Moe stands in." in why("one-week-call")
    assert owner.deputy is not None
    assert "you stand in" in why("one-week-call", for_user=owner.deputy)


def test_the_last_contact_and_an_interval_of_its_own(owner: User) -> None:
    account = customer(owner, date(2025, 3, 9))
    make_interaction(account, owner, happened_on=date(2026, 2, 2))
    Override.objects.create(
        account=account,
        slot=Slot.objects.get(key="relationship-call"),
        every=3,
        unit="week",
        reason="wants to hear from us often",
    )
    assert why("relationship-call") == (
        "Relationship call: 3 weeks after the last contact on 2 February 2026 is 23 February 2026 (plan 1). "
        "The interval is this account's own: wants to hear from us often."
    )


def test_a_calendar_item_says_its_window(owner: User) -> None:
    customer(owner, date(2025, 3, 9))
    said = why("summer-greeting", date(2026, 6, 1))
    assert said.startswith("Summer greeting: wanted between 2 June 2026 and 29 June 2026")


def test_a_list_costs_what_one_row_costs(owner: User) -> None:
    for _ in range(20):
        customer(owner, date(2026, 3, 7), country="DE")
    make_absence(owner, date(2026, 3, 14), date(2026, 3, 20))
    reconcile(None, DAY)
    rows = list(Touchpoint.objects.select_related("account", "slot", "item"))
    assert len(rows) > 50
    with CaptureQueriesContext(
        connection,
    ) as one:
        explain_all(rows[:1])
    with CaptureQueriesContext(connection) as many:
        assert len(explain_all(rows)) == len(rows)
    assert len(many) <= 7
    assert len(one) <= 7
