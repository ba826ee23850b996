"""What the page shows of a simulation: rows with names and drawings, made of the kept figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import Simulation, Slot, Touchpoint
from cadences.simulation import chart, words
from cadences.simulation.figures import FIRST_FULL, Figures, Person
from users.models import User

if TYPE_CHECKING:
    from django.http import QueryDict

ALL, HOURS = "", "hours"
HEADER = (
    "user", "week_on", "touchpoints_running", "touchpoints_draft", "minutes_running", "minutes_draft",
    "capacity_minutes", "percent_of_capacity",
)  # fmt: skip


class People:
    """Users of a simulation with their names; sliced and counted as a page of rows is."""

    def __init__(self, figures: Figures, users: dict[int, User], search: str = "") -> None:
        self.users, self.weeks = users, figures.weeks
        self.rows: list[Person] = figures.people
        if search:
            wanted = set(User.objects.filter(pk__in=users).matching(search).values_list("pk", flat=True))
            self.rows = [one for one in figures.people if one.pk in wanted]

    def order_by(self) -> People:
        return self

    def count(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice) -> Any:
        found = People.__new__(People)
        found.users, found.weeks, found.rows = self.users, self.weeks, self.rows[part]
        return found

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for person in self.rows:
            yield {
                "person": person,
                "name": words.name_of(person.pk, self.users),
                "over": words.over_words(person, self.weeks),
                "strip": chart.strip(person.minutes.new[FIRST_FULL:], person.capacity[FIRST_FULL:]),
                "change": words.signed(round(person.touchpoints.change)),
            }


@dataclass(frozen=True)
class Graph:
    """The chart, its table, and the choices beside it."""

    show: str
    title: str
    drawn: chart.Chart
    rows: list[dict[str, Any]]
    totals: tuple[float, float]
    choices: list[tuple[str, str]]


def users_of(figures: Figures) -> dict[int, User]:
    """Everybody who has a touchpoint in it, deactivated meanwhile or not."""
    return User.objects.only("display_name").in_bulk([one.pk for one in figures.people])


def graph(figures: Figures, query: QueryDict) -> Graph:
    """Touchpoints of all kinds or of one, or hours beside capacity: whatever the address asks for."""
    labels = dict(Touchpoint.Kind.choices)
    choices = [(ALL, _("Touchpoints")), (HOURS, _("Hours and capacity"))]
    choices += [(kind, str(labels.get(kind, kind))) for kind in figures.kinds]
    show = query.get("show", ALL)
    show = show if show in dict(choices) else ALL
    limit: list[float] | None = None
    if show == HOURS:
        old, new = ([minutes / 60 for minutes in side] for side in (figures.minutes.old, figures.minutes.new))
        limit = [minutes / 60 for minutes in figures.capacity]
    else:
        pair = figures.kinds[show] if show else figures.touchpoints
        old, new = list(map(float, pair.old)), list(map(float, pair.new))
    rows = [
        {
            "week": words.said_week(week),
            "old": round(old[place]),
            "new": round(new[place]),
            "change": words.signed(round(new[place]) - round(old[place])),
            "limit": round(limit[place]) if limit else None,
            "is_first": place == 0,
        }
        for place, week in enumerate(figures.weeks)
    ]
    titles = {ALL: _("Touchpoints a week"), HOURS: _("Hours a week, beside capacity")}
    title = titles.get(show) or _("%(kind)s: touchpoints a week") % {"kind": dict(choices)[show]}
    drawn = chart.chart(figures.weeks, old, new, limit)
    return Graph(show, title, drawn, rows, (sum(old), sum(new)), choices)


def kinds(figures: Figures) -> list[dict[str, Any]]:
    """Each kind a week, in words."""
    labels = dict(Touchpoint.Kind.choices)
    return [
        {"name": str(labels.get(kind, kind)), "old": pair.weekly[0], "new": pair.weekly[1], "pair": pair}
        for kind, pair in figures.kinds.items()
    ]


def table(figures: Figures, users: dict[int, User]) -> Iterator[tuple[Any, ...]]:
    """User by user and week by week, for a spreadsheet; whom nobody does in person last."""
    for person in [*figures.people, *filter(None, [figures.nobody])]:
        name, touchpoints, minutes = words.name_of(person.pk, users), person.touchpoints, person.minutes
        for place, week in enumerate(figures.weeks):
            able = person.capacity[place] if person.pk else None
            percent = round(100 * minutes.new[place] / able) if able else None
            yield (
                name, week, touchpoints.old[place], touchpoints.new[place], minutes.old[place],
                minutes.new[place], able, percent,
            )  # fmt: skip


# -- sample accounts -------------------------------------------------------------------------------------


def sample_accounts(user: User, simulation: Simulation) -> list[dict[str, Any]]:
    """Names as they are now; accounts that are gone since are left out."""
    kept = simulation.figures.get("samples", [])
    rows = Account.objects.visible_to(user).select_related("tier", "owner")
    accounts = rows.in_bulk([one["account"] for one in kept])
    slots = dict(Slot.objects.values_list("pk", "name"))
    return [
        {"account": accounts[one["account"]], "old": len(one["old"]), "new": len(one["new"]),
         "months": _months(one, slots, simulation.effective_from)}
        for one in kept
        if one["account"] in accounts
    ]  # fmt: skip


def _months(sample: dict[str, Any], slots: dict[int, str], today: date) -> list[dict[str, Any]]:
    """Both plans month by month, what is late before them; what only one of them has is marked."""
    both = {tuple(one) for one in sample["old"]} & {tuple(one) for one in sample["new"]}
    months: dict[date, dict[str, Any]] = {}
    for side in ("old", "new"):
        for day, slot, kind in sample[side]:
            on = date.fromisoformat(day)
            month = on.replace(day=1) if on >= today else date.min
            row = months.setdefault(
                month, {"month": month, "is_late": month == date.min, "old": [], "new": []}
            )
            row[side].append({"on": on, "slot": slots.get(slot, ""), "same": (day, slot, kind) in both})
    return [months[month] for month in sorted(months)]
