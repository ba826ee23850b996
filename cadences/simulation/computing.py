"""Asks the engine what running plan and draft owe, and adds it up. No rule of its own.

The answer is JSON: ``weeks`` (Mondays), ``kinds`` {kind: {"old", "new"}} in touchpoints, ``users`` {id:
{"old", "new", "old_minutes", "new_minutes"}} with "0" for nobody in person, ``capacity`` {id: minutes},
``effect`` of the first night, ``effect_alone``: what that night would write anyway, where it is not the next
(else null), ``samples``, ``accounts``. Lists have one number for each week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from accounts.models import Account
from cadences.capacity import capacity
from cadences.cost import WORDS, Load, effect, load
from cadences.models import Plan
from cadences.simulation.samples import samples
from users.clock import company_today

WEEKS = 26
SLICE = 250_000
"""Accounts per question: fewer cost more in sum, since each reads the facts anew; more cost memory."""

WEEK = timedelta(days=7)
Tell = Callable[[str, int, int], None]
"""Told what is computed next (running, draft, effect, samples), and how many steps of all are done."""


def compute(draft: Plan, on: date, tell: Tell) -> dict[str, Any]:
    """The figures of a draft that would take over on ``on``, beside those of the running plan.

    Both are asked as of that day, with the facts that are known now.
    """
    running = Plan.objects.running().first()
    ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    slices = list(_slices(ids))
    steps = len(slices) * 3 + 1
    sums, night, alone = Sums(on), dict.fromkeys(WORDS, 0), dict.fromkeys(WORDS, 0)
    is_later = running is not None and on > company_today()
    for place, part in enumerate(slices):
        done = place * 3
        if running is not None:
            tell("running", done, steps)
            sums.add("old", load(running, on, WEEKS, part))
        tell("draft", done + 1, steps)
        sums.add("new", load(draft, on, WEEKS, part))
        tell("effect", done + 2, steps)
        _count(night, effect(draft, on, part))
        if running is not None and is_later:
            _count(alone, effect(running, on, part))
    tell("samples", steps - 1, steps)
    return {
        "accounts": len(ids),
        "running": running.version if running is not None else None,
        "weeks": [week.isoformat() for week in sums.weeks],
        "kinds": sums.kinds,
        "users": sums.users,
        "capacity": _capacity(sums, on),
        "effect": night,
        "effect_alone": alone if is_later else None,
        "samples": samples(running, draft, on),
    }


def _count(sums: dict[str, int], found: dict[str, int]) -> None:
    for word, count in found.items():
        sums[word] += count


class Sums:
    """Loads added up by week: touchpoints of each kind, touchpoints and minutes of each user.

    The weeks are that of ``as_of``, which holds what is late too, and the next ones; what falls beyond them
    (the engine is asked for half a year to the day) is left out.
    """

    def __init__(self, as_of: date) -> None:
        first = as_of - timedelta(days=as_of.weekday())
        self.weeks = [first + WEEK * number for number in range(WEEKS)]
        self.kinds: dict[str, dict[str, list[int]]] = {}
        self.users: dict[str, dict[str, list[int]]] = {}
        self._places = {week: place for place, week in enumerate(self.weeks)}

    def add(self, which: str, loads: Iterable[Load]) -> None:
        """``which``: old (the running plan) or new (the draft)."""
        for one in loads:
            place = self._places.get(one.week_on)
            if place is None:
                continue
            kind = self.kinds.setdefault(one.kind, _empty("old", "new"))
            kind[which][place] += one.touchpoints
            user = self.users.setdefault(
                str(one.assignee_id or 0), _empty("old", "new", "old_minutes", "new_minutes")
            )
            user[which][place] += one.touchpoints
            user[f"{which}_minutes"][place] += one.minutes


def _empty(*names: str) -> dict[str, list[int]]:
    return {name: [0] * WEEKS for name in names}


def _capacity(sums: Sums, as_of: date) -> dict[str, list[int]]:
    """Minutes of everybody who has a touchpoint; of the first week only what is left of it."""
    people = [int(user) for user in sums.users if user != "0"]
    minutes = {str(user): [0] * WEEKS for user in people}
    for one in capacity(people, as_of, sums.weeks[-1] + WEEK - timedelta(days=1)):
        minutes[str(one.user_id)][sums.weeks.index(one.week_on)] = one.minutes
    return minutes


def _slices(ids: list[int]) -> Iterator[list[int] | None]:
    """None stands for all accounts: where one question does."""
    if len(ids) <= SLICE:
        yield None
        return
    for start in range(0, len(ids), SLICE):
        yield ids[start : start + SLICE]
