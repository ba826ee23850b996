"""How evenly each person's contacts spread over a month (R32): contact must not wait for quiet weeks."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils import formats
from django.utils.translation import gettext as _

from cadences.ledger_pages.choice import month_after
from cadences.ledger_pages.scope import people_seen_by, rows_done_by
from core.text import Fold
from users.models import User

DAY = timedelta(days=1)
ENOUGH = 5
"""With fewer contacts a month nothing can be said about their spread."""

UNEVEN = 1.5
"""Uneven is a month in which one week has half as many again as a full week's share of its working days."""

FULL_WEEK = 5

BAR, GAP, HEIGHT = 5, 1, 28


@dataclass(frozen=True)
class Bar:
    """One day of the strip, in the units of its drawing."""

    x: int
    y: int
    height: int
    is_busiest: bool


@dataclass(frozen=True)
class Spread:
    """One person's month. ``weeks`` are counts, in the order of the page's weeks."""

    person: User
    count: int
    weeks: list[int]
    busiest: int | None
    share: int
    words: str
    is_uneven: bool
    bars: list[Bar]

    @property
    def is_told(self) -> bool:
        """Whether there are enough contacts to say how they spread."""
        return self.count >= ENOUGH


@dataclass(frozen=True)
class Week:
    """A Monday-to-Sunday week as far as it lies in the month, and the working days it holds up to today."""

    first: date
    last: date
    working_days: int


@dataclass(frozen=True)
class Month:
    """The page: one month, its weeks, everybody's spread. Width and height are the drawing's."""

    first: date
    weeks: list[Week]
    people: list[Spread]
    width: int
    height: int = HEIGHT

    @property
    def before(self) -> date:
        return (self.first - DAY).replace(day=1)

    @property
    def after(self) -> date:
        return month_after(self.first)


def evenness(user: User, first: date, today: date, team: int | None = None) -> Month:
    """Two queries: the people whom this user sees, and their contacts delivered by day."""
    people = people_seen_by(user)
    if team:
        people = people.filter(team=team)
    counts = _by_day(user, first)
    shown = [
        one
        for one in people.order_by(Fold("display_name"), "pk")
        if one.pk in counts or (one.may_own_accounts and one.is_active)
    ]
    weeks = weeks_of(first, today)
    length = (month_after(first) - first).days
    return Month(
        first=first,
        weeks=weeks,
        people=[spread(one, counts.get(one.pk, Counter()), weeks, first) for one in shown],
        width=length * (BAR + GAP) - GAP,
    )


def _by_day(user: User, first: date) -> dict[int, Counter[date]]:
    rows = rows_done_by(user).filter(closed_on__gte=first, closed_on__lt=month_after(first))
    found: dict[int, Counter[date]] = defaultdict(Counter)
    for row in rows.order_by().values("done_by", "closed_on").annotate(count=Count("pk")):
        found[row["done_by"]][row["closed_on"]] = row["count"]
    return found


def weeks_of(first: date, today: date) -> list[Week]:
    """The weeks of the month; working days (Monday to Friday) count only up to today."""
    weeks = []
    day, after = first, month_after(first)
    while day < after:
        last = min(day + timedelta(days=7 - day.isoweekday()), after - DAY)
        days = [day + DAY * n for n in range((min(last, today) - day).days + 1)]
        weeks.append(Week(day, last, sum(1 for each in days if each.isoweekday() < 6)))
        day = last + DAY
    return weeks


def spread(person: User, by_day: Counter[date], weeks: list[Week], first: date) -> Spread:
    """The figures and the words for one person."""
    counts = [sum(n for day, n in by_day.items() if week.first <= day <= week.last) for week in weeks]
    total = sum(counts)
    busiest = max(range(len(weeks)), key=lambda place: counts[place]) if total else None
    is_uneven = busiest is not None and total >= ENOUGH and _is_uneven(counts, weeks, busiest)
    return Spread(
        person=person,
        count=total,
        weeks=counts,
        busiest=busiest,
        share=100 * counts[busiest] // total if busiest is not None else 0,
        words=_words(total, weeks, busiest, is_uneven=is_uneven),
        is_uneven=is_uneven,
        bars=_bars(by_day, weeks[busiest] if busiest is not None else None, first),
    )


def _is_uneven(counts: list[int], weeks: list[Week], busiest: int) -> bool:
    """Whether the busiest week has much more than a full week's share of the working days so far."""
    days = sum(week.working_days for week in weeks)
    return counts[busiest] * days > UNEVEN * sum(counts) * min(FULL_WEEK, days)


def _words(total: int, weeks: list[Week], busiest: int | None, *, is_uneven: bool) -> str:
    if busiest is None:
        return _("nothing delivered")
    if total < ENOUGH:
        return _("too few to say")
    if not is_uneven:
        return _("evenly spread")
    begun = [place for place, week in enumerate(weeks) if week.working_days]
    if busiest in begun[-1:]:
        return _("most in the last week")
    if busiest == 0:
        return _("most in the first week")
    return _("most in the week of %(day)s") % {"day": formats.date_format(weeks[busiest].first, "j F")}


def _bars(by_day: Counter[date], busiest: Week | None, first: date) -> list[Bar]:
    most = max(by_day.values(), default=0)
    bars = []
    for day, count in sorted(by_day.items()):
        height = max(2, HEIGHT * count // most)
        is_busiest = busiest is not None and busiest.first <= day <= busiest.last
        bars.append(Bar((day - first).days * (BAR + GAP), HEIGHT - height, height, is_busiest))
    return bars
