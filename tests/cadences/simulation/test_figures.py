"""What is made of the figures: averages, who is over and when, bars, sentences."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from cadences.simulation import chart, words
from cadences.simulation.figures import Figures, spans
from cadences.simulation.samples import change, dealt

MONDAY = date(2026, 11, 23)
WEEKS = 26
USERS = {7: SimpleNamespace(display_name="Kari Holm"), 8: SimpleNamespace(display_name="Ola Berg")}


def row(old, new, minutes=10):
    return {
        "old": old, "new": new,
        "old_minutes": [minutes * n for n in old], "new_minutes": [minutes * n for n in new],
    }  # fmt: skip


def figures(new=None, capacity=None, **raw):
    """Kari with ten touchpoints of 10 minutes a week, and a hundred minutes a week."""
    old, new = [10] * WEEKS, new or [10] * WEEKS
    return Figures(
        {
            "accounts": 3,
            "running": 3,
            "weeks": [(MONDAY + timedelta(days=7 * n)).isoformat() for n in range(WEEKS)],
            "kinds": {"call": {"old": old, "new": new}},
            "users": {"7": row(old, new)},
            "capacity": {"7": capacity or [100] * WEEKS, "8": [100] * WEEKS},
            "effect": {"created": 0, "moved": 0, "cancelled": 0, "lapsed": 0, "reopened": 0},
            **raw,
        }
    )


def busy(*weeks, times=13):
    return [times if week in weeks else 10 for week in range(WEEKS)]


def test_numbers_in_a_row():
    assert spans([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
    assert spans([]) == []


def test_exactly_at_capacity_is_not_over():
    assert figures().over == []
    assert figures().people[0].percents == (100, 100)
    assert words.people_words(figures(), USERS).text == "Nobody is over capacity"


def test_the_begun_week_with_all_that_is_late_judges_nobody():
    found = figures(busy(0, times=500))
    assert found.over == []
    assert found.touchpoints.weekly == (10, 10)


def test_who_is_over_is_said_with_the_worst_weeks():
    found = figures(busy(3, 4, 5, 9))
    (kari,) = found.over
    assert kari.over_minutes == 4 * 30
    assert kari.was_over_weeks == []
    said = words.people_words(found, USERS)
    assert said.text == "Kari Holm 130 % of capacity in weeks 51–53 and 1 other week"
    assert said.beside == "over capacity in any week: 0 now, 1 then"


def test_work_without_a_working_day_is_over():
    able = [0 if week == 2 else 100 for week in range(WEEKS)]
    said = words.people_words(figures(capacity=able), USERS)
    assert said.text == "Kari Holm has work but no working day in week 50"


def test_somebody_with_no_capacity_at_all_breaks_nothing():
    found = figures(capacity=[0] * WEEKS)
    assert found.people[0].percents == (None, None)
    assert "no working day in weeks 49–20" in words.people_words(found, USERS).text


def test_the_worst_comes_first_and_the_others_are_counted():
    some = {
        "7": row(busy(3), busy(3)),
        "8": row([10] * WEEKS, busy(3, 4, times=20)),
        "0": row([9] * WEEKS, [9] * WEEKS),
    }
    found = figures(users=some)
    assert [one.pk for one in found.people] == [8, 7]
    assert words.people_words(found, USERS).text == (
        "Ola Berg 200 % of capacity in weeks 51–52, and 1 more is over"
    )
    assert sum(found.minutes.new) == 2 * 100 * WEEKS + 30 + 2 * 100


@pytest.mark.parametrize(
    ("new", "text", "beside"),
    [
        ([128] * WEEKS, "+118 touchpoints a week", "10 now, 128 then, in an average week"),
        ([4] * WEEKS, "−6 touchpoints a week", "10 now, 4 then, in an average week"),
        ([10] * WEEKS, "As many touchpoints a week as now", "10 now, 10 then, in an average week"),
    ],
)
def test_the_load_in_words(new, text, beside):
    assert words.load_words(figures(new)) == (text, beside)


def night(effect, alone=None):
    return Figures({"running": 3, "effect": effect, "effect_alone": alone})


def test_the_first_night_in_words():
    counts = {"created": 2, "moved": 1042, "cancelled": 6, "lapsed": 0, "reopened": 1}
    assert words.effect_words(night(counts)).text == "1,042 open touchpoints move, 6 end, 3 are new"
    assert words.effect_words(night({})) == (
        "No open touchpoint moves", "in its first night; dates that people have set stay"
    )  # fmt: skip


def test_a_later_first_night_is_told_beside_what_it_would_do_anyway():
    said = words.effect_words(night({"moved": 2, "created": 40}, {"moved": 0, "created": 38}))
    assert said.text == "2 open touchpoints move, 40 are new"
    assert said.beside.endswith("The same night under plan 3: 0 open touchpoints move, 38 are new.")


def test_bars_stand_on_the_line_and_the_highest_fits():
    drawn = chart.chart(
        [MONDAY + timedelta(days=7 * n) for n in range(WEEKS)], [10] * WEEKS, busy(4, times=20)
    )
    assert {round(bar.y + bar.height, 1) for bar in drawn.bars} == {chart.HEIGHT}
    assert drawn.bars[4].y == 0
    assert drawn.bars[4].old_y == chart.HEIGHT / 2
    assert drawn.bars[-1].old_x2 == 100
    assert [tick.value for tick in drawn.ticks] == [0, 5, 10, 15, 20]


def test_a_first_week_far_above_the_rest_is_cut_and_says_so():
    weeks = [MONDAY + timedelta(days=7 * n) for n in range(WEEKS)]
    assert chart.chart(weeks, [10] * WEEKS, busy(0, times=500)).bars[0].is_cut
    assert not chart.chart(weeks, [10] * WEEKS, busy(0, times=14)).has_cut
    assert not chart.chart(weeks, [0] * WEEKS, [0] * WEEKS).has_cut
    assert not chart.chart(weeks, [0] * WEEKS, [5] + [0] * 25).has_cut


def test_a_strip_marks_what_is_above_capacity():
    marks = chart.strip([50, 100, 150, 900, 0, 10], [100, 100, 100, 100, 0, 0])
    assert [mark.over_height > 0 for mark in marks] == [False, False, True, True, False, True]
    assert max(mark.height for mark in marks) == chart.STRIP


def test_samples_come_from_every_tier_and_from_where_most_changes():
    tiers = {1: list(range(30)), 2: [100, 101], 3: list(range(200, 240))}
    weights = {one: (one if one >= 200 else 0, 0) for ids in tiers.values() for one in ids}
    found = dealt(tiers, weights)
    assert len(found) == 20
    assert {100, 101} <= set(found)
    assert set(range(225, 240)) <= set(found)
    assert len([one for one in found if one < 100]) == 3
    assert dealt({}, {}) == []


def test_another_number_of_contacts_weighs_more_than_other_days():
    one = [("2026-12-01", 1, "call")]
    assert (
        change(one, [*one, ("2026-12-09", 2, "call")])
        > change(one, [("2026-12-02", 1, "call")])
        > change(one, one)
    )
