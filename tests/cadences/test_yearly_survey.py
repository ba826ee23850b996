"""The yearly survey of the plan a new installation starts with: two weeks, one wave, everybody."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import time_machine

from accounts.models import Account
from cadences import survey_night
from cadences.models import Touchpoint
from cadences.reconcile import reconcile
from contacts.models import Contact
from surveys.models import Invitation, Wave
from surveys.services import waves
from tests import factories as make
from tests.cadences.engine import seeded
from tests.surveys import factories as survey

FIRST, LAST = date(2026, 10, 7), date(2026, 10, 20)  # Wednesday to Tuesday
CUSTOMERS = 240
DAY = timedelta(days=1)


@pytest.fixture
def clock(db, settings, tmp_path):
    settings.SURVEY_KEYS, settings.BOX_WAVES = str(tmp_path / "mailer"), str(tmp_path / "box")
    settings.SURVEY_URL = "https://feedback.northwind.example"
    with time_machine.travel(FIRST - DAY, tick=False) as clock:
        make.make_company(name="Northwind Pumps", time_zone="UTC")
        yield clock


@pytest.fixture
def owed(clock) -> list[Touchpoint]:
    """A yearly survey is owed to every customer; for weeks two a day have followed purchases."""
    seeded.seed()
    make.make_schedule()
    accounts = Account.objects.bulk_create(
        Account(name=f"Customer {n}", status="customer", became_customer_on=date(2025, 1, 5),
                facts_from=date(2025, 1, 5))
        for n in range(CUSTOMERS)
    )  # fmt: skip
    Contact.objects.bulk_create(
        Contact(account=account, last_name="Lind", email=f"c{account.pk}@customer{account.pk}.example",
                is_main=True)
        for account in accounts
    )  # fmt: skip
    for programme in ("after_purchase", "yearly"):
        survey.make_programme(programme)
    slot = make.make_slot("two-week-survey")
    for days in range(28):
        for account in accounts[:2]:
            make.make_touchpoint(
                account, None, FIRST - days * DAY, slot, kind="survey", state="done", closed_on=FIRST
            )
    reconcile(None, FIRST - DAY)
    waves.plan(FIRST - 10 * DAY, survey_night.windows(FIRST))
    Wave.objects.update(state="ready")
    return list(Touchpoint.objects.open().filter(slot__key="yearly-survey"))


def nights(clock, *on: date) -> None:
    for day in on:
        clock.move_to(datetime(day.year, day.month, day.day, 4, 0))
        survey_night.run(day, "command")


def late() -> Counter[int]:
    """Days between being due and being asked -> how many."""
    asked = dict(Invitation.objects.values_list("account_id", "send_on"))
    due = Touchpoint.objects.filter(slot__key="yearly-survey").values_list("account_id", "due_on")
    return Counter((asked[account] - day).days for account, day in due if account in asked)


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def test_one_wave_asks_everybody_within_ten_working_days(owed, clock):
    assert len(owed) == CUSTOMERS
    assert {row.due_on for row in owed} == {day for day in days(FIRST, LAST) if day.weekday() < 5}
    assert len({row.due_on for row in owed}) == 10
    nights(clock, *days(FIRST, LAST))
    (wave,) = Wave.objects.filter(programme__kind="yearly")
    assert (wave.label, wave.opens_on, wave.closes_on) == ("2026", FIRST, LAST + 28 * DAY)
    assert wave.invitations.count() == CUSTOMERS
    assert max(late()) <= 1


def test_missed_nights_are_made_up_for_although_the_window_is_over(owed, clock):
    nights(clock, *days(FIRST, FIRST + 4 * DAY))
    before = Invitation.objects.count()
    nights(clock, LAST + DAY)
    night = Invitation.objects.count() - before
    assert before
    assert night <= 2 * survey_night.normal_night(Touchpoint.objects.filter(slot__key="yearly-survey"), LAST)
    nights(clock, *days(LAST + 2 * DAY, LAST + 10 * DAY))
    assert Invitation.objects.count() == CUSTOMERS
