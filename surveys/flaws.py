"""What is wrong with a text or a questionnaire, in words that name the place and the cure."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ballotbox.questionnaire import MOST_QUESTIONS, Problem
from correspondence.words.languages import name_of
from surveys.mail_words import PLACES, Flaw


def in_words(flaw: Flaw) -> str:
    """A flaw of a mail text."""
    place = "{{" + flaw.place + "}}"
    known = ", ".join("{{" + each + "}}" for each in PLACES)
    said = {
        "unknown_place": _("There is no place %(place)s. Known are: %(known)s."),
        "broken_place": _("A place is written {{like_this}}: check the braces."),
        "missing_place": _("%(place)s is missing: put it on a line of its own."),
        "not_alone": _("%(place)s needs a line of its own, so that mail programs do not break the link."),
        "twice": _("%(place)s may stand there only once."),
        "not_in_subject": _("%(place)s is not for a subject."),
        "many_lines": _("A subject has one line."),
    }
    return said[flaw.code] % {"place": place, "known": known}


def problem_in_words(problem: Problem) -> str:
    """What keeps a questionnaire from being published."""
    values = dict(problem.values) | {"question": problem.question}
    if "language" in values:
        values["language"] = name_of(values["language"], get_language() or "en")
    said = {
        "no_questions": _("Ask at least one question."),
        "too_many_questions": _(
            "At most %(most)s questions: these are %(n)s. People stop answering long ones."
        ),
        "key_twice": _("Two questions have the key “%(question)s”."),
        "bad_key": _("“%(question)s”: a key has small letters, digits and _, and begins with a letter."),
        "bad_type": _("“%(question)s” has a type that does not exist."),
        "no_text": _("“%(question)s” has no words in %(language)s."),
        "options_count": _("“%(question)s” needs %(fewest)s to %(most)s options."),
        "bad_option_key": _("“%(question)s”: every option needs a key of its own, of small letters."),
        "most_too_large": _("“%(question)s”: more may be chosen than there are options."),
        "no_option_text": _("“%(question)s”: an option has no words in %(language)s."),
    }
    return said.get(problem.code, problem.code) % (values | {"limit": MOST_QUESTIONS})
