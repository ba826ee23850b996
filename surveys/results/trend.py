"""How a figure moved from release to release, and whether one may say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ballotbox.figures import TOP2, clear_change
from ballotbox.questionnaire import Question
from surveys.results.reading import Figures, Measures, Release, Report

HEIGHT, TOP = 160, 100  # of the drawing; the score that is its upper edge


@dataclass(frozen=True)
class Point:
    """One release on the line: where it is drawn, and what is said of it beside the one before."""

    release: Release
    measures: Measures
    x: float
    change: str

    @property
    def y(self) -> float:
        return _y(self.measures["nps"])

    @property
    def high_y(self) -> float:
        return _y(self.measures["nps_high"])

    @property
    def low_y(self) -> float:
        return _y(self.measures["nps_low"])


def points(found: Sequence[tuple[Release, Figures]], question: str) -> list[Point]:
    """The score of each release that shows one, the oldest first."""
    shown = [(release, figures.of(question)) for release, figures in reversed(found)]
    shown = [(release, measures) for release, measures in shown if "nps" in measures]
    step = 100 / max(len(shown), 1)
    return [
        Point(release, measures, round(step * (k + 0.5), 2), change(measures, shown[k - 1][1]) if k else "")
        for k, (release, measures) in enumerate(shown)
    ]


def ticks() -> list[tuple[int, float]]:
    """Scores at the side of the drawing, and where."""
    return [(score, _y(score)) for score in (100, 50, 0, -50, -100)]


def compared(now: Report, before: Report | None, question: Question, item: str = "") -> str:
    """The words for one figure beside an earlier release; "" where the two cannot be compared."""
    if before is None or question.type not in {
        each.type for each in before.asked.asked if each.key == question.key
    }:
        return ""
    return change(now.figures.of(question.key, item), before.figures.of(question.key, item))


def change(now: Measures, before: Measures) -> str:
    """Up, down or "no clear change": never more than the numbers carry. "" where one side has no figure."""
    if not {"nps", TOP2} & set(now) & set(before):
        return ""
    moved = clear_change(dict(now), dict(before))
    if moved > 0:
        return _("higher than before")
    return _("lower than before") if moved < 0 else _("no clear change")


def _y(score: float) -> float:
    return round((TOP - score) / (2 * TOP) * HEIGHT, 1)
