"""Why a touchpoint is owed on its day: the rule, the fact, every shift by name, who stands in."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Tier
from cadences.models import Override, PlanItem, Slot, Touchpoint
from cadences.preview import preview
from cadences.reconcile import reconcile
from cadences.why import explain, explain_all, explain_owed
from sales.models import PurchaseLine
from tests.cadences.engine.seeded import customer, seed
from tests.factories import (
    make_absence,
    make_calendar,
    make_company,
    make_interaction,
    make_purchase,
    make_team,
    make_user,
)
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
        "One-week call: 7 days after the purchase of 9 March 2026 is 16 March 2026 (plan 1). "
        "Nothing but another purchase date moves it."
    )


def test_weekends_holidays_and_closures_are_named(owner: User) -> None:
    customer(owner, date(2026, 3, 27), country="DK")  # + 7 days is Good Friday
    for day, name in ((date(2026, 4, 3), "Good Friday"), (date(2026, 4, 6), "Easter Monday")):
        PublicHoliday.objects.create(country="NO", day=day, name=name)
    PublicHoliday.objects.create(country="DK", day=date(2026, 4, 7), name="Founder's Day")
    Closure.objects.create(calendar=make_company().calendar, day=date(2026, 4, 8), name="Spring cleaning")
    assert (
        "3 April 2026 is Good Friday; 4 April 2026 is a Saturday; 5 April 2026 is a Sunday; "
        "6 April 2026 is Easter Monday; 7 April 2026 is Founder's Day in Denmark; "
        "8 April 2026 is Spring cleaning: moved to Thursday, 9 April 2026."
    ) in why("one-week-call", date(2026, 3, 30))


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
        "The interval is this account's own: wants to hear from us often. "
        "A logged contact moves it: call, video call, meeting, visit or lunch."
    )


def test_a_calendar_item_says_its_window(owner: User) -> None:
    customer(owner, date(2025, 3, 9))
    said = why("summer-greeting", date(2026, 6, 1))
    assert said.startswith("Summer greeting: wanted between 2 June 2026 and 29 June 2026")


@time_machine.travel("2026-03-10 12:00", tick=False)
def test_an_exception_that_has_ended_is_not_told(owner: User) -> None:
    account = customer(owner, date(2025, 3, 9))
    make_override(account, every=3, unit="week", until=DAY - timedelta(days=1))
    assert "account's own" not in why("relationship-call")


@time_machine.travel("2026-03-10 12:00", tick=False)
def test_a_slot_of_another_tier_is_told_with_its_end(owner: User) -> None:
    account = customer(owner, date(2025, 3, 9))
    make_override(account, as_tier=Tier.objects.get(name="Large"), until=date(2026, 12, 31))
    said = why("relationship-call")
    assert "Relationship call: every 1 month; first dates are spread from" in said
    assert (
        "Here this account is served like the tier Large until 31 December 2026: they asked for it." in said
    )


def test_an_absence_is_one_cause_and_may_wait_for_the_return(owner: User) -> None:
    customer(owner, date(2026, 3, 9))
    make_absence(owner, date(2026, 3, 14), date(2026, 3, 20), waits=True)
    assert (
        "Kari Holm is away from 14 March 2026 to 20 March 2026, and it waits for the return; "
        "21 March 2026 is a Saturday; 22 March 2026 is a Sunday: moved to Monday, 23 March 2026."
    ) in why("one-week-call")


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("manager", "The plan gives it to the manager of Kari Holm's team, Mia Lund."),
        ("deputy", "The plan gives it to the deputy of Kari Holm, Dag Moe."),
    ],
)
def test_whom_the_plan_gives_it_to(owner: User, role: str, words: str) -> None:
    User.objects.filter(pk=owner.pk).update(team=make_team(make_user(display_name="Mia Lund")))
    PlanItem.objects.filter(slot__key="one-week-call").update(assignee=role)
    customer(owner, date(2026, 3, 9))
    said = why("one-week-call")
    assert words in said
    assert "stands in" not in said


def test_a_purchase_that_has_to_reach_a_sum(owner: User) -> None:
    PlanItem.objects.filter(slot__key="one-week-call").update(min_amount=Decimal("1000.00"), product="pump")
    account = customer(owner, date(2026, 3, 2))
    bought = make_purchase(account, date(2026, 3, 9), "1200")
    PurchaseLine.objects.create(purchase=bought, line_key="1", product="Pump X", unit_price=1200, quantity=1)
    said = why("one-week-call")
    assert "7 days after the purchase of 9 March 2026 is 16 March 2026" in said
    assert "Counted are purchases that reach 1,000 in a day, with “pump” in them." in said


def test_a_pause_is_told_with_the_day_that_it_moved(owner: User) -> None:
    account = customer(
        owner, date(2025, 3, 9), "Large", paused_from=date(2026, 3, 20), paused_until=date(2026, 4, 30),
        pause_reason="moving house",
    )  # fmt: skip
    make_interaction(account, owner, happened_on=date(2026, 3, 2))
    said = why("relationship-call")
    assert "1 month after the last contact on 2 March 2026 is 2 April 2026 (plan 1). " in said
    assert "That lies in the pause until 30 April 2026: spread from the next day on, here to " in said
    assert "(moving house)." in said


def test_closed_rows_say_what_became_of_them(owner: User) -> None:
    account = customer(owner, date(2026, 1, 9))
    reconcile(None, DAY)
    row = Touchpoint.objects.select_related("account", "slot", "item").get(
        account=account, slot__key="one-week-call"
    )
    assert explain(row)[-1] == "Lapsed on 9 February 2026: not done in time."


def test_rows_of_a_preview_explain_themselves(owner: User) -> None:
    account = customer(owner, date(2025, 3, 9), "Large")
    make_interaction(account, owner, happened_on=date(2026, 3, 2))
    rows = [owed for owed in preview([account.pk], DAY, 100) if owed.anchor == "after_contact"]
    first, second = (sentences[0] for sentences in explain_owed(rows[:2]))
    assert (
        first == "Relationship call: 1 month after the last contact on 2 March 2026 is 2 April 2026 (plan 1)."
    )
    assert second == (
        "Relationship call: 1 month after the one before, if that is kept on 2 April 2026, "
        "is 2 May 2026 (plan 1)."
    )


def make_override(account: Account, **fields: Any) -> Override:
    slot = Slot.objects.get(key="relationship-call")
    return Override.objects.create(account=account, slot=slot, reason="they asked for it", **fields)


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
