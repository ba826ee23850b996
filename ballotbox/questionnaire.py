"""What a survey asks, and what counts as an answer. Pure: the editor, the box and the tally read the same
rules.

A questionnaire is data (JSON): at most ten questions, texts per language. Problems are returned as codes with
their values; whoever shows them puts them into words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TYPES = ("nps", "scale", "agree", "items", "single", "multi", "text", "info")
RANGES = {"nps": (0, 10), "scale": (1, 5), "agree": (1, 7), "items": (1, 5)}
MOST_QUESTIONS = 10
MOST_OPTIONS = 15
TEXT_BYTES = 3000  # of all free texts together, as they stand in the sealed ballot
NOT_APPLICABLE = "na"
KEY = re.compile(r"[a-z][a-z0-9_]{0,30}")

Answers = dict[str, Any]
Texts = dict[str, str]  # language -> words


@dataclass(frozen=True)
class Problem:
    """What is wrong: a code, the key of the question (or ""), and values for the words."""

    code: str
    question: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """A choice, or a line of an ``items`` question."""

    key: str
    label: Texts


@dataclass(frozen=True)
class Question:
    """One question.

    ``low`` and ``high`` are the words at the ends of a scale; ``most``: how many may be chosen.
    """

    key: str
    type: str
    label: Texts
    help: Texts = field(default_factory=dict)
    low: Texts = field(default_factory=dict)
    high: Texts = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    required: bool = False
    shuffled: bool = False
    most: int = 0  # 0: as many as there are

    @property
    def values(self) -> range:
        """The numbers that can be chosen; empty for other types."""
        first, last = RANGES.get(self.type, (0, -1))
        return range(first, last + 1)

    @property
    def option_keys(self) -> tuple[str, ...]:
        return tuple(option.key for option in self.options)


@dataclass(frozen=True)
class Questionnaire:
    """All questions in their order, and the languages they are written in (the first is the default)."""

    questions: tuple[Question, ...]
    languages: tuple[str, ...] = ("en",)
    title: Texts = field(default_factory=dict)
    intro: Texts = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Question, ...]:
        """Without those that only inform."""
        return tuple(question for question in self.questions if question.type != "info")

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON column or file."""
        return {
            "languages": list(self.languages), "title": self.title, "intro": self.intro,
            "questions": [_question_out(question) for question in self.questions],
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Questionnaire:
        """Back from plain data. Raises KeyError, TypeError or ValueError for what is none."""
        return cls(
            questions=tuple(_question_in(each) for each in data["questions"]),
            languages=tuple(data.get("languages") or ("en",)),
            title=dict(data.get("title") or {}),
            intro=dict(data.get("intro") or {}),
        )


def words(texts: Texts, language: str, fallback: Sequence[str] = ("en",)) -> str:
    """The text in that language, else in the first language that has it."""
    for each in (language, language.partition("-")[0], *fallback, *texts):
        if texts.get(each):
            return texts[each]
    return ""


def check(asked: Questionnaire) -> list[Problem]:
    """What keeps a questionnaire from being sent; empty when nothing does."""
    problems = []
    if not asked.asked:
        problems.append(Problem("no_questions"))
    if len(asked.asked) > MOST_QUESTIONS:
        problems.append(Problem("too_many_questions", values={"most": MOST_QUESTIONS, "n": len(asked.asked)}))
    keys = [question.key for question in asked.questions]
    problems += [Problem("key_twice", key) for key in sorted({key for key in keys if keys.count(key) > 1})]
    for question in asked.questions:
        problems += _check_question(question, asked.languages)
    return problems


def read_answers(asked: Questionnaire, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
    """The answers in a posted form and what is wrong with them. Fields that nobody asked for are ignored.

    ``items`` come as ``<question>.<item>``. What was left out is not in the answers.
    """
    answers: Answers = {}
    problems: list[Problem] = []
    for question in asked.asked:
        value, found = READERS[question.type](question, posted)
        problems += found
        if value not in (None, "", [], {}):
            answers[question.key] = value
        elif question.required and not found:
            problems.append(Problem("required", question.key))
    over = text_bytes(asked, answers) - TEXT_BYTES
    if over > 0:
        problems.append(Problem("texts_too_long", values={"over": over}))
    return answers, problems


def valid(asked: Questionnaire, answers: object) -> bool:
    """Whether what came out of a ballot is an answer to this questionnaire: the tally trusts nobody."""
    if not isinstance(answers, dict):
        return False
    by_key = {question.key: question for question in asked.asked}
    if not set(answers) <= set(by_key):
        return False
    return all(_fits(by_key[key], value) for key, value in answers.items()) and all(
        question.key in answers for question in asked.asked if question.required
    )


def text_bytes(asked: Questionnaire, answers: Answers) -> int:
    """Bytes that the free texts take in a ballot."""
    texts = (answers.get(question.key, "") for question in asked.asked if question.type == "text")
    return sum(len(json.dumps(text, ensure_ascii=False).encode()) - 2 for text in texts)


def clean_text(text: str) -> str:
    """Without control characters (which take six bytes each in a ballot), line ends as one sign, composed
    (NFC).
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(sign for sign in text if sign == "\n" or not unicodedata.category(sign).startswith("C"))
    return unicodedata.normalize("NFC", kept).strip()  # what was apart may have come together


# -- Reading a form -----------------------------------------------------------------------------------

Read = tuple[Any, list[Problem]]


def _first(posted: Mapping[str, Sequence[str]], name: str) -> str:
    given = posted.get(name) or [""]
    return str(given[0]).strip()


def _number(question: Question, text: str) -> Read:
    if not text:
        return None, []
    if text.isascii() and text.isdigit() and int(text) in question.values:
        return int(text), []
    return None, [Problem("no_such_answer", question.key)]


def _read_number(question: Question, posted: Mapping[str, Sequence[str]]) -> Read:
    return _number(question, _first(posted, question.key))


def _read_items(question: Question, posted: Mapping[str, Sequence[str]]) -> Read:
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for option in question.options:
        text = _first(posted, f"{question.key}.{option.key}")
        value, wrong = (NOT_APPLICABLE, []) if text == NOT_APPLICABLE else _number(question, text)
        problems += wrong
        if value is not None:
            found[option.key] = value
    return found, problems


def _read_single(question: Question, posted: Mapping[str, Sequence[str]]) -> Read:
    text = _first(posted, question.key)
    if text and text not in question.option_keys:
        return None, [Problem("no_such_answer", question.key)]
    return text, []


def _read_multi(question: Question, posted: Mapping[str, Sequence[str]]) -> Read:
    given = set(posted.get(question.key) or [])
    if not given <= set(question.option_keys):
        return None, [Problem("no_such_answer", question.key)]
    if question.most and len(given) > question.most:
        return None, [Problem("too_many_chosen", question.key, {"most": question.most})]
    return [key for key in question.option_keys if key in given], []


def _read_text(question: Question, posted: Mapping[str, Sequence[str]]) -> Read:
    return clean_text(_first(posted, question.key)), []


READERS = {
    "nps": _read_number, "scale": _read_number, "agree": _read_number, "items": _read_items,
    "single": _read_single, "multi": _read_multi, "text": _read_text,
}  # fmt: skip


# -- Judging what a ballot says -----------------------------------------------------------------------


def _is_choice(question: Question, value: object) -> bool:
    return type(value) is int and value in question.values


def _fits(question: Question, value: object) -> bool:
    if question.type == "text":
        # As the box cleans it: no sign that a database refuses.
        return isinstance(value, str) and clean_text(value) == value and len(value.encode()) <= TEXT_BYTES
    if question.type == "single":
        return value in question.option_keys
    if question.type == "multi":
        return (
            isinstance(value, list)
            and len(set(map(str, value))) == len(value)
            and all(each in question.option_keys for each in value)
            and not (question.most and len(value) > question.most)
        )
    if question.type == "items":
        return isinstance(value, dict) and all(
            key in question.option_keys and (given == NOT_APPLICABLE or _is_choice(question, given))
            for key, given in value.items()
        )
    return _is_choice(question, value)


# -- Judging a questionnaire --------------------------------------------------------------------------


def _check_question(question: Question, languages: Sequence[str]) -> list[Problem]:
    problems = []
    if not KEY.fullmatch(question.key):
        problems.append(Problem("bad_key", question.key))
    if question.type not in TYPES:
        return [*problems, Problem("bad_type", question.key)]
    missing = [language for language in languages if not question.label.get(language, "").strip()]
    problems += [Problem("no_text", question.key, {"language": language}) for language in missing]
    if question.type in ("single", "multi", "items"):
        problems += _check_options(question, languages)
    return problems


def _check_options(question: Question, languages: Sequence[str]) -> list[Problem]:
    problems = []
    keys = question.option_keys
    fewest = 1 if question.type == "items" else 2
    if not fewest <= len(keys) <= MOST_OPTIONS:
        problems.append(Problem("options_count", question.key, {"fewest": fewest, "most": MOST_OPTIONS}))
    if len(set(keys)) != len(keys) or not all(KEY.fullmatch(key) for key in keys) or NOT_APPLICABLE in keys:
        problems.append(Problem("bad_option_key", question.key))
    if question.most < 0 or question.most > len(keys):
        problems.append(Problem("most_too_large", question.key))
    for language in languages:
        if any(not option.label.get(language, "").strip() for option in question.options):
            problems.append(Problem("no_option_text", question.key, {"language": language}))
    return problems


# -- As plain data ------------------------------------------------------------------------------------


def _question_out(question: Question) -> dict[str, Any]:
    data: dict[str, Any] = {"key": question.key, "type": question.type, "label": question.label}
    for name in ("help", "low", "high"):
        if getattr(question, name):
            data[name] = getattr(question, name)
    if question.options:
        data["options"] = [{"key": option.key, "label": option.label} for option in question.options]
    for name in ("required", "shuffled", "most"):
        if getattr(question, name):
            data[name] = getattr(question, name)
    return data


def _question_in(data: Mapping[str, Any]) -> Question:
    return Question(
        key=str(data["key"]), type=str(data["type"]), label=dict(data["label"]),
        help=dict(data.get("help") or {}), low=dict(data.get("low") or {}),
        high=dict(data.get("high") or {}),
        options=tuple(Option(str(each["key"]), dict(each["label"])) for each in data.get("options") or ()),
        required=bool(data.get("required")), shuffled=bool(data.get("shuffled")),
        most=int(data.get("most") or 0),
    )  # fmt: skip
