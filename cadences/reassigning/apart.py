"""What was given on besides accounts, when somebody left: kept with the change, and taken back with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from cadences.reassigning.noted import NOTED, Back, Given, Noted
from core import facts
from users.models import User

_kinds: dict[str, Noted] = dict(NOTED)


def register(key: str, kind: Noted) -> None:
    """Under this name a change keeps what it has given of that kind."""
    _kinds[key] = kind


@dataclass(frozen=True)
class Outcome:
    """``done``: how many went back; ``stayed``: what was changed since; ``refused``: who may not have it."""

    done: int
    stayed: tuple[tuple[Noted, Any], ...]
    refused: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """What did not go back, in short; nothing where all did, or is over."""
        count = len(self.stayed)
        if not count:
            return " ".join(self.refused)
        words = ngettext(
            "%(n)d thing that went along has been changed since; it stays as it is now.",
            "%(n)d things that went along have been changed since; they stay as they are now.",
            count,
        )
        return " ".join([*self.refused, words % {"n": count}])

    @property
    def one_by_one(self) -> list[str]:
        """The same, each with its name."""
        words = _("%(kind)s: “%(name)s” has been changed since; it stays as it is now.")
        return [*self.refused, *(words % {"kind": kind.label, "name": row} for kind, row in self.stayed)]


def give_back(given: Iterable[Sequence[Any]], account_id: int | None = None) -> Outcome:
    """What is still open and with whoever got it. ``account_id``: only of what hangs there by now."""
    by_kind: dict[str, list[Given]] = defaultdict(list)
    for one in map(Given._make, given):
        by_kind[one.kind].append(one)
    people = User.objects.in_bulk({one.whose for some in by_kind.values() for one in some})
    where = {"account": account_id} if account_id is not None else {}
    if account_id is not None:
        list(Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk=account_id))
    done, stayed, refused = 0, list[tuple[Noted, Any]](), dict[str, None]()
    for key, some in by_kind.items():
        kind = _kinds[key]
        fitting = [one for one in some if one.whose in people and kind.fits(people[one.whose])]
        for one in some:
            if one not in fitting:
                refused[_cannot(people.get(one.whose))] = None
        back: Back = kind.give_back(fitting, **where)
        done += back.done
        stayed += [(kind, row) for row in back.stayed]
    if account_id is not None and done:
        facts.changed(account_ids=[account_id])
    return Outcome(done, tuple(stayed), tuple(refused))


def _cannot(person: User | None) -> str:
    words = _("%(name)s cannot have it back: activate them and give them their role again first.")
    return words % {"name": person or _("Somebody who is gone")}
