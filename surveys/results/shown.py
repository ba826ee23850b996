"""How released figures read: words first, each number with its range, and why something is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ballotbox.questionnaire import NOT_APPLICABLE, Question, words
from surveys.results import trend
from surveys.results.reading import COMPANY, Figures, Measures, Report

REASONS = {
    "few": gettext_lazy("fewer than %(floor)d answers"),
    "remainder": gettext_lazy("would reveal another group"),
    "increment": gettext_lazy("not enough new answers since the last release"),
    "even": gettext_lazy("nearly all answered alike, which would tell what each of them said"),
}


ALMOST_ALL = "at_least_90:"
BANDS = {
    "promoters": gettext_lazy("Promoters (9-10)"),
    "passives": gettext_lazy("Passives (7-8)"),
    "detractors": gettext_lazy("Detractors (0-6)"),
    "top2": gettext_lazy("in the upper part of the scale"),
    "below": gettext_lazy("in the lower part of the scale"),
}


@dataclass(frozen=True)
class Bar:
    """A line of a bar chart: what, how many per cent, and the range it lies in."""

    label: str
    percent: float
    low: float | None = None
    high: float | None = None
    hint: str = ""  # beside the label: mean, how many said that it does not apply, why it is not shown
    is_shown: bool = True
    change: str = ""  # against the release before

    @property
    def has_range(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def width(self) -> float:
        return (self.high or 0) - (self.low or 0)

    @property
    def aloud(self) -> str:
        if not self.is_shown:
            return f"{self.label}: {self.hint}"
        said = _("%(label)s: %(n).0f %%") % {"label": self.label, "n": self.percent}
        if not self.has_range:
            return said
        return said + _(", between %(low).0f and %(high).0f %%") % {"low": self.low, "high": self.high}


@dataclass(frozen=True)
class Score:
    """A net promoter score with its range on a scale from -100 to 100, drawn on 0 to 100."""

    nps: float
    low: float
    high: float
    n: int
    bands: tuple[Bar, ...]
    is_cautious: bool

    @property
    def at(self) -> float:
        return (self.nps + 100) / 2

    @property
    def low_at(self) -> float:
        return (self.low + 100) / 2

    @property
    def width(self) -> float:
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Section:
    """A question and what was answered; ``hidden``: why nothing is shown."""

    key: str
    title: str
    kind: str
    n: int = 0
    score: Score | None = None
    bars: tuple[Bar, ...] = ()
    unit: str = ""  # what the per cents are of
    comments: list[str] = field(default_factory=list)
    hidden: str = ""
    almost_all: str = ""  # instead of figures: "at least 90 %: …"
    is_cautious: bool = False


@dataclass(frozen=True)
class Group:
    """One value of a dimension, such as a tier: its score, or why there is none."""

    name: str
    score: Score | None
    hidden: str


def sections(report: Report, language: str, before: Report | None = None) -> Iterator[Section]:
    """All questions in the order in which they were asked; ``before``: the release to compare with."""
    for question in report.asked.asked:
        yield section(report, question, language, before)


def section(report: Report, question: Question, language: str, before: Report | None = None) -> Section:
    """One question, of the company as a whole."""
    title = words(question.label, language, report.asked.languages)
    if question.type == "text":
        comments = report.comments.get(question.key, [])
        floor = report.policy.comment
        why = "" if comments else reason(report.why_hidden(question.key) or "few", floor)
        return Section(question.key, title, "text", comments=comments, hidden=why)
    found = _lines(report.figures, question)
    if not found:
        why = reason(report.why_hidden(question.key) or "few", report.policy.score)
        return Section(question.key, title, question.type, hidden=why)
    return Section(
        question.key, title, question.type,
        n=max(int(each.get("n", 0)) for each in found.values()),
        score=score(found[""]) if question.type == "nps" else None,
        bars=() if question.type == "nps" else tuple(_bars(question, found, language, (report, before))),
        unit=_unit(question),
        almost_all=almost_all(found.get("", {}), _labels(question, language, report)),
        is_cautious=any(each.get("cautious") for each in found.values()),
    )  # fmt: skip


def almost_all(measures: Measures, labels: dict[str, str]) -> str:
    """The words of "at least 90 % said the same"; "" where exact figures are shown."""
    for measure in measures:
        if measure.startswith(ALMOST_ALL):
            band = measure.removeprefix(ALMOST_ALL)
            return _("at least 90 %%: %(band)s") % {"band": labels.get(band) or BANDS.get(band) or band}
    return ""


def groups(report: Report, key: str) -> list[Group]:
    """The score by tier, hidden ones with their reason; empty when the wave is not shown by anything."""
    names = {*report.figures.cells, *(cell for cell, _of, _line in report.hidden if cell != COMPANY)}
    found = []
    for cell in sorted(names):
        shown = score(report.figures.of(key, cell=cell))
        why = "" if shown else reason(report.why_hidden(key, cell) or "few", report.policy.score)
        found.append(Group(cell.partition(":")[2] or cell, shown, why))
    return found


def score(measures: Measures) -> Score | None:
    """The net promoter score in some measures; None where only "at least 90 %" was let out."""
    if "nps" not in measures:
        return None
    bands = tuple(
        Bar(str(BANDS[name]), measures.get(name, 0)) for name in ("promoters", "passives", "detractors")
    )
    return Score(
        measures["nps"], measures.get("nps_low", -100), measures.get("nps_high", 100),
        int(measures.get("n", 0)), bands, bool(measures.get("cautious")),
    )  # fmt: skip


def company_score(figures: Figures) -> Score | None:
    """The score of the whole company, whatever its question is called; None where it is not shown."""
    scores = (score(found) for (cell, _of, _line), found in figures.values.items() if cell == COMPANY)
    return next((found for found in scores if found is not None), None)


def reason(code: str, floor: int) -> str:
    """Why a figure is not shown, in words of its own for each reason; a reason that is not known is said."""
    text = REASONS.get(code)
    return str(text) % {"floor": floor} if text else _("held back (%(code)s)") % {"code": code}


def _lines(figures: Figures, question: Question) -> dict[str, Measures]:
    items = question.option_keys if question.type == "items" else ("",)
    found = {item: figures.of(question.key, item) for item in items}
    return {item: measures for item, measures in found.items() if measures}


def _labels(question: Question, language: str, report: Report) -> dict[str, str]:
    return {option.key: words(option.label, language, report.asked.languages) for option in question.options}


def _bars(
    question: Question, found: dict[str, Measures], language: str, sides: tuple[Report, Report | None]
) -> Iterator[Bar]:
    report, before = sides
    labels = _labels(question, language, report)
    if question.type in ("single", "multi"):
        shown = [
            Bar(labels[key], found[""][f"option:{key}"]) for key in labels if f"option:{key}" in found[""]
        ]
        yield from sorted(shown, key=lambda bar: -bar.percent)
        return
    for item in question.option_keys or ("",):
        label = labels.get(item) or (_("Satisfied") if question.type == "scale" else _("Agree"))
        measures = found.get(item, {})
        if "top2" in measures:
            range_ = measures.get("top2_low"), measures.get("top2_high")
            change = trend.compared(report, before, question, item)
            yield Bar(label, measures["top2"], *range_, hint=_hint(measures), change=change)
        elif item:  # a line of its own may be hidden
            why = reason(report.why_hidden(question.key, item=item) or "few", report.policy.score)
            yield Bar(label, 0, hint=almost_all(measures, {}) or why, is_shown=False)


def _hint(measures: Measures) -> str:
    said = []
    if "mean" in measures:
        said.append(_("mean %(mean).1f") % {"mean": measures["mean"]})
    if measures.get(NOT_APPLICABLE):
        said.append(_("does not apply to %(n).0f %%") % {"n": measures[NOT_APPLICABLE]})
    return ", ".join(said)


def _unit(question: Question) -> str:
    return {
        "scale": _("who gave 4 or 5 of 5"),
        "items": _("who gave 4 or 5 of 5"),
        "agree": _("who agree (5 to 7 of 7)"),
        "single": _("of those who answered"),
        "multi": _("of those who answered; several could be chosen"),
    }.get(question.type, "")
