"""The ledger's figures: one grouped query, whose sums are the rows behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Model, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from accounts.models import Account, Tier
from cadences.ledger_pages.choice import NOBODY, PATHS, SYSTEM, Choice
from cadences.ledger_pages.marks import IS_SYSTEM, Figures, mark_of
from cadences.models import Slot, Touchpoint
from core.pagination import Page, page_of, paginate
from users.models import Team, User

NAMES: dict[str, tuple[type[Model], str]] = {
    "account": (Account, "name"),
    "user": (User, "display_name"),
    "team": (Team, "name"),
    "tier": (Tier, "name"),
    "slot": (Slot, "name"),
}


@dataclass
class Line:
    """One line of a table: what it is about, its figures, and where its rows are; by period where shown."""

    key: str
    label: str
    query: str
    only: str
    figures: Figures = field(default_factory=Figures)
    periods: list[tuple[Figures, str]] = field(default_factory=list)
    is_current: bool = False


@dataclass
class Ledger:
    """Both tables of the page, with their common sum, which is that of all pages of ``lines``.

    ``people``: the sum without what the system sends.
    """

    choice: Choice
    total: Figures
    people: Figures
    periods: list[Line]
    lines: list[Line]
    page: Page

    @property
    def period_names(self) -> list[str]:
        return [line.label for line in self.periods]


def ledger(user: User, choice: Choice, today: date, number: int = 1) -> Ledger:
    """Two queries; by account three more, because there may be 200,000 of them. Lines come page by page."""
    rows = choice.rows(user, today)
    if choice.by == "account":
        page = paginate(_accounts(rows), number)
        grouped = list(_grouped(rows.filter(account__in=[each.pk for each in page.rows]), choice))
        every = list(_grouped(rows, choice, by_dimension=False))
        _page, labels = _order(grouped, choice)
    else:
        grouped = every = list(_grouped(rows, choice))
        page, labels = _order(grouped, choice, number)
    sums = _sums(every, lambda row: row["period"])
    people = _sums((row for row in every if not row["is_system"]), lambda row: "all")
    periods = _periods(sums, choice, today)
    lines = _lines(grouped, choice, labels, [line.key for line in periods])
    total = sum(sums.values(), Figures())
    return Ledger(choice, total, people.get("all", Figures()), periods, lines, page)


def table(user: User, choice: Choice, today: date) -> Iterable[tuple[str, str, Figures]]:
    """For the file: line, period and figures, every account of them; one query, read as it is sent."""
    name = f"{PATHS[choice.by].removesuffix('_id')}__{NAMES[choice.by][1]}"
    grouped: Any = _grouped(choice.rows(user, today), choice)
    rows = grouped.annotate(name=F(name)).order_by("name", "key", "period", "is_system")
    for (_of, label, period), same in groupby(
        rows.iterator(chunk_size=2000),
        key=lambda row: (_key(row, choice.by), _label(row, choice.by, row["name"]), row["period"]),
    ):
        said = f"{choice.year}-{period:02d}" if choice.is_by_month else str(period)
        yield label, said, sum((Figures.of(row) for row in same), Figures())


def _accounts(rows: QuerySet[Touchpoint]) -> QuerySet[Account]:
    """Accounts with such rows, by name."""
    return Account.objects.filter(pk__in=rows.order_by().values("account_id")).order_by("name_folded", "id")


def _grouped(
    rows: QuerySet[Touchpoint], choice: Choice, *, by_dimension: bool = True
) -> QuerySet[Touchpoint, dict[str, Any]]:
    """Counts by line, period and what makes the mark, in no order.

    Grouped by ids and by what PostgreSQL knows to have few values (the statistics of ``planned_on``): so it
    counts in memory, on several processors, without sorting the rows.
    """
    columns: dict[str, Any] = {
        "period": ExtractMonth("planned_on") if choice.is_by_month else ExtractYear("planned_on"),
        "is_system": ExpressionWrapper(IS_SYSTEM, output_field=BooleanField()),
    }
    if by_dimension:
        columns["key"] = F(PATHS[choice.by])
    named = rows.annotate(**columns).values(*columns, "state", "is_late")
    return named.annotate(count=Count("*")).order_by()


def _sums(grouped: Iterable[Any], of: Callable[[Any], Any]) -> dict[Any, Figures]:
    """Figures of the rows that ``of`` says the same of: counted first, there are thousands of rows."""
    counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in grouped:
        counts[of(row)][mark_of(row["state"], row["is_late"])] += row["count"]
    return {key: Figures(**marks) for key, marks in counts.items()}


def _periods(sums: dict[int, Figures], choice: Choice, today: date) -> list[Line]:
    """All months of the year, or the years in which anything is owed; an empty future is left out."""
    if not choice.is_by_month:
        return [
            Line(
                str(year), str(year), choice.query(year=year), choice.query(year=year, mark=None), sums[year]
            )
            for year in sorted(sums)
        ]
    last = 12 if choice.year != today.year else max([today.month, *sums])
    shown = range(1, last + 1) if choice.month is None else [choice.month]
    return [
        Line(
            str(month),
            str(MONTHS[month]),
            choice.query(month=month),
            choice.query(month=month),
            sums.get(month, Figures()),
            is_current=(choice.year, month) == (today.year, today.month),
        )
        for month in shown
    ]


def _order(grouped: list[Any], choice: Choice, number: int = 1) -> tuple[Page, dict[str, str]]:
    """The page of lines, and key -> label of each line on it, in order."""
    known = _known(choice.by, {row["key"] for row in grouped})
    labels: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for row in grouped:
        key = _key(row, choice.by)
        if key not in labels:
            of = known.get(row["key"])
            labels[key] = _label(row, choice.by, getattr(of, NAMES[choice.by][1], ""))
            ranks[key] = -getattr(of, "rank", 0)
    # tiers from the highest down, everything else by name; what nobody does comes last
    keys = sorted(labels, key=lambda key: (key in (NOBODY, SYSTEM), ranks[key], labels[key].casefold(), key))
    page = page_of(keys, number)
    return page, {key: labels[key] for key in page.rows}


def _lines(grouped: list[Any], choice: Choice, labels: dict[str, str], periods: list[str]) -> list[Line]:
    """The lines of a page; each by period as well, where that is shown."""
    shown = [row for row in grouped if _key(row, choice.by) in labels]
    sums = _sums(shown, lambda row: _key(row, choice.by))
    cells: dict[Any, Figures] = {}
    if choice.months:
        cells = _sums(shown, lambda row: (_key(row, choice.by), str(row["period"])))
    span, then = "month" if choice.is_by_month else "year", _next_dimension(choice.by)
    return [
        Line(
            key,
            label,
            choice.query(**{choice.by: key}),
            choice.query(**{choice.by: key, "by": then}),
            sums[key],
            [
                (cells.get((key, period), Figures()), choice.query(**{choice.by: key, span: period}))
                for period in (periods if choice.months else ())
            ],
        )
        for key, label in labels.items()
    ]


def _known(by: str, keys: set[Any]) -> dict[Any, Any]:
    """What the lines are about, with names: looked up once, not for each of the rows that are counted."""
    model, name = NAMES[by]
    columns = [name, "rank"] if model is Tier else [name]
    return model._default_manager.only(*columns).in_bulk(keys - {None})


def _next_dimension(by: str) -> str:
    """What a line is looked into by: a team by its users, everything else by slots, a slot by users."""
    return {"team": "user", "slot": "user", "tier": "account"}.get(by, "slot")


def _key(row: dict[str, Any], by: str) -> str:
    if row["is_system"] and by in ("user", "team"):
        return SYSTEM
    return NOBODY if row["key"] is None else str(row["key"])


def _label(row: dict[str, Any], by: str, name: str | None) -> str:
    key = _key(row, by)
    if key == SYSTEM:
        return _("sent by the system")
    if key == NOBODY:
        return {"team": _("in no team"), "tier": _("no tier")}.get(by, _("nobody"))
    return str(name)
