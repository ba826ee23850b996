"""Intervals against published tables, and what is told of few answers."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotbox import figures
from ballotbox.policy import DEFAULT
from ballotbox.questionnaire import NOT_APPLICABLE, Option, Question

NPS = Question("recommend", "nps", {"en": "?"})
SCALE = Question("product", "scale", {"en": "?"})
AGREE = Question("trust", "agree", {"en": "?"})
LINES = Question("process", "items", {"en": "?"}, options=(Option("delivery", {"en": "Delivery"}),))
WHY = Question(
    "why",
    "single",
    {"en": "?"},
    options=(Option("price", {"en": "Price"}), Option("advice", {"en": "Advice"})),
)
PROBLEMS = Question(
    "problems",
    "multi",
    {"en": "?"},
    options=(
        Option("late", {"en": "Late"}),
        Option("wrong", {"en": "Wrong"}),
        Option("bill", {"en": "Bill"}),
    ),
)


# -- Published tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17
        # (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(count: int, n: int, low: float, high: float) -> None:
    found = figures.wilson(count, n)
    assert found.low / 100 == pytest.approx(low, abs=5e-5)
    assert found.high / 100 == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("n", "half"),
    # 50 % promoters, 20 % detractors: half widths worked out by hand from the formula of B. Rocks, Interval
    # Estimation for the "Net Promoter Score", The American Statistician 70 (2016): 3 added to n, 3/4 to each
    [(10, 42), (20, 32), (30, 27), (50, 21), (100, 15), (200, 11), (400, 8), (1000, 5)],
)
def test_half_width_of_the_net_promoter_score(n: int, half: int) -> None:
    found = figures.nps_interval(0.5 * n, 0.2 * n, n)
    assert (found.high - found.low) / 2 == pytest.approx(half, abs=0.5)


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "low", "high"),
    [
        # By hand: (5.75 - 2.75) / 13 = 0.230769; variance (8.5/13 - 0.053254)/13 = 0.046199; 1.96 x 0.214939
        (5, 2, 10, -19.05, 65.20),
        # (50.75 - 20.75) / 103 = 0.291262; variance (71.5/103 - 0.084834)/103 = 0.005916;
        # 1.96 x 0.076916
        (50, 20, 100, 14.05, 44.20),
        # all promoters: (8.75 - 0.75) / 11 = 0.727273; variance (9.5/11 - 0.528926) / 11 = 0.030428
        (8, 0, 8, 38.54, 100.0),
    ],
)
def test_interval_of_the_net_promoter_score(
    promoters: int, detractors: int, n: int, low: float, high: float
) -> None:
    found = figures.nps_interval(promoters, detractors, n)
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)


counts = st.integers(1, 400).flatmap(
    lambda n: st.integers(0, n).flatmap(lambda p: st.integers(0, n - p).map(lambda d: (p, d, n)))
)


@given(counts)
def test_an_interval_lies_within_the_scale_around_a_pulled_in_score(
    given_counts: tuple[int, int, int],
) -> None:
    p, d, n = given_counts
    found = figures.nps_interval(p, d, n)
    assert -100 <= found.low < found.high <= 100
    assert found.low <= 100 * (p - d) / (n + 3) <= found.high
    mirrored = figures.nps_interval(d, p, n)
    assert mirrored.low == pytest.approx(-found.high)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval(given_counts: tuple[int, int]) -> None:
    count, n = given_counts
    found = figures.wilson(count, n)
    assert 0 <= found.low <= 100 * count / n + 1e-9
    assert 100 * count / n - 1e-9 <= found.high <= 100
    narrower = figures.wilson(4 * count, 4 * n)
    assert narrower.high - narrower.low < found.high - found.low


# -- Changes --------------------------------------------------------------------------------------------


def nps(n: int, promoters: float, detractors: float) -> dict[str, float]:
    return {"n": n, "nps": promoters - detractors, "promoters": promoters, "detractors": detractors}


def test_the_test_of_a_difference_by_hand() -> None:
    # before 100: 40 / 30, after 100: 60 / 15. Adjusted: 0.097087 (sd 0.080976 by (71.5/103 - 0.009426)/103 =
    # 0.006648) and 0.436893 ((76.5/103 - 0.190876)/103 = 0.005358); z = 0.339806 / sqrt(0.012006) = 3.1012
    found = figures.nps_change(nps(100, 40, 30), nps(100, 60, 15))
    assert found.points == pytest.approx(35)
    assert found.p == pytest.approx(0.00193, abs=2e-5)
    assert found.direction == 1
    assert figures.clear_change(nps(100, 40, 30), nps(100, 60, 15)) == -1


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (nps(100, 50, 20), nps(100, 50, 20), 0),
        (nps(100, 50, 20), nps(100, 55, 18), 0),  # within what chance does
        (nps(29, 0, 100), nps(500, 100, 0), 0),  # however far: fewer than 30 on one side
        (nps(500, 100, 0), nps(29, 0, 100), 0),
        (nps(30, 0, 100), nps(30, 100, 0), 1),
        (nps(30, 100, 0), nps(30, 0, 100), -1),
    ],
)
def test_no_arrow_without_a_clear_change(
    before: dict[str, float], after: dict[str, float], moved: int
) -> None:
    assert figures.clear_change(after, before) == moved


def test_a_change_of_a_top_two_share() -> None:
    # Agresti and Caffo, 51 of 102 and 76 of 102: z = 0.245098 / sqrt(0.002451 + 0.001862) = 3.7321
    before, after = {"n": 100, "top2": 50.0}, {"n": 100, "top2": 75.0}
    found = figures.top2_change(before, after)
    assert found.p == pytest.approx(0.000190, abs=2e-6)
    assert figures.clear_change(after, before) == 1
    assert figures.clear_change({"n": 15, "at_least_90:top2": 90}, before) == 0


@given(counts, counts)
def test_a_change_has_a_mirror(one: tuple[int, int, int], two: tuple[int, int, int]) -> None:
    sides = [nps(n, 100 * p / n, 100 * d / n) for p, d, n in (one, two)]
    there, back = figures.nps_change(*sides), figures.nps_change(*reversed(sides))
    assert there.p == pytest.approx(back.p)
    assert 0 <= there.p <= 1
    assert there.direction == -back.direction
    assert not there.clear or min(one[2], two[2]) >= 30


# -- Measures -------------------------------------------------------------------------------------------


def measures(question: Question, answers: list[figures.Answer]) -> dict[str, float]:
    return dict(figures.measures(question, answers, DEFAULT))


def test_enough_answers_are_told_exactly() -> None:
    found = measures(NPS, [10] * 20 + [7] * 10 + [0] * 10)
    assert found["n"] == 40
    assert (found["nps"], found["promoters"], found["passives"], found["detractors"]) == (25, 50, 25, 25)
    assert (found["option:10"], found["option:9"], found["option:0"]) == (50, 0, 25)
    assert found["nps_low"] < 25 < found["nps_high"]
    assert "cautious" not in found


def test_few_answers_are_rounded_and_show_nothing_fine() -> None:
    found = measures(NPS, [10] * 11 + [7] * 7 + [0] * 5)
    assert found["cautious"] == 1
    assert found["nps"] == 25  # 26.09
    assert (found["promoters"], found["passives"], found["detractors"]) == (50, 30, 20)
    assert all(amount % 5 == 0 for name, amount in found.items() if name not in {"n", "cautious"})
    assert not [name for name in found if name.startswith("option:") or name == "mean"]


@given(st.lists(st.integers(0, 10), min_size=20, max_size=29))
def test_rounding_never_makes_an_interval_narrower(answers: list[int]) -> None:
    found = measures(NPS, list(answers))
    count = Counter(figures.band(NPS, each) for each in answers)
    exact = figures.nps_interval(count["promoters"], count["detractors"], len(answers))
    assert found["nps_low"] <= exact.low + 1e-6
    assert found["nps_high"] >= exact.high - 1e-6


def test_scales_tell_the_share_at_the_top() -> None:
    found = measures(SCALE, [5] * 15 + [4] * 9 + [3] * 6)
    assert (found["top2"], found["mean"], found["option:4"]) == (80, 4.3, 30)
    assert found["top2_low"] < 80 < found["top2_high"]
    assert measures(AGREE, [5] * 15 + [4] * 15)["top2"] == 50


def test_what_does_not_apply_is_told_apart() -> None:
    found = measures(LINES, [5] * 20 + [1] * 10 + [NOT_APPLICABLE] * 10)
    assert (found["n"], found["na"]) == (30, 25)
    assert found["top2"] == pytest.approx(66.67)


def test_choices_are_shares_of_those_who_answered() -> None:
    assert measures(WHY, ["price"] * 20 + ["advice"] * 20)["option:price"] == 50
    found = measures(PROBLEMS, [["late", "wrong"]] * 20 + [["late"]] * 20)
    assert (found["option:late"], found["option:wrong"], found["option:bill"]) == (100, 50, 0)


@pytest.mark.parametrize(
    ("question", "answers", "told"),
    [
        (NPS, [10] * 12, {"at_least_90:promoters"}),
        (NPS, [3] * 18 + [8], {"at_least_90:detractors"}),
        (SCALE, [1, 2, 3] * 4, {"at_least_90:below"}),
        (WHY, ["price"] * 11, {"at_least_90:price"}),
        (PROBLEMS, [["late"]] * 6 + [["late", "bill"]] * 6,
         {"at_least_90:late", "option:wrong", "option:bill"}),
    ],
)  # fmt: skip
def test_all_alike_is_told_as_at_least_ninety(
    question: Question, answers: list[figures.Answer], told: set[str]
) -> None:
    found = measures(question, answers)
    assert set(found) - {"n", "cautious"} == told


@given(st.integers(10, 19), st.sampled_from([10, 7, 2]))
def test_all_and_all_but_one_look_the_same(n: int, value: int) -> None:
    other = 7 if value != 7 else 2
    assert measures(NPS, [value] * n) == measures(NPS, [value] * (n - 1) + [other])


def test_from_twenty_answers_on_all_alike_may_be_said() -> None:
    assert measures(NPS, [10] * 20)["promoters"] == 100


def test_the_interval_is_the_one_of_ninety_five_per_cent() -> None:
    assert math.isclose(figures.Z95, 1.959964, abs_tol=1e-6)
