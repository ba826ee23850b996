"""What a closed wave shows: case by case, each rule with its words (research 1.6)."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from ballotbox.policy import DEFAULT
from ballotbox.questionnaire import Option, Question, Questionnaire
from ballotbox.release import Ballot, Decision, Frame, Hidden, carried, decide, strictest

LINES = (Option("delivery", {"en": "Delivery"}), Option("invoice", {"en": "Invoice"}))
ASKED = Questionnaire(
    (
        Question("recommend", "nps", {"en": "?"}, required=True),
        Question("process", "items", {"en": "?"}, options=LINES),
        Question("why", "single", {"en": "?"}, options=(Option("price", {}), Option("advice", {}))),
        Question("change", "text", {"en": "?"}),
    )
)
MIXED = (10, 8, 3)
ORDER = random.Random(1)


def ballots(n: int, tier: str = "", values: tuple[int, ...] = MIXED, **more: Any) -> list[Ballot]:
    codes = {"tier": tier} if tier else {}
    return [Ballot({"recommend": values[k % len(values)], **more}, codes) for k in range(n)]


def judge(
    given: list[Ballot],
    invited: dict[str, int] | None = None,
    *,
    shuffle: Callable[[Any], None] = ORDER.shuffle,
    **frame: Any,
) -> Decision:
    told = {"": 400, "tier:Large": 100, "tier:Middle": 100, "tier:Small": 100} if invited is None else invited
    frame = {"asked": ASKED, "policy": DEFAULT, "dimensions": ["tier"], "invited": told} | frame
    return decide(Frame(**frame), given, shuffle)


def shown(decision: Decision, question: str = "recommend", item: str = "") -> dict[str, float]:
    """The number of answers by cell, of the cells that are shown."""
    return {
        each.cell: each.amount
        for each in decision.figures
        if (each.question, each.item, each.measure) == (question, item, "n")
    }


def measures(decision: Decision, cell: str = "", question: str = "recommend") -> dict[str, float]:
    return {f.measure: f.amount for f in decision.figures if (f.cell, f.question) == (cell, question)}


def hidden(decision: Decision, question: str = "", item: str = "") -> dict[str, str]:
    return {
        each.cell: each.reason for each in decision.hidden if (each.question, each.item) == (question, item)
    }


# -- The whole company ------------------------------------------------------------------------------------


def test_too_few_ballots_are_held_and_nothing_is_said() -> None:
    found = judge(ballots(7))
    assert found.held
    assert found == Decision(held=True)
    assert not judge(ballots(8)).held


def test_a_question_that_few_answered_says_only_that() -> None:
    found = judge(ballots(20) + ballots(7, why="price"))
    assert shown(found) == {"": 27}
    assert shown(found, "why") == {}
    assert hidden(found, "why")[""] == "few"


def test_all_alike_is_not_told_exactly() -> None:
    told = measures(judge(ballots(12, values=(10,)), {"": 40}))
    assert told == {"n": 12, "cautious": 1, "at_least_90:promoters": 90}
    nine = judge(ballots(9, values=(10,)), {"": 40})  # "at least 90 %" of nine would be all of them
    assert hidden(nine, "recommend") == {"": "even"}
    assert shown(nine) == {}


def test_comments_come_from_ten_on_and_without_anything_beside_them() -> None:
    texts = [f"comment {n}" for n in range(10)]
    given = [Ballot({"recommend": n % 11, "change": text}) for n, text in enumerate(texts)]
    found = judge(given, {"": 100})
    assert sorted(found.comments["change"]) == texts
    assert found.comments["change"] != texts
    assert measures(found, question="change") == {"n": 10}
    few = judge([*given[:9], Ballot({"recommend": 3, "change": "  "})], {"": 100})
    assert few.comments == {}
    assert hidden(few, "change") == {"": "few"}


@pytest.mark.parametrize(
    ("answered", "invited", "response"),
    [(33, 100, 35), (24, 40, 60), (28, 29, None), (27, 29, None), (26, 29, 90), (40, 40, 100), (9, 400, 0),
     (10, 9, None)],
)  # fmt: skip
def test_response_is_rounded_and_hidden_where_it_says_who_answered(
    answered: int, invited: int, response: int | None
) -> None:
    found = judge(ballots(answered), {"": invited})
    assert found.response == response
    assert (found.invited is None) == (response is None)


# -- By tier ----------------------------------------------------------------------------------------------


def test_tiers_with_enough_answers_are_shown() -> None:
    found = judge(ballots(12, "Large") + ballots(20, "Middle") + ballots(15, "Small"))
    assert shown(found) == {"": 47, "tier:Large": 12, "tier:Middle": 20, "tier:Small": 15}
    assert [each for each in found.hidden if each.cell and each.question == "recommend"] == []


def test_a_value_with_too_few_invited_is_dropped() -> None:
    few = {"": 400, "tier:Large": 19, "tier:Middle": 100, "tier:Small": 100}
    found = judge(ballots(12, "Large") + ballots(20, "Middle") + ballots(15, "Small"), few)
    assert shown(found) == {"": 47, "tier:Middle": 20, "tier:Small": 15}
    assert "tier:Large" not in {each.cell for each in found.hidden}


def test_the_next_smallest_is_hidden_with_a_single_small_one() -> None:
    found = judge(ballots(3, "Large") + ballots(20, "Middle") + ballots(15, "Small"))
    assert shown(found) == {"": 38, "tier:Middle": 20}
    assert hidden(found) == {"tier:Large": "few", "tier:Small": "remainder"}


def test_small_ones_that_hide_each_other_need_no_other() -> None:
    found = judge(ballots(4, "Large") + ballots(5, "Middle") + ballots(15, "Small"))
    assert shown(found) == {"": 24, "tier:Small": 15}
    assert hidden(found) == {"tier:Large": "few", "tier:Middle": "few"}


def test_the_rest_is_hidden_by_the_smallest_when_it_is_small() -> None:
    found = judge(ballots(12, "Large") + ballots(20, "Middle") + ballots(15, "Small") + ballots(2, "Other"))
    assert shown(found) == {"": 49, "tier:Middle": 20, "tier:Small": 15}
    assert hidden(found) == {"tier:Large": "remainder"}


def test_a_rest_of_enough_hides_nobody() -> None:
    found = judge(ballots(12, "Large") + ballots(20, "Middle") + ballots(8, "Other"))
    assert set(shown(found)) >= {"tier:Large", "tier:Middle"} - set(hidden(found))


def test_a_tier_that_is_all_alike_is_hidden_with_another_and_no_reason_that_tells() -> None:
    given = ballots(9, "Large", (10,)) + ballots(20, "Middle") + ballots(15, "Small")
    found = judge(given)
    assert shown(found) == {"": 44, "tier:Middle": 20}
    assert hidden(found, "recommend") == {"tier:Large": "remainder", "tier:Small": "remainder"}


def test_a_total_that_is_told_roughly_is_not_told_by_tier() -> None:
    found = judge(ballots(8, "Large", (10,)) + ballots(8, "Middle", (10, 10, 10, 10, 10, 10, 10, 7)))
    assert set(measures(found)) == {"n", "cautious", "at_least_90:promoters"}
    assert shown(found) == {"": 16}


def test_each_line_of_a_question_is_judged_by_itself() -> None:
    given = ballots(15, "Large", process={"delivery": 4, "invoice": 2})
    given += ballots(12, "Middle", process={"delivery": 2, "invoice": "na"})
    given += ballots(12, "Large", process={"delivery": 1, "invoice": 5})
    given += ballots(10, "Middle", process={"delivery": 5})
    found = judge(given)
    assert shown(found, "process", "delivery") == {"": 49, "tier:Large": 27, "tier:Middle": 22}
    assert shown(found, "process", "invoice") == {"": 27}
    assert set(hidden(found, "process", "invoice")) == {"tier:Large", "tier:Middle"}


# -- Over time --------------------------------------------------------------------------------------------


def test_a_refreshed_figure_needs_enough_new_answers() -> None:
    strict = DEFAULT.raised(increment=15)
    earlier = {("", "recommend", ""): 40, ("tier:Large", "recommend", ""): 20}
    given = ballots(12, "Large") + ballots(20, "Middle") + ballots(18, "Small")
    found = judge(given, policy=strict, earlier=earlier)
    assert hidden(found, "recommend") == {"tier:Large": "increment", "tier:Small": "remainder"}
    first = judge(given, policy=strict)
    assert "tier:Large" in shown(first)


def test_waves_that_are_let_out_together_keep_the_strictest_floors() -> None:
    found = strictest([DEFAULT.raised(score=12), DEFAULT.raised(comment=20)])
    assert (found.score, found.comment, found.cell) == (12, 20, 20)


def test_older_answers_count_where_the_question_is_the_same() -> None:
    newer = Questionnaire(
        (
            ASKED.questions[0],
            Question("why", "single", {}, options=(Option("price", {}), Option("speed", {}))),
        )
    )
    assert carried({"recommend": 9, "why": "price", "change": "x"}, ASKED, newer) == {"recommend": 9}


def test_two_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="one dimension"):
        judge(ballots(20), dimensions=["tier", "region"])


# -- Order ------------------------------------------------------------------------------------------------


def test_the_order_of_ballots_changes_nothing_but_by_chance() -> None:
    """Whatever order the ballots lay in: the same seed gives the same set of rows, in no order of theirs."""
    given = ballots(12, "Large") + ballots(20, "Middle") + ballots(3, "Small")
    one, other = judge(given), judge(list(reversed(given)))
    assert sorted(one.hidden) == sorted(other.hidden)
    assert {str(each) for each in one.figures} == {str(each) for each in other.figures}


def test_comments_are_shuffled_without_a_trace_of_their_order() -> None:
    """Over 200 seeds a comment lies in its own place as often as by chance (T3; 99.9 % binomial bound)."""
    n, runs = 24, 200
    given = [Ballot({"recommend": k % 11, "change": str(k)}) for k in range(n)]
    hits = sum(
        int(text) == place
        for seed in range(runs)
        for place, text in enumerate(
            judge(given, {"": 100}, shuffle=random.Random(seed).shuffle).comments["change"]
        )
    )
    expected = runs  # one in n each
    assert abs(hits - expected) < 3.29 * (expected * (1 - 1 / n)) ** 0.5


def test_two_questions_are_shuffled_apart() -> None:
    """The place of a comment to one question says nothing of the same person's comment to another (T18)."""
    two = Questionnaire((ASKED.questions[0], Question("a", "text", {}), Question("b", "text", {})))
    n, runs = 24, 200
    given = [Ballot({"recommend": k % 11, "a": str(k), "b": str(k)}) for k in range(n)]
    hits = 0
    for seed in range(runs):
        found = judge(given, {"": 100}, asked=two, shuffle=random.Random(seed).shuffle).comments
        hits += sum(a == b for a, b in zip(found["a"], found["b"], strict=True))
    assert abs(hits - runs) < 3.29 * (runs * (1 - 1 / n)) ** 0.5


def test_hidden_rows_are_unique() -> None:
    found = judge(ballots(3, "Large") + ballots(20, "Middle") + ballots(15, "Small"))
    places = [(each.cell, each.question, each.item) for each in found.hidden]
    assert len(places) == len(set(places))
    assert all(isinstance(each, Hidden) for each in found.hidden)
