"""Minutes of contact per week: working days of the calendar, absences taken off, times minutes a day."""

from __future__ import annotations

from datetime import date

import pytest

from cadences.capacity import capacity
from tests import factories as make
from users.models import Closure, PublicHoliday

pytestmark = pytest.mark.django_db
MONDAY, SUNDAY = date(2026, 12, 21), date(2027, 1, 3)
FIRST, SECOND = MONDAY, date(2026, 12, 28)


@pytest.fixture
def norway():
    """Four days a week, and Christmas."""
    found = make.make_calendar(name="Oslo", country="NO", weekdays=[1, 2, 3, 4])
    for day in (date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)):
        PublicHoliday.objects.create(country="NO", day=day, name="Off")
    PublicHoliday.objects.create(country="DK", day=date(2026, 12, 24), name="Elsewhere")
    Closure.objects.create(calendar=found, day=date(2026, 12, 24), name="Closed")
    return found


def of(user, first=MONDAY, last=SUNDAY):
    return {one.week_on: (one.days, one.minutes) for one in capacity([user.pk], first, last)}


def test_holidays_closures_and_the_working_week_count(norway):
    user = make.make_user(calendar=norway, capacity_minutes=90)
    # 24 December is closed, 25 and 1 January are Fridays off anyway
    assert of(user) == {FIRST: (3, 270), SECOND: (4, 360)}


def test_whoever_has_nothing_of_their_own_has_the_companys(norway):
    user = make.make_user()
    assert of(user)[SECOND] == (5, 600)
    make.make_company(calendar=norway, capacity_minutes=60)
    assert of(user) == {FIRST: (3, 180), SECOND: (4, 240)}


def test_absences_are_taken_off():
    user = make.make_user(capacity_minutes=100)
    make.make_absence(user, date(2026, 12, 23), date(2026, 12, 29))
    make.make_absence(user, date(2026, 12, 29), date(2026, 12, 29))
    assert of(user) == {FIRST: (2, 200), SECOND: (3, 300)}


def test_a_week_away_has_no_row_and_a_begun_week_counts_from_its_day():
    user = make.make_user(capacity_minutes=100)
    make.make_absence(user, SECOND, SUNDAY)
    assert of(user, first=date(2026, 12, 24)) == {FIRST: (2, 200)}


def test_only_active_users_are_asked_for():
    gone = make.make_user(is_active=False)
    assert capacity([gone.pk], MONDAY, SUNDAY) == []


def test_it_is_one_query_for_everybody(django_assert_num_queries):
    users = [make.make_user().pk for _ in range(12)]
    with django_assert_num_queries(1):
        assert len(capacity(users, MONDAY, SUNDAY)) == 24
