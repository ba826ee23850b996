"""Says what a simulation found, in sentences that can be read aloud in a meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.simulation.figures import Figures, Person, Run

if TYPE_CHECKING:
    from users.models import User

PARTS = ("moved", "cancelled", "created", "reopened", "lapsed")


class Said(NamedTuple):
    """A sentence, and the comparison that belongs to it."""

    text: str
    beside: str


def headline(figures: Figures, users: Mapping[int, User]) -> list[Said]:
    """Load, people, first night."""
    return [load_words(figures), people_words(figures, users), effect_words(figures)]


def load_words(figures: Figures) -> Said:
    """How many touchpoints a week more or fewer."""
    old, new = (round(side) for side in figures.touchpoints.weekly)
    words = {"old": _number(old), "new": _number(new), "change": signed(new - old)}
    if not figures.has_running:
        return Said(_("%(new)s touchpoints a week") % words, _("average of the coming full weeks"))
    beside = _("%(old)s now, %(new)s then, in an average week") % words
    if old == new:
        return Said(_("As many touchpoints a week as now"), beside)
    return Said(_("%(change)s touchpoints a week") % words, beside)


def people_words(figures: Figures, users: Mapping[int, User]) -> Said:
    """Who is over capacity, the worst by name."""
    over, were = figures.over, sum(1 for one in figures.people if one.was_over_weeks)
    words = {"old": _number(were), "new": _number(len(over))}
    beside = _("over capacity in any week: %(old)s now, %(new)s then") % words
    if not over:
        return Said(_("Nobody is over capacity"), beside)
    first = over[0]
    said = f"{name_of(first.pk, users)} {over_words(first, figures.weeks)}"
    more = len(over) - 1
    if more:
        said += ngettext(", and %(n)s more is over", ", and %(n)s more are over", more) % {"n": _number(more)}
    return Said(said, beside)


def effect_words(figures: Figures) -> Said:
    """What the night that takes over would write; for a later night, also what it would write anyway."""
    said, beside = effect_said(figures.effect), _("in its first night; dates that people have set stay")
    if figures.effect_alone is not None:
        words = {"n": figures.raw["running"], "said": effect_said(figures.effect_alone)}
        beside += ". " + _("The same night under plan %(n)d: %(said)s.") % words
    return Said(said[0].upper() + said[1:], beside)


def effect_said(effect: Mapping[str, int]) -> str:
    """ "42 open touchpoints move, 6 end, 3 are new"."""
    counts = {part: effect.get(part, 0) for part in PARTS}
    counts["created"] += counts.pop("reopened")
    say = {
        "moved": lambda n: ngettext("%(n)s open touchpoint moves", "%(n)s open touchpoints move", n),
        "cancelled": lambda n: ngettext("%(n)s ends", "%(n)s end", n),
        "created": lambda n: ngettext("%(n)s is new", "%(n)s are new", n),
        "lapsed": lambda n: ngettext("%(n)s lapses", "%(n)s lapse", n),
    }
    said = [say[part](n) % {"n": _number(n)} for part, n in counts.items() if n or part == "moved"]
    if not any(counts.values()):
        return _("no open touchpoint moves")
    return ", ".join(said)


def over_words(person: Person, weeks: list[date]) -> str:
    """ "131 % of capacity in weeks 3–7"; of several times the worst, and how many weeks besides."""
    run = person.worst
    if run is None:
        return ""
    words = {"weeks": weeks_words(run, weeks), "percent": run.percent}
    if run.percent is None:
        said = _("has work but no working day in %(weeks)s") % words
    else:
        said = _("%(percent)d %% of capacity in %(weeks)s") % words
    besides = len(person.over_weeks) - (run.last - run.first + 1)
    if besides:
        said += " " + ngettext("and %(n)d other week", "and %(n)d other weeks", besides) % {"n": besides}
    return said


def weeks_words(run: Run, weeks: list[date]) -> str:
    """Calendar weeks, as they are numbered from Monday to Sunday."""
    first, last = (weeks[place].isocalendar().week for place in (run.first, run.last))
    if run.first == run.last:
        return _("week %(first)d") % {"first": first}
    return _("weeks %(first)d–%(last)d") % {"first": first, "last": last}


def name_of(user_id: int, users: Mapping[int, User]) -> str:
    """Users are never deleted; 0 is nobody in person."""
    if not user_id:
        return _("Nobody in person")
    return users[user_id].display_name if user_id in users else _("User %(id)d") % {"id": user_id}


def signed(number: int) -> str:
    """With its sign, as typesetters write it."""
    if number == 0:
        return "±0"
    return ("+" if number > 0 else "−") + _number(abs(number))


def said_week(week: date) -> str:
    """ "Week 50, 7 Dec"."""
    words = {"n": week.isocalendar().week, "day": date_format(week, "j M")}
    return _("Week %(n)d, %(day)s") % words


def _number(number: int) -> str:
    return str(number_format(number, force_grouping=True))
