"""A questionnaire as it is seen: its words in one language, what was typed, what is wrong with it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.conf.locale import LANG_INFO
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ballotbox.box import settings
from ballotbox.box.links import Opened
from ballotbox.bundle import Bundle
from ballotbox.questionnaire import NOT_APPLICABLE, Option, Problem, Question, Questionnaire, words

Posted = Mapping[str, Sequence[str]]

SHOW, CHOSEN = "_show", "_language"  # no key of a question begins like this
STAY_LAST = frozenset({"other", "none"})  # options that make sense only after all others
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
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


# -- Languages ----------------------------------------------------------------------------------------


def language(opened: Opened, posted: Posted | None = None) -> str:
    """The language of the questions: the one just chosen, else the ticket's, else the first there is."""
    there = opened.wave.questionnaire.languages
    wanted = [*(posted or {}).get(SHOW, ()), *(posted or {}).get(CHOSEN, ()), opened.ticket.language]
    for each in (*wanted, *(code.partition("-")[0] for code in wanted)):
        if each in there:
            return each
    return there[0]


@cache
def own_languages() -> frozenset[str]:
    """Languages in which the box's own words are there."""
    found = (
        path.parent.parent.name for folder in settings.LOCALE_PATHS for path in folder.glob("*/*/django.mo")
    )
    return frozenset({"en", *found})


def in_words(language: str) -> Any:
    """The box's own words in that language if they are there, else in English."""
    base = language.partition("-")[0]
    return translation.override(base if base in own_languages() else "en")


# -- What pages show ----------------------------------------------------------------------------------


def around(wave: Bundle, language: str) -> dict[str, Any]:
    """What stands around the questions, the same for everybody."""
    say = Words(language, wave.questionnaire.languages)
    return {
        "wave": wave, "title": say(wave.questionnaire.title) or wave.programme,
        "language": language, "direction": "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr",
        "released_on": _day(wave.public.get("released_on")),
        "destroyed_on": _day(wave.public.get("key_destroyed_on")),
        "own_language": translation.get_language() or "en", "contact_url": wave.public.get("contact_url", ""),
        "wave_url": reverse("wave", args=[wave.wave]),
        "closes": date_format(wave.closes, "j F Y"), "opens": date_format(wave.opens, "j F Y"),
    }  # fmt: skip


def _day(text: object) -> str:
    """A day out of a wave's file, in words; empty when there is none."""
    return date_format(date.fromisoformat(str(text)), "j F Y") if text else ""


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
        "others": [(code, LANG_INFO.get(code, {}).get("name_local", code).capitalize())
                   for code in asked.languages if code != language],
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
