"""What was given on besides accounts, when somebody left: kept with the change, and taken back with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.reassigning.noted import NOTED, Given, Noted
from core import facts
from users.models import User

_kinds: dict[str, Noted] = dict(NOTED)


def register(key: str, kind: Noted) -> None:
    """Under this name a change keeps what it has given of that kind."""
    _kinds[key] = kind


@dataclass(frozen=True)
class Outcome:
    """``done``: what went back; ``stayed``: what was changed since, with its row; ``refused``: what they may
    not have, with the words for it.
    """

    done: tuple[Given, ...]
    stayed: tuple[tuple[Given, Any], ...]
    refused: tuple[tuple[Given, str], ...]

    def words_of(self, account_id: int) -> str:
        """What of an account did not go back, in short; nothing where all did, or is over."""
        refused = dict.fromkeys(words for one, words in self.refused if one.account == account_id)
        count = sum(one.account == account_id for one, _row in self.stayed)
        if not count:
            return " ".join(refused)
        words = ngettext(
            "%(n)d thing that went along has been changed since; it stays as it is now.",
            "%(n)d things that went along have been changed since; they stay as they are now.",
            count,
        )
        return " ".join([*refused, words % {"n": count}])

    @property
    def one_by_one(self) -> list[str]:
        """The same of all, each with its name."""
        words = _("%(kind)s: “%(name)s” has been changed since; it stays as it is now.")
        stayed = [words % {"kind": _kinds[one.kind].label, "name": row} for one, row in self.stayed]
        return [*dict.fromkeys(words for _one, words in self.refused), *stayed]


def give_back(given: Iterable[Given]) -> Outcome:
    """What is still open and with whoever got it, some statements for each kind; the caller has locked the
    accounts.
    """
    by_kind: dict[str, list[Given]] = defaultdict(list)
    for one in given:
        by_kind[one.kind].append(one)
    people = User.objects.in_bulk({one.whose for some in by_kind.values() for one in some})
    done, stayed, refused = list[Given](), list[tuple[Given, Any]](), list[tuple[Given, str]]()
    for key, some in by_kind.items():
        kind = _kinds[key]
        may = {pk for pk, person in people.items() if kind.fits(person)}
        refused += [(one, _cannot(people.get(one.whose))) for one in some if one.whose not in may]
        back = kind.give_back(one for one in some if one.whose in may)
        done += back.done
        stayed += back.stayed
    facts.changed(account_ids={one.account for one in done if one.account is not None})
    return Outcome(tuple(done), tuple(stayed), tuple(refused))


def _cannot(person: User | None) -> str:
    words = _("%(name)s cannot have it back: activate them and give them their role again first.")
    return words % {"name": person or _("Somebody who is gone")}
