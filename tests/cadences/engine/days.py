"""Civil dates of the oracle: adding months, working days, who stands in for whom."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from datetime import date, timedelta

from .facts import Account, WorkCalendar, World

MONDAY_TO_FRIDAY = WorkCalendar(id=0)
PERSONAL_KINDS = {"call", "meeting", "video"}


def plus(day: date, every: int, unit: str) -> date:
    """*month ends: (count, unit) added to the base and clamped (31 Jan + 1 month = 28/29 Feb)*"""
    if unit in {"day", "week"}:
        return day + timedelta(days=every * (7 if unit == "week" else 1))
    months = day.year * 12 + (day.month - 1) + every * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def hash_of(account_id: int) -> int:
    """*first 8 hex digits of md5(account id as text), as integer*"""
    return int(hashlib.md5(str(account_id).encode()).hexdigest()[:8], 16)


def spread(account: Account, floor: date, interval: tuple[int, str]) -> date:
    """*mod the number of days from floor to floor + interval*"""
    length = (plus(floor, *interval) - floor).days
    return floor + timedelta(days=hash_of(account.id) % length)


CYCLE_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


def cycle_start(cycle: str, day: date) -> date:
    months = CYCLE_MONTHS[cycle]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_cycle(cycle: str, start: date) -> date:
    return plus(start, CYCLE_MONTHS[cycle], "month")


def cycle_key(cycle: str, start: date) -> str:
    """*`2026`, `2026-H1`, `2026-Q2`, `2026-06`*"""
    return {
        "year": f"{start.year}",
        "half": f"{start.year}-H{(start.month + 5) // 6}",
        "quarter": f"{start.year}-Q{(start.month + 2) // 3}",
        "month": f"{start.year}-{start.month:02}",
    }[cycle]


def is_key_of(cycle: str, key: str) -> bool:
    """Whether a cycle key has the form of this cycle."""
    forms = {"year": len(key) == 4 and key.isdigit(), "half": "-H" in key, "quarter": "-Q" in key}
    return forms.get(cycle, len(key) == 7 and key[5:].isdigit())


class Days:
    """Working days, absences and deputies of one world, as they stand now."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._shifted: dict[tuple, tuple[date, int | None]] = {}
        self._away: dict[int, list] = {}
        for absence in sorted(world.absences, key=lambda absence: absence.id):
            self._away.setdefault(absence.person, []).append(absence)

    # -- people --------------------------------------------------------------------------------

    def active_owner(self, account: Account) -> int | None:
        person = self.world.people.get(account.owner or 0)
        return person.id if person and person.active else None

    def is_absent(self, person: int, day: date) -> bool:
        return any(absence.first <= day <= absence.last for absence in self._away.get(person, []))

    def is_present(self, person: int, day: date) -> bool:
        return self.world.people[person].active and not self.is_absent(person, day)

    def serving(self, account: Account, who: str) -> int | None:
        """Whose calendar and absences count: *the owner, their team's manager or their standing deputy; if
        missing or inactive the owner; no owner: nobody*"""
        owner = self.active_owner(account)
        if who == "nobody" or owner is None:
            return None
        person = self.world.people[owner]
        other = {
            "manager": self.world.managers.get(person.team) if person.team else None,
            "deputy": person.deputy,
        }.get(who)
        return other if other and self.world.people[other].active else owner

    def waits(self, owner: int, day: date) -> bool:
        """*an absence that waits: nobody stands in, unless another absence of that day names a deputy*"""
        away = [absence for absence in self._away.get(owner, []) if absence.first <= day <= absence.last]
        return any(absence.waits for absence in away) and not any(absence.deputy for absence in away)

    def deputy(self, owner: int, day: date) -> int | None:
        """The deputy that the absence of that day names, else the standing one."""
        for absence in self._away.get(owner, []):
            if absence.first <= day <= absence.last and absence.deputy:
                return absence.deputy
        return self.world.people[owner].deputy

    def who(self, owner: int, day: date) -> int:
        """*who = first of owner, deputy, team manager present on d1, else owner*"""
        if self.waits(owner, day):
            return owner
        team = self.world.people[owner].team
        manager = self.world.managers.get(team) if team else None
        for person in (owner, self.deputy(owner, day), manager):
            if person and self.is_present(person, day):
                return person
        return owner

    # -- days ----------------------------------------------------------------------------------

    def calendar_of(self, person: int | None) -> WorkCalendar:
        own = self.world.people[person].calendar if person else None
        return self.world.calendars.get(own or self.world.company_calendar or 0, MONDAY_TO_FRIDAY)

    def is_holiday(self, country: str, subdivision: str, day: date) -> bool:
        regions = {"", subdivision}
        return any((country, region, day) in self.world.holidays for region in regions)

    def works(self, person: int | None, country: str, day: date) -> bool:
        """Whether the person (nobody: the company) works; ``country``: the account's, where it matters."""
        calendar = self.calendar_of(person)
        if day.isoweekday() not in calendar.weekdays or day in calendar.closures:
            return False
        if calendar.country and self.is_holiday(calendar.country, calendar.subdivision, day):
            return False
        return not (country and self.is_holiday(country, "", day))

    def shift(
        self, account: Account, kind: str, who: str, ideal: date, window: tuple[date, date] | None = None
    ) -> tuple[date, int | None]:
        """*d1 = owner's first working day >= ideal_on, absences ignored; due_on = first day >= d1 on which
        who works and is present. Calls and meetings also avoid public holidays of the account's country.
        No or inactive owner: company calendar, nobody assigned. Calendar items: a shift that would leave
        the window goes backward*"""
        owner = self.serving(account, who)
        country = account.country if kind in PERSONAL_KINDS else ""
        key = (owner, country, ideal, window)
        if key not in self._shifted:
            self._shifted[key] = self._shift(owner, country, ideal, window)
        return self._shifted[key]

    def _shift(
        self, owner: int | None, country: str, ideal: date, window: tuple[date, date] | None
    ) -> tuple[date, int | None]:
        forward = self._walk(owner, country, ideal, 1)
        if window is None or forward[0] <= window[1]:
            return forward
        backward = self._walk(owner, country, ideal, -1)
        return backward if backward[0] >= window[0] else forward

    def _walk(self, owner: int | None, country: str, ideal: date, step: int) -> tuple[date, int | None]:
        d1 = self._first(ideal, step, 60, lambda day: self.works(owner, country, day))
        if owner is None:
            return d1, None
        who = self.who(owner, d1)
        due = self._first(
            d1, step, 800, lambda day: self.works(who, country, day) and not self.is_absent(who, day)
        )
        return due, who

    @staticmethod
    def _first(start: date, step: int, limit: int, fits) -> date:
        """The first fitting day; the start itself when there is none within the limit."""
        for distance in range(limit + 1):
            day = start + timedelta(days=step * distance)
            if fits(day):
                return day
        return start
