"""How often somebody may be asked. Pure; counts invitations, never answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

REST = timedelta(days=90)  # between two invitations of a person; also: the span for an account
YEAR_MONTHS = 12
MOST_A_YEAR = 2
MOST_OF_AN_ACCOUNT = 3  # different people of an account within REST
KEPT_MONTHS = 13


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    for day in (on.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(on.day, day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass
class Quarantine:
    """Who was asked when, by person and account; ``person`` is whatever names one, e.g. an address."""

    on: date
    by_person: dict[object, list[date]] = field(default_factory=lambda: defaultdict(list))
    by_account: dict[int, dict[object, date]] = field(default_factory=lambda: defaultdict(dict))

    def note(self, person: object, account: int, sent_on: date) -> None:
        """They were asked on that day."""
        self.by_person[person].append(sent_on)
        people = self.by_account[account]
        people[person] = max(sent_on, people.get(person, sent_on))

    def note_all(self, rows: Iterable[tuple[object, int, date]]) -> None:
        for person, account, sent_on in rows:
            self.note(person, account, sent_on)

    def allows(self, person: object, account: int) -> bool:
        """Whether they may be asked today."""
        asked = self.by_person.get(person, [])
        if any(self.on - day < REST for day in asked):
            return False
        year_ago = months_before(self.on, YEAR_MONTHS)
        if sum(day > year_ago for day in asked) >= MOST_A_YEAR:
            return False
        others = self.by_account.get(account, {})
        recent = [who for who, day in others.items() if who != person and self.on - day < REST]
        return len(recent) < MOST_OF_AN_ACCOUNT
