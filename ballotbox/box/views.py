"""The box's pages. Opening a link is pure; only a POST that answers what is required leaves anything."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg2
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from ballotbox import bundle, questionnaire, sealing
from ballotbox.box import forms, keep, languages, links, pages, settings
from ballotbox.box.links import Opened
from ballotbox.box.tags import DayTags
from ballotbox.questionnaire import Problem

log = logging.getLogger("ballotbox.errors")

Posted = Mapping[str, Sequence[str]]
TAGS = DayTags()

REFUSED_AFTER = 0.05  # seconds: a forged link takes as long as one of a wave that is over
KEPT_AFTER = 0.15  # a second ballot, which writes nothing, takes as long as the first


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, ticket: str) -> HttpResponse:
    """A link out of a survey mail."""
    began = time.monotonic()
    opened = links.open_link(ticket)
    if opened is None:
        return pages.no_sooner(began, REFUSED_AFTER, pages.plain(request, "neutral", 404))
    if request.method != "POST":
        return _form(opened, forms.language(opened))
    posted = dict(request.POST.lists())
    if forms.SHOW in posted:  # another language, with all that has been typed
        return _form(opened, forms.language(opened, posted), posted)
    return pages.no_sooner(began, KEPT_AFTER, _submit(opened, posted))


def _submit(opened: Opened, posted: Posted) -> HttpResponse:
    language = forms.language(opened, posted)
    answers, problems = questionnaire.read_answers(opened.wave.questionnaire, posted)
    if problems:
        return _form(opened, language, posted, problems, status=422)
    try:
        sealed = sealing.seal(opened.public_key, opened.wave.wave, _said(opened, answers))
        if not opened.ticket.is_test:
            tag = TAGS.tag(opened.wave.wave, opened.mark)
            keep.put(opened.wave.wave, tag, sealed, link=opened.ticket.tag)
    except sealing.TooLongError as error:
        long = [Problem("texts_too_long", values={"over": error.over})]
        return _form(opened, language, posted, long, status=422)
    except psycopg2.Error as error:
        log.error("", exc_info=error)  # its class alone is written
        return _form(opened, language, posted, not_kept=True, status=503)
    with languages.in_words(language):
        return pages.page("thanks", forms.around(opened.wave, language))


def _said(opened: Opened, answers: questionnaire.Answers) -> dict[str, Any]:
    """All that is sealed. By mark and day the tally knows which of several ballots was the first."""
    day = max((links.today(opened.wave) - opened.wave.opens).days, 0)
    return {"answers": answers, "codes": opened.ticket.codes, "mark": opened.mark.hex(), "day": day}


def _form(
    opened: Opened,
    language: str,
    posted: Posted | None = None,
    problems: Sequence[Problem] = (),
    *,
    not_kept: bool = False,
    status: int = 200,
) -> HttpResponse:
    with languages.in_words(language):
        context: dict[str, Any] = forms.around(opened.wave, language)
        context |= forms.shown(opened.wave.questionnaire, language, posted or {}, problems)
        context |= {"is_test": opened.ticket.is_test, "not_kept": not_kept, "is_fresh": posted is None}
        return pages.page("survey", context, status=status, size=pages.SURVEY_BYTES)


@require_safe
def wave(request: HttpRequest, wave: UUID) -> HttpResponse:
    """What everybody may know of a wave: what is stored, floors, dates, and what became of its keys."""
    try:
        found = bundle.read(settings.BOX_WAVES, wave)
    except bundle.BundleMissingError:
        return pages.plain(request, "neutral", 404)
    asked = request.GET.get(forms.LANGUAGE, "")
    language = languages.own(asked) if asked else languages.of_browser(request)
    with languages.in_words(language):
        others = languages.named(sorted(languages.own_languages() - {language}))
        more = {"is_over": links.today(found) > found.closes, "others": others}
        return pages.page("wave", forms.around(found, language) | more)


@require_safe
def static(request: HttpRequest, name: str) -> HttpResponse:
    """The style sheet and the script."""
    content = pages.static_files().get(name)
    if content is None:
        return pages.plain(request, "neutral", 404)
    kind = pages.TYPES[f".{name.rpartition('.')[2]}"]
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": "public, max-age=86400"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """No search engine looks in here."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@require_safe
def no_icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for one by themselves."""
    return HttpResponse(status=204, headers={"Cache-Control": "public, max-age=86400"})


# -- When there is no page -----------------------------------------------------------------------------


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that is none looks like a link that opens nothing."""
    return pages.plain(request, "neutral", 404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form that no browser sends, or far too much of it."""
    return pages.plain(request, "unreadable", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """An error of ours."""
    return pages.plain(request, "broken", 500)
