"""Whatever is posted: what is read is an answer, what is wrong is said, and nothing else goes through."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotbox import questionnaire as rules
from ballotbox import sealing
from ballotbox.questionnaire import Option, Question, Questionnaire, check, read_answers, valid
from tests.ballotbox.surveys import long_survey
from tests.ballots import questionnaire

ASKED = questionnaire()
NAMES = [q.key for q in ASKED.questions] + [
    "process.delivery",
    "process.invoice",
    "process",
    "nobody",
    "_show",
]
likely = st.sampled_from(
    [*map(str, range(-1, 13)), "", "na", "price", "delivery", "other", "١", "1.0", " 3 "]
)
# Any text at all, halves of pairs and control characters included.
any_text = st.binary(max_size=400).map(
    lambda raw: raw[: len(raw) // 2 * 2].decode("utf-16-le", "surrogatepass")
)
forms = st.dictionaries(st.sampled_from(NAMES), st.lists(likely | any_text, max_size=4))


@settings(deadline=None)
@given(forms)
def test_what_is_read_without_a_problem_is_valid(posted: dict[str, list[str]]) -> None:
    answers, problems = read_answers(ASKED, posted)
    if not problems:
        assert valid(ASKED, answers)
        assert sealing.room_left({"answers": answers, "codes": {}}) >= 0
    assert set(answers) <= {question.key for question in ASKED.asked}


@settings(deadline=None)
@given(forms)
def test_what_is_read_with_problems_is_valid_apart_from_what_is_missing(posted: dict[str, list[str]]) -> None:
    answers, problems = read_answers(ASKED, posted)
    if not [each for each in problems if each.code == "texts_too_long"]:
        assert valid(ASKED, {"recommend": 5} | answers)


@settings(deadline=None)
@given(any_text)
def test_a_text_keeps_its_words_and_loses_what_cannot_be_seen(text: str) -> None:
    answers, _ = read_answers(ASKED, {"recommend": ["9"], "change": [text]})
    kept = answers.get("change", "")
    assert all(sign == "\n" or unicodedata.category(sign)[0] != "C" for sign in kept)
    assert rules.clean_text(kept) == kept
    kept.encode()  # no half of a pair that could not be sealed


def test_a_text_is_clean_after_one_time() -> None:
    """An accent apart from its letter by an invisible sign: the tally would not count the ballot."""
    once = rules.clean_text("e\u200d\u0301")
    assert once == "é" == rules.clean_text(once)


def test_control_characters_cost_no_room() -> None:
    answers, problems = read_answers(
        ASKED, {"recommend": ["9"], "change": ["\x00\x01" * 3000 + "fine\r\nhere"]}
    )
    assert problems == []
    assert answers["change"] == "fine\nhere"


@pytest.mark.parametrize(("sign", "size"), [("x", 1), ("æ", 2), ("✓", 3), ("🙂", 4), ('"', 2), ("\\", 2)])
def test_a_huge_text_says_by_how_much_it_is_too_long(sign: str, size: int) -> None:
    fits = rules.TEXT_BYTES // size
    for more, over in ((0, 0), (7, 7 * size), (100_000, 100_000 * size)):
        answers, problems = read_answers(ASKED, {"recommend": ["9"], "change": [sign * (fits + more)]})
        left = fits * size - rules.TEXT_BYTES
        assert [each.values["over"] for each in problems] == ([over + left] if more else [])
        assert len(answers["change"]) == fits + more  # nothing is cut off silently


def test_all_texts_together_have_one_limit() -> None:
    asked = long_survey()
    half = "x" * 1501
    _, problems = read_answers(asked, {"recommend": ["9"], "change": [half], "praise": [half]})
    assert [(each.code, each.values) for each in problems] == [("texts_too_long", {"over": 2})]


def test_the_longest_answers_fit_a_ballot() -> None:
    asked = long_survey()
    posted = {question.key: list(question.option_keys)[: question.most or None] for question in asked.asked}
    posted |= {q.key: [str(q.values[-1])] for q in asked.asked if q.values and q.type != "items"}
    posted |= {f"steps.{key}": ["na"] for key in asked.questions[2].option_keys}
    posted |= {"reason": ["quality"], "others": ["quality"], "change": ["x" * 3000], "praise": [""]}
    answers, problems = read_answers(asked, posted)
    assert problems == []
    assert sealing.room_left({"answers": answers, "codes": {"tier": "x" * 60}}) > 0


@pytest.mark.parametrize(
    ("posted", "code", "question"),
    [
        ({}, "required", "recommend"),
        ({"recommend": ["11"]}, "no_such_answer", "recommend"),
        ({"recommend": ["-1"]}, "no_such_answer", "recommend"),
        ({"recommend": ["٣"]}, "no_such_answer", "recommend"),
        ({"product": ["0"]}, "no_such_answer", "product"),
        ({"trust": ["8"]}, "no_such_answer", "trust"),
        ({"process.invoice": ["6"]}, "no_such_answer", "process"),
        ({"reason": ["delivery"]}, "no_such_answer", "reason"),
        ({"problems": ["price", "gone"]}, "no_such_answer", "problems"),
        ({"problems": ["price", "advice", "other"]}, "too_many_chosen", "problems"),
    ],
)
def test_what_is_wrong_is_said_of_its_question(
    posted: dict[str, list[str]], code: str, question: str
) -> None:
    given = posted if question == "recommend" else {"recommend": ["5"]} | posted
    _, problems = read_answers(ASKED, given)
    assert [(each.code, each.question) for each in problems] == [(code, question)]


@pytest.mark.parametrize(
    "said",
    [
        None, [], "recommend", {}, {"recommend": "5"}, {"recommend": 5.0}, {"recommend": True},
        {"recommend": 11}, {"recommend": 5, "change": 7}, {"recommend": 5, "change": "x" * 3001},
        {"recommend": 5, "more": 1},
        {"recommend": 5, "problems": ["price", "price"]}, {"recommend": 5, "problems": [["price"]]},
        {"recommend": 5, "problems": ["price", "advice", "other"]}, {"recommend": 5, "process": {"x": 1}},
        {"recommend": 5, "process": {"invoice": 6}}, {"recommend": 5, "process": ["invoice"]},
        {"recommend": 5, "reason": "x"}, {"recommend": 5, "note": "x"},
    ],
)  # fmt: skip
def test_the_tally_believes_no_ballot_that_the_box_would_not_have_made(said: Any) -> None:
    assert not valid(ASKED, said)


def test_a_questionnaire_goes_through_json_unchanged() -> None:
    for asked in (ASKED, long_survey()):
        assert Questionnaire.from_json(asked.to_json()) == asked
        assert check(asked) == []


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question("Bad key", "nps", {"en": "?"}), "bad_key"),
        (Question("a", "essay", {"en": "?"}), "bad_type"),
        (Question("a", "nps", {"en": " "}), "no_text"),
        (Question("a", "single", {"en": "?"}, options=(Option("x", {"en": "X"}),)), "options_count"),
        (Question("a", "items", {"en": "?"}, options=(Option("na", {"en": "X"}),)), "bad_option_key"),
        (Question("a", "items", {"en": "?"}, options=(Option("x", {"en": ""}),)), "no_option_text"),
        (Question("a", "items", {"en": "?"}, options=(Option("x", {"en": "X"}),), most=2), "most_too_large"),
    ],
)  # fmt: skip
def test_a_questionnaire_that_cannot_be_sent_says_why(question: Question, code: str) -> None:
    assert code in {each.code for each in check(Questionnaire((question,)))}


def test_too_many_questions_and_none_are_problems() -> None:
    many = tuple(Question(f"q{n}", "nps", {"en": "?"}) for n in range(11))
    assert [each.code for each in check(Questionnaire(many))] == ["too_many_questions"]
    assert [each.code for each in check(Questionnaire(()))] == ["no_questions"]
    assert [each.code for each in check(Questionnaire((many[0], many[0])))] == ["key_twice"]
