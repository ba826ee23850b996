"""Survey results: managers alone; for everybody else these pages do not exist (404)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ballotbox.questionnaire import words
from core.spreadsheets import csv_response
from surveys import left_out
from surveys.ballots import UnreachableError
from surveys.models import Programme, Wave
from surveys.results import reading, shown, trend
from surveys.results.reading import Release, Report
from users.clock import company_today
from users.http import Request

log = logging.getLogger(__name__)
P = ParamSpec("P")
HEADER = ("shown by", "question", "line", "measure", "amount")


def says_when_unreachable(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """A page in words, and 503, while the ballots' database does not answer."""

    @wraps(view)
    def answered(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except UnreachableError:
            log.warning("The results of surveys could not be read", exc_info=True)
            return render(request, "surveys/results/unreachable.html", status=503)

    return answered


@require_safe
@says_when_unreachable
def listing(request: Request) -> HttpResponse:
    """What has been released, what is held, and when the open waves close."""
    _require_manager(request)
    if not reading.is_set_up():
        return render(request, "surveys/results/listing.html", {"is_set_up": False})
    today = company_today()
    waves, found = reading.unreleased(today), reading.releases()
    names = _names(request, [wave.id for wave in waves] + [release.waves[0] for release in found])
    context = {
        "is_set_up": True,
        "open_waves": [(wave, names.get(wave.id)) for wave in waves if not wave.is_held(today)],
        "held_waves": [(wave, names.get(wave.id)) for wave in waves if wave.is_held(today)],
        "releases": _with_scores(found, names),
    }
    return render(request, "surveys/results/listing.html", context)


@require_safe
@says_when_unreachable
def detail(request: Request, pk: UUID) -> HttpResponse:
    """One release: every question, by tier, with comments."""
    report = _report(request, pk)
    language = get_language() or "en"
    wave = Wave.objects.visible_to(request.user).filter(pk=report.release.waves[0]).for_list().first()
    before = _earlier(report, wave)
    found = list(shown.sections(report, language, before))
    score = next((each for each in found if each.kind == "nps"), None)
    asked = next((each for each in report.asked.asked if score and each.key == score.key), None)
    mine = Wave.objects.visible_to(request.user).filter(pk__in=report.release.waves)
    context = {
        "programme": wave.programme if wave else None,
        "not_asked": left_out.of(mine),
        "report": report,
        "release": report.release,
        "score": score,
        "sections": [each for each in found if each is not score],
        "groups": shown.groups(report, score.key) if score else [],
        "change": trend.compared(report, before, asked) if asked else "",
        "before": before.release if before else None,
    }
    return render(request, "surveys/results/detail.html", context)


@require_safe
@says_when_unreachable
def history(request: Request, pk: int) -> HttpResponse:
    """The score of a programme from release to release."""
    _require_manager(request)
    programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    found = reading.releases(_waves_of(programme)) if reading.is_set_up() else []
    figures = reading.figures_of(found) if found else {}
    asked = _report(request, found[0].id).asked.asked if found else ()
    question = next((each for each in asked if each.type == "nps"), None)
    pairs = [(release, figures[release.id]) for release in found]
    context = {
        "programme": programme,
        "points": trend.points(pairs, question.key) if question else [],
        "height": trend.HEIGHT,
        "ticks": trend.ticks(),
        "title": words(question.label, get_language() or "en") if question else "",
    }
    return render(request, "surveys/results/history.html", context)


@require_safe
@says_when_unreachable
def table(request: Request, pk: UUID) -> StreamingHttpResponse:
    """The released tables as a file, with the rules they were released under; there is no row of a person."""
    report = _report(request, pk)
    return csv_response(f"survey-{report.release.label}.csv".replace(" ", "-"), HEADER, _rows(report))


def _require_manager(request: Request) -> None:
    if not request.user.is_manager:
        raise Http404


def _report(request: Request, pk: UUID) -> Report:
    _require_manager(request)
    report = reading.report(pk) if reading.is_set_up() else None
    if report is None:
        raise Http404
    return report


def _names(request: Request, waves: list[UUID]) -> dict[UUID, str]:
    """The programme's name of each wave."""
    found = Wave.objects.visible_to(request.user).filter(pk__in=waves)
    return dict(found.values_list("pk", "programme__name"))


def _waves_of(programme: Programme) -> list[UUID]:
    return list(programme.waves.values_list("pk", flat=True))


def _with_scores(found: list[Release], names: dict[UUID, str]) -> list[dict[str, Any]]:
    figures = reading.figures_of(found) if found else {}
    return [
        {
            "release": release,
            "programme": names.get(release.waves[0], ""),
            "score": shown.company_score(figures[release.id]),
        }
        for release in found
    ]


def _earlier(report: Report, wave: Wave | None) -> Report | None:
    """The release of the same programme before this one."""
    if wave is None:
        return None
    mine = report.release
    found = reading.releases(_waves_of(wave.programme))
    older = (each for each in found if each.id != mine.id and each.released_on <= mine.released_on)
    last = next(older, None)
    return reading.report(last.id) if last else None


def _rows(report: Report) -> Iterator[tuple[Any, ...]]:
    for (cell, question, item), measures in sorted(report.figures.values.items()):
        for measure, amount in sorted(measures.items()):
            yield cell or _("company"), question, item, measure, amount
    for (cell, question, item), code in sorted(report.hidden.items()):
        yield cell or _("company"), question, item, _("not shown"), shown.reason(code, report.policy.score)
    release = report.release
    yield "", "", "", _("invited"), release.invited
    yield "", "", "", _("released on"), release.released_on
    yield "", "", "", _("keys destroyed on"), release.keys_destroyed_on
    for name, floor in report.policy.to_json().items():
        yield "", "", "", _("floor: %(name)s") % {"name": name}, floor
