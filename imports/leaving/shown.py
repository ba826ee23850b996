"""What an admin sees before somebody leaves: what they hold, who would get what, what would be left."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import md5
from typing import Any

from accounts.models import Account
from cadences.reassigning.shown import Division, division
from correspondence.models import Piece
from imports.leaving.choices import NOBODY, OWNER, Choices
from imports.leaving.sorts import SORTS, Sort
from users.models import Team, User


@dataclass
class Part:
    """One sort of what they hold. ``rows``: id -> the account it hangs on, or None; ``gets``: who gets which.

    ``along``: how many go with their account, whatever is chosen here.
    """

    sort: Sort
    rows: dict[int, int | None]
    along: int = 0
    chosen: User | str = NOBODY
    fits: list[User] = field(default_factory=list)
    gets: defaultdict[User, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def rest(self) -> int:
        """How many the choice decides about."""
        return self.count - self.along

    @property
    def left(self) -> int:
        """How many nobody would have."""
        return self.count - sum(map(len, self.gets.values()))

    @property
    def value(self) -> str:
        """Of the choice, as the form sends it."""
        return str(self.chosen.pk) if isinstance(self.chosen, User) else self.chosen


@dataclass
class Leaving:
    """Everything about one person who leaves, with the choices made so far."""

    person: User
    division: Division
    choices: Choices
    could_own: list[User]
    teams: list[Team]
    parts: list[Part]
    prepared: int  # mails of running mailings that were written in their name

    @property
    def token(self) -> str:
        """Of what was looked at: it is refused if something else would be handed over."""
        seen = [
            self.division.token,
            str(sorted((pk, owner.pk) for pk, owner in self.division.choice.items())),
        ]
        for part in self.parts:
            gets = sorted((to.pk, sorted(rows)) for to, rows in part.gets.items())
            seen.append(f"{part.sort.key}{sorted(part.rows)}{gets}")
        return md5("".join(seen).encode(), usedforsecurity=False).hexdigest()

    @property
    def accounts(self) -> int:
        return len(self.division.accounts)

    @property
    def accounts_left(self) -> int:
        """Accounts that nobody would be responsible for."""
        return self.accounts - len(self.division.choice)

    @property
    def is_given(self) -> bool:
        """Whether somebody gets anything."""
        return bool(self.division.choice) or any(part.gets for part in self.parts)

    @property
    def can_be_taken_back(self) -> bool:
        """Whether there will be a change of it that can be."""
        return self.is_given or any(part.left for part in self.parts if part.sort.may_go_without)

    @property
    def found(self) -> list[Part]:
        """What would have nobody and would stand in the list of such things."""
        return [part for part in self.parts if part.left and part.sort.is_found]

    @property
    def waiting(self) -> list[Part]:
        """What would stay in their name until it is handed over from their page."""
        return [
            part for part in self.parts if part.left and not (part.sort.is_found or part.sort.may_go_without)
        ]

    @property
    def holds_nothing(self) -> bool:
        return not (self.accounts or self.parts)

    @property
    def stands_in(self) -> User | None:
        """The manager with whom what falls due waits, unless it is they who leave, or have left."""
        manager = self.person.team.manager if self.person.team is not None else None
        return manager if manager is not None and manager.is_active and manager != self.person else None

    @cached_property
    def gets(self) -> list[tuple[User, int, list[tuple[Part, int]]]]:
        """Who would get what: accounts, and how many of each sort."""
        accounts = Counter(self.division.choice.values())
        people = set(accounts) | {person for part in self.parts for person in part.gets}
        return [
            (one, accounts[one], [(part, len(part.gets[one])) for part in self.parts if one in part.gets])
            for one in sorted(people, key=lambda one: (one.display_name.casefold(), one.pk))
        ]


def leaving(by: User, person: User, choices: Choices) -> Leaving:
    """A number of queries that does not depend on how much they hold."""
    colleagues = User.objects.active().exclude(pk=person.pk).select_related("team").by_name()
    people = {one.pk: one for one in colleagues}
    could = [one for one in people.values() if one.may_own_accounts]
    divided = division(by, person, choices.owners_among(could), dict(choices.single))
    parts = [_part(sort, person) for sort in SORTS]
    parts = [part for part in parts if part.rows]
    owner_of = _owner_of(parts, divided, people)
    for part in parts:
        part.fits = [one for one in people.values() if part.sort.fits(one)]
        part.chosen = choices.to_whom(part.sort, people, _likely(by, person, divided, people))
        _fill(part, divided, owner_of)
    teams = Team.objects.filter(members__in=[one.pk for one in could]).distinct().by_name()
    prepared = Piece.objects.filter(sender=person, state=Piece.State.QUEUED, mailing__isnull=False)
    return Leaving(person, divided, choices, could, list(teams), parts, prepared.count())


def _part(sort: Sort, person: User) -> Part:
    rows = sort.rows(person).order_by()
    if sort.follows:
        return Part(sort, dict(rows.values_list("pk", "account_id")))
    return Part(sort, dict.fromkeys(rows.values_list("pk", flat=True)))


def _owner_of(parts: list[Part], divided: Division, people: dict[int, User]) -> dict[int, User]:
    """Account -> who will have it, where somebody will."""
    wanted = {account for part in parts for account in part.rows.values() if account is not None}
    rows = Account.objects.filter(pk__in=wanted, owner__in=people)
    found = {pk: people[owner] for pk, owner in rows.values_list("pk", "owner_id")}
    return found | divided.choice


def _likely(by: User, person: User, divided: Division, people: dict[int, User]) -> list[User]:
    """Who would take over what hangs on no account: new owners, the manager of the team, whoever asks."""
    manager = person.team.manager_id if person.team is not None else None
    return [*divided.owners, *(people[pk] for pk in (manager, by.pk) if pk in people)]


def _fill(part: Part, divided: Division, owner_of: dict[int, User]) -> None:
    """Who gets which of this sort."""
    for pk, account in part.rows.items():
        to = _receiver(part.chosen, account, divided, owner_of)
        part.along += account in divided.choice
        if to is not None:
            part.gets[to].append(pk)


def _receiver(chosen: Any, account: int | None, divided: Division, owner_of: dict[int, User]) -> User | None:
    if account is not None and account in divided.choice:
        return divided.choice[account]
    if chosen == OWNER:
        return owner_of.get(account) if account is not None else None
    return chosen if isinstance(chosen, User) else None
