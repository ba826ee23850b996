"""The question editor: a draft that is changed question by question, then published."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ballotbox.questionnaire import TYPES, Question, check
from core.forms import attempt, posted
from surveys.flaws import problem_in_words
from surveys.models import Programme, Questions
from surveys.pages.frame_form import FrameForm
from surveys.pages.guard import managers_only, programme_of, tried
from surveys.pages.question_form import TYPE_NAMES, WITH_OPTIONS, QuestionForm
from surveys.services import questions
from users.http import Request


@require_safe
@managers_only
def listing(request: Request, pk: int) -> HttpResponse:
    """The questions in their order, as draft or as published."""
    programme = programme_of(request, pk)
    version = questions.shown(programme)
    asked = version.asked
    context = {
        "programme": programme, "tab": "questions", "version": version, "asked": asked,
        "is_draft": version.state == Questions.State.DRAFT,
        "rows": [_row(question, asked.languages) for question in asked.questions],
        "problems": [problem_in_words(each) for each in check(asked)],
        "types": TYPE_NAMES.items(),
    }  # fmt: skip
    return render(request, "surveys/questions.html", context)


def _row(question: Question, languages: tuple[str, ...]) -> dict[str, Any]:
    first = languages[0]
    return {
        "key": question.key, "type": TYPE_NAMES.get(question.type, question.type),
        "label": question.label.get(first, ""), "required": question.required,
        "options": [option.label.get(first, option.key) for option in question.options],
        "has_options": question.type in WITH_OPTIONS,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def create(request: Request, pk: int, type: str) -> HttpResponse:
    """A new question at the end."""
    if type not in TYPES:
        raise Http404
    return _page(request, programme_of(request, pk), None, type)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def edit(request: Request, pk: int, key: str) -> HttpResponse:
    """One question of the draft."""
    programme = programme_of(request, pk)
    question = next((each for each in questions.shown(programme).asked.questions if each.key == key), None)
    if question is None:
        raise Http404
    return _page(request, programme, question, question.type)


def _page(request: Request, programme: Programme, question: Question | None, type: str) -> HttpResponse:
    asked = questions.shown(programme).asked
    form = QuestionForm(posted(request), type=type, languages=asked.languages, question=question)
    before = question.key if question else ""
    if attempt(form, lambda: questions.put(request.user, programme, form.question, before)):
        tried(request, lambda: None, _("Saved in the draft. Publish it when all is as you want it."))
        return redirect("surveys:questions", programme.pk)
    context = {
        "programme": programme, "form": form, "question": question, "type": type,
        "type_name": TYPE_NAMES[type],
        "has_options": type in WITH_OPTIONS,
    }  # fmt: skip
    return render(request, "surveys/question.html", context, status=422 if form.is_bound else 200)


@require_POST
@managers_only
def move(request: Request, pk: int, key: str) -> HttpResponse:
    """One place up or down."""
    programme = programme_of(request, pk)
    questions.move(request.user, programme, key, up=request.POST.get("to") == "up")
    return redirect("surveys:questions", pk)


@require_POST
@managers_only
def remove(request: Request, pk: int, key: str) -> HttpResponse:
    """Off the draft."""
    programme = programme_of(request, pk)
    tried(request, lambda: questions.remove(request.user, programme, key), _("Taken off the draft."))
    return redirect("surveys:questions", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def frame(request: Request, pk: int) -> HttpResponse:
    """Languages, title and introduction."""
    programme = programme_of(request, pk)
    asked = questions.shown(programme).asked
    form = FrameForm(posted(request), asked=asked)
    if attempt(form, lambda: questions.frame(request.user, programme, *form.said())):
        tried(request, lambda: None, _("Saved in the draft."))
        return redirect("surveys:questions", pk)
    context = {"programme": programme, "form": form}
    return render(request, "surveys/frame.html", context, status=422 if form.is_bound else 200)


@require_POST
@managers_only
def publish(request: Request, pk: int) -> HttpResponse:
    """What waves that are not planned yet will ask."""
    programme = programme_of(request, pk)
    done = _("Published: waves that are planned from now on ask these questions.")
    tried(request, lambda: questions.publish(request.user, programme), done)
    return redirect("surveys:questions", pk)


@require_POST
@managers_only
def discard(request: Request, pk: int) -> HttpResponse:
    """Back to what is current."""
    programme = programme_of(request, pk)
    tried(request, lambda: questions.discard(request.user, programme), _("The draft is gone."))
    return redirect("surveys:questions", pk)
