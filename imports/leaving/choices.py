"""What an admin has chosen so far: who gets the accounts, who gets the rest. It travels with the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from core.text import whole_number
from imports.leaving.sorts import SORTS, Sort
from users.models import User

OWNER, NOBODY = "owner", "nobody"


@dataclass(frozen=True)
class Choices:
    """``owners``: who gets the accounts; ``single``: account -> which of them; ``rest``: sort -> to whom.

    A value of ``rest`` is the id of a user, ``owner`` (whoever has the account then) or ``nobody``.
    """

    people: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    single: Mapping[int, int] = field(default_factory=dict)
    rest: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: QueryDict) -> Choices:
        """Nonsense is left out."""
        single = {}
        for name, value in sent.items():
            account, owner = whole_number(name.removeprefix("owner-")), whole_number(str(value))
            if name.startswith("owner-") and account is not None and owner is not None:
                single[account] = owner
        rest = {sort.key: str(sent[f"rest-{sort.key}"]) for sort in SORTS if f"rest-{sort.key}" in sent}
        return cls(_numbers(sent, "to"), _numbers(sent, "team"), single, rest)

    def owners_among(self, could: list[User]) -> list[User]:
        """Who gets accounts, in the order of ``could``: those chosen and the members of chosen teams."""
        return [one for one in could if one.pk in self.people or one.team_id in self.teams]

    def to_whom(self, sort: Sort, people: Mapping[int, User], likely: Iterable[User]) -> User | str:
        """For one sort: a user whom it fits, ``OWNER`` or ``NOBODY``; unsaid, the first of the ``likely``."""
        said = self.rest.get(sort.key)
        if said is None:
            return OWNER if sort.follows else next((one for one in likely if sort.fits(one)), NOBODY)
        person = people.get(whole_number(said) or 0)
        if person is not None and sort.fits(person):
            return person
        return OWNER if sort.follows and said == OWNER else NOBODY


def _numbers(sent: QueryDict, name: str) -> tuple[int, ...]:
    found = (whole_number(value) for value in sent.getlist(name))
    return tuple(number for number in found if number is not None)
