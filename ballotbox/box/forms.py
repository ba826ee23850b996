"""A questionnaire as it is seen: its words in one language, what was typed, what is wrong with it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ballotbox.box.languages import direction, first_of, named
from ballotbox.box.links import Opened
from ballotbox.bundle import Bundle
from ballotbox.questionnaire import NOT_APPLICABLE, Option, Problem, Question, Questionnaire, words

Posted = Mapping[str, Sequence[str]]

SHOW, CHOSEN = "_show", "_language"  # no key of a question begins like this
LANGUAGE = "language"  # in the address of the public page
STAY_LAST = frozenset({"other", "none"})  # options that make sense only after all others
SHUFFLE = random.SystemRandom().shuffle


@dataclass(frozen=True)
class Choice:
    """A radio button or a box to tick. ``hint``: the end of the scale, for those who do not see it."""

    value: str
    label: str
    hint: str = ""
    checked: bool = False


@dataclass(frozen=True)
class Line:
    """One group of choices under one name; most questions have one, ``items`` one for each of their lines."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    extra: Choice | None = None  # apart from the scale: "no answer", "does not apply"


@dataclass(frozen=True)
class Shown:
    """A question on the page."""

    key: str
    type: str
    number: int
    label: str
    help: str
    low: str = ""
    high: str = ""
    lines: tuple[Line, ...] = ()
    text: str = ""
    most: int = 0
    required: bool = False
    problems: tuple[str, ...] = ()
    width: int = 0  # how many points a scale has


@dataclass(frozen=True)
class Words:
    """The words of a questionnaire in one language, else in its first one."""

    language: str
    fallback: tuple[str, ...] = field(default=("en",))

    def __call__(self, texts: Mapping[str, str]) -> str:
        return words(dict(texts), self.language, self.fallback)


def language(opened: Opened, posted: Posted | None = None) -> str:
    """The language of the questions: the one just chosen, else the ticket's, else the first there is."""
    there = opened.wave.questionnaire.languages
    wanted = [*(posted or {}).get(SHOW, ()), *(posted or {}).get(CHOSEN, ()), opened.ticket.language]
    return first_of(wanted, there) or there[0]


# -- What pages show ----------------------------------------------------------------------------------


def around(wave: Bundle, language: str) -> dict[str, Any]:
    """What stands around the questions, the same for everybody."""
    say = Words(language, wave.questionnaire.languages)
    return {
        "wave": wave, "title": say(wave.questionnaire.title) or wave.programme,
        "language": language, "direction": direction(language),
        "released_on": _day(wave.public.get("released_on")),
        "destroyed_on": _day(wave.public.get("key_destroyed_on")),
        "own_language": translation.get_language() or "en", "contact_url": wave.public.get("contact_url", ""),
        "wave_url": f"{reverse('wave', args=[wave.wave])}?{LANGUAGE}={language}",
        "closes": _in_words(wave.closes), "opens": _in_words(wave.opens),
    }  # fmt: skip


def _day(text: object) -> str:
    """A day out of a wave's file, in words; empty when there is none."""
    return _in_words(date.fromisoformat(str(text))) if text else ""


def _in_words(day: date) -> str:
    # Translators: a day such as 5 March 2027, in the letters of Django's date filter
    return date_format(day, _("j F Y"))


def shown(asked: Questionnaire, language: str, posted: Posted, problems: Sequence[Problem]) -> dict[str, Any]:
    """The questions, with what was typed and what is wrong."""
    say = Words(language, asked.languages)
    placed = [(_where(asked, problem, posted), _sentence(problem)) for problem in problems]
    by_key = {key: tuple(text for where, text in placed if where == key) for key, _text in placed}
    questions, number = [], 0
    for question in asked.questions:
        number += question.type != "info"
        questions.append(_shown(question, number, say, posted, by_key.get(question.key, ())))
    labels = {question.key: question.label for question in questions}
    return {
        "questions": questions, "intro": say(asked.intro),
        "summary": [(key, labels.get(key, ""), text) for key, text in placed],
        "others": named(code for code in asked.languages if code != language),
        "show": SHOW, "chosen": CHOSEN,
    }  # fmt: skip


def _shown(question: Question, number: int, say: Words, posted: Posted, problems: tuple[str, ...]) -> Shown:
    return Shown(
        key=question.key, type=question.type, number=number, label=say(question.label),
        help=say(question.help), low=say(question.low), high=say(question.high),
        lines=_lines(question, say, posted),
        text=(posted.get(question.key) or [""])[0] if question.type == "text" else "",
        most=question.most, required=question.required, problems=problems, width=len(question.values),
    )  # fmt: skip


def _lines(question: Question, say: Words, posted: Posted) -> tuple[Line, ...]:
    given = frozenset(posted.get(question.key) or ())
    if question.type == "items":
        return tuple(_item(question, option, say, posted) for option in question.options)
    if question.type in ("single", "multi"):
        choices = [Choice(o.key, say(o.label), checked=o.key in given) for o in _ordered(question)]
        extra = _no_answer(question, given) if question.type == "single" else None
        return (Line(question.key, "", tuple(choices), extra),)
    if question.values:
        return (Line(question.key, "", _points(question, say, given), _no_answer(question, given)),)
    return ()


def _ordered(question: Question) -> list[Option]:
    """The options, in a new random order each time where that was asked for; no order is kept anywhere."""
    options = list(question.options)
    if question.shuffled:
        SHUFFLE(options)
        options.sort(key=lambda option: option.key in STAY_LAST)
    return options


def _item(question: Question, option: Option, say: Words, posted: Posted) -> Line:
    name = f"{question.key}.{option.key}"
    given = frozenset(posted.get(name) or ())
    extra = Choice(NOT_APPLICABLE, _("Does not apply"), checked=NOT_APPLICABLE in given)
    return Line(name, say(option.label), _points(question, say, given), extra)


def _points(question: Question, say: Words, given: frozenset[str]) -> tuple[Choice, ...]:
    ends = {question.values[0]: say(question.low), question.values[-1]: say(question.high)}
    return tuple(Choice(str(n), str(n), ends.get(n, ""), str(n) in given) for n in question.values)


def _no_answer(question: Question, given: frozenset[str]) -> Choice | None:
    """A way back for who has chosen by mistake: a radio button cannot be unset."""
    return None if question.required else Choice("", _("No answer"), checked="" in given)


# -- Problems in words ----------------------------------------------------------------------------------


def _where(asked: Questionnaire, problem: Problem, posted: Posted) -> str:
    """The question that a problem belongs to: too much text belongs to the longest one."""
    texts = [question.key for question in asked.asked if question.type == "text"]
    if problem.question or not texts:
        return problem.question
    return max(texts, key=lambda key: len((posted.get(key) or [""])[0]))


def _sentence(problem: Problem) -> str:
    values = dict(problem.values)
    if problem.code == "required":
        return _("Please answer this question; all that are not marked may stay empty.")
    if problem.code == "too_many_chosen":
        return ngettext(
            "Please choose at most %(most)d.", "Please choose at most %(most)d.", values["most"]
        ) % values  # fmt: skip
    if problem.code == "texts_too_long":
        return (
            ngettext(
                "Your texts are %(over)d character too long: please shorten them.",
                "Your texts are %(over)d characters too long: please shorten them.",
                values["over"],
            )
            % values
        )
    return _("Please choose one of the answers that are offered.")
