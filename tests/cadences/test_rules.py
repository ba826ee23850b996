"""The pure rules of My day: late and today, R4's gate, which line comes next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cadences.day import after
from cadences.gate import Because, favourable
from cadences.lateness import Bucket, bucket, late_days
from cadences.models import PlanItem, Touchpoint
from cadences.next_date import next_working_day

DUE = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "tolerance", "where"),
    [
        (-8, 0, Bucket.LATER),
        (-7, 0, Bucket.NEXT),
        (-1, 0, Bucket.NEXT),
        (0, 0, Bucket.TODAY),
        (1, 0, Bucket.LATE),
        (3, 3, Bucket.TODAY),
        (4, 3, Bucket.LATE),
    ],
)
def test_today_lasts_as_long_as_the_tolerance(days, tolerance, where):
    assert bucket(DUE, tolerance, DUE + timedelta(days=days)) is where


def test_lateness_counts_from_the_planned_day_after_the_tolerance():
    assert late_days(DUE, 2, DUE + timedelta(days=2)) == 0
    assert late_days(DUE, 2, DUE + timedelta(days=5)) == 3


def test_what_the_plan_owes_and_what_people_note_have_the_same_kinds():
    assert Touchpoint.Kind.choices == [*PlanItem.Kind.choices, ("todo", "To-do")]


@pytest.mark.parametrize(
    ("concerns", "mood", "because"),
    [
        (0, 5, Because.FAVOURABLE),
        (0, 4, Because.FAVOURABLE),
        (0, 3, Because.MOOD),
        (0, None, Because.NO_MOOD),
        (1, 5, Because.CONCERN),
        (2, None, Because.CONCERN),
    ],
)
def test_cross_selling_waits_for_what_is_favourable(concerns, mood, because):
    gate = favourable(concerns, mood)
    assert gate.because is because
    assert gate.is_open is (because is Because.FAVOURABLE)


@pytest.mark.parametrize(
    ("closed", "before", "left", "following"),
    [
        (2, [1, 2, 3], [1, 3], 3),
        (3, [1, 2, 3], [1, 2], 1),
        (2, [1, 2, 3], [1, 2, 3], 3),  # it stayed owed: the next one all the same
        (9, [1, 2], [1, 2], 1),  # it was not in the list
        (1, [1], [], None),
        (1, [1], [1], None),
        (1, [1, 2, 3], [1, 3], 3),  # a colleague closed the second meanwhile
    ],
)
def test_the_line_after_the_closed_one_stands_in_front(closed, before, left, following):
    assert after(closed, before, left) == following


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 11, 24), date(2026, 11, 25)), (date(2026, 11, 27), date(2026, 11, 30))],
)
def test_tomorrow_is_a_working_day(day, expected):
    assert next_working_day(day) == expected
