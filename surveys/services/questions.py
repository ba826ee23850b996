"""The question editor's verbs: they change the draft; publishing makes a version for waves to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ballotbox.questionnaire import Question, Questionnaire, check
from surveys.flaws import problem_in_words
from surveys.models import Programme, Questions
from surveys.services.programmes import require_manager
from users.clock import company_today
from users.models import User


def shown(programme: Programme) -> Questions:
    """The draft, else what is current: what the editor shows."""
    rows = programme.questions.filter(state__in=["draft", "current"]).order_by("-version")
    found: Questions = rows[0]
    return found


@transaction.atomic
def draft_of(programme: Programme) -> Questions:
    """The draft, made from the current version when there is none. Serialised per programme."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    latest = shown(programme)
    if latest.state == Questions.State.DRAFT:
        return latest
    highest = programme.questions.aggregate(v=Max("version"))["v"] or 0
    return Questions.objects.create(programme=programme, version=highest + 1, content=latest.content)


@transaction.atomic
def change(by: User, programme: Programme, edit: Callable[[Questionnaire], Questionnaire]) -> Questions:
    """Change the draft by a function of the questionnaire."""
    require_manager(by)
    draft = draft_of(programme)
    draft.content = edit(draft.asked).to_json()
    draft.save()
    return draft


def put(by: User, programme: Programme, question: Question, key: str = "") -> Questions:
    """Replace the question of that key, or add it at the end.

    Raises ValidationError with what is wrong with it, or by ``key`` when another question has its key.
    """

    def edit(asked: Questionnaire) -> Questionnaire:
        others = [each for each in asked.questions if each.key != key]
        if question.key in {each.key for each in others}:
            raise ValidationError({"key": _("Another question has this key. Choose another.")})
        if key:
            rows = tuple(question if each.key == key else each for each in asked.questions)
        else:
            rows = (*asked.questions, question)
        mine = check(replace(asked, questions=(question,)))
        wrong = [problem_in_words(each) for each in mine if each.code != "no_questions"]
        if wrong:
            raise ValidationError(wrong)
        return replace(asked, questions=rows)

    return change(by, programme, edit)


def remove(by: User, programme: Programme, key: str) -> Questions:
    """Take a question off the draft."""
    return change(
        by,
        programme,
        lambda asked: replace(asked, questions=tuple(q for q in asked.questions if q.key != key)),
    )


def move(by: User, programme: Programme, key: str, *, up: bool) -> Questions:
    """One place up or down; at the end nothing happens."""

    def edit(asked: Questionnaire) -> Questionnaire:
        rows = list(asked.questions)
        at = next((place for place, each in enumerate(rows) if each.key == key), -1)
        to = at - 1 if up else at + 1
        if at >= 0 and 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
        return replace(asked, questions=tuple(rows))

    return change(by, programme, edit)


def frame(
    by: User, programme: Programme, languages: list[str], title: dict[str, str], intro: dict[str, str]
) -> Questions:
    """Languages (the first is the default), title and introduction."""
    return change(
        by, programme,
        lambda asked: replace(asked, languages=tuple(languages), title=title, intro=intro),
    )  # fmt: skip


@transaction.atomic
def publish(by: User, programme: Programme) -> Questions:
    """The draft becomes what later waves ask; waves that are planned keep theirs. Raises ValidationError."""
    require_manager(by)
    draft = programme.questions.drafts().select_for_update().first()
    if draft is None:
        raise ValidationError(_("There is nothing to publish: no draft differs from what is current."))
    if problems := check(draft.asked):
        raise ValidationError([problem_in_words(problem) for problem in problems])
    programme.questions.current().update(state=Questions.State.RETIRED)
    draft.state, draft.published_on = Questions.State.CURRENT, company_today()
    draft.save()
    return draft


@transaction.atomic
def discard(by: User, programme: Programme) -> None:
    """Forget the draft."""
    require_manager(by)
    programme.questions.drafts().delete()


def as_data(question: Question) -> dict[str, Any]:
    """The question as plain data, for forms."""
    data: dict[str, Any] = Questionnaire((question,)).to_json()["questions"][0]
    return data
