"""What a change would move, as people read it before they save; the engine says it (cadences.rehearsal)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from cadences.models import Slot
from cadences.reconcile import accounts_served_by
from cadences.rehearsal import Change, what_would_change
from core.forms import attempt
from users.models import User

LEAVE = gettext_lazy("Leave it as it is")
"""On the button beside one that ends something: there is no form to go back to."""

SHOWN = 20
MOST_ACCOUNTS = 20_000
"""Of more accounts the comparison takes longer than somebody waits for a page."""


@dataclass(frozen=True)
class Move:
    """One touchpoint before and after."""

    act: str
    touchpoint_id: int | None
    account: Account
    slot: Slot
    old_on: date | None
    on: date | None
    old_person: User | None
    person: User | None
    reason: str

    @property
    def is_later(self) -> bool:
        return self.old_on != self.on

    @property
    def changes_hands(self) -> bool:
        return self.old_person != self.person


@dataclass
class Consequences:
    """The first moves, how many of each sort there are, and what else somebody should know."""

    moves: list[Move] = field(default_factory=list)
    total: int = 0
    counts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    too_many: int = 0

    @property
    def left_out(self) -> int:
        return self.total - len(self.moves)

    def __bool__(self) -> bool:
        """Whether there is anything to read before saving."""
        return bool(self.total or self.notes or self.too_many)


def consequences(
    change: Callable[[], object],
    *,
    account_ids: Collection[int] = (),
    user_ids: Collection[int] = (),
) -> Consequences:
    """What ``change()`` would move among these accounts and those that these users serve; writes nothing.

    Errors of ``change`` are the caller's.
    """
    served = {*account_ids, *accounts_served_by(user_ids)}
    if len(served) > MOST_ACCOUNTS:
        return Consequences(too_many=len(served))
    changes = what_would_change(change, account_ids=account_ids, user_ids=user_ids)
    return Consequences(moves=_named(_in_order(changes)[:SHOWN]), total=len(changes), counts=_counts(changes))


@dataclass(frozen=True)
class Step:
    """What became of a form that is saved in two steps: saved, or to be read first, or to be corrected."""

    saved: Any = None
    shown: Consequences | None = None


def save_or_show(
    request: HttpRequest,
    form: BaseForm,
    verb: Callable[[], object],
    *,
    account_ids: Callable[[], Collection[int]] = tuple,
    user_ids: Callable[[], Collection[int]] = tuple,
    notes: Callable[[object], list[str]] | None = None,
) -> Step:
    """Save once the consequences were read (``confirmed`` is sent), or at once where there are none.

    ``notes`` gets what the rehearsed verb returned, while its rows still stand.
    """
    if "change" in request.POST or not form.is_valid():
        return Step()
    if "confirmed" not in request.POST:
        said: list[str] = []

        def rehearsed() -> object:
            result = verb()
            said.extend(notes(result) if notes else [])
            return result

        try:
            found = consequences(rehearsed, account_ids=account_ids(), user_ids=user_ids())
        except ValidationError:
            return Step(saved=attempt(form, verb))  # refused again, beside its field
        found.notes = said
        if found:
            return Step(shown=found)
    return Step(saved=attempt(form, verb))


def confirm_page(request: HttpRequest, found: Consequences, **context: Any) -> HttpResponse:
    """What moves, with *save* and *back to the form*; ``context``: title, lead, submit, keep (for *back*)."""
    ours = {"csrfmiddlewaretoken", "confirmed", "change"}
    sent = [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]
    context = {"found": found, "sent": sent, "action": request.get_full_path(), **context}
    return render(request, "calendars/consequences.html", context)


def _in_order(changes: list[Change]) -> list[Change]:
    return sorted(changes, key=lambda one: (one.old_due_on or one.due_on or date.max, one.account_id))


def _named(changes: list[Change]) -> list[Move]:
    """With the rows that the page names; three queries."""
    accounts = Account.objects.in_bulk({one.account_id for one in changes})
    slots = Slot.objects.in_bulk({one.slot_id for one in changes})
    people = User.objects.in_bulk(
        {pk for one in changes for pk in (one.old_assignee_id, one.assignee_id) if pk}
    )
    return [
        Move(
            act=one.act,
            touchpoint_id=one.touchpoint_id,
            account=accounts[one.account_id],
            slot=slots[one.slot_id],
            old_on=one.old_due_on,
            on=one.due_on,
            old_person=people.get(one.old_assignee_id or 0),
            person=people.get(one.assignee_id or 0),
            reason=one.reason,
        )
        for one in changes
    ]


def _sort(change: Change) -> str:
    if change.act != "moved":
        return change.act
    return "later" if change.old_due_on != change.due_on else "handed"


def _counts(changes: list[Change]) -> list[str]:
    """How many of each sort, in words: "14 move to another day"."""
    number = Counter(_sort(one) for one in changes)
    return [words(number[sort]) for sort, words in _WORDS.items() if number[sort]]


_WORDS: dict[str, Callable[[int], str]] = {
    "later": lambda n: ngettext("%(n)d moves to another day", "%(n)d move to another day", n) % {"n": n},
    "handed": lambda n: ngettext("%(n)d goes to somebody else", "%(n)d go to somebody else", n) % {"n": n},
    "created": lambda n: ngettext("%(n)d is owed in addition", "%(n)d are owed in addition", n) % {"n": n},
    "reopened": lambda n: ngettext("%(n)d is owed again", "%(n)d are owed again", n) % {"n": n},
    "lapsed": lambda n: ngettext("%(n)d lapses", "%(n)d lapse", n) % {"n": n},
    "cancelled": lambda n: ngettext("%(n)d is no longer owed", "%(n)d are no longer owed", n) % {"n": n},
}


def horizon_note(last: date, today: date, horizon_days: int) -> str:
    """Said where a change reaches beyond what is planned already; empty elsewhere."""
    if (last - today).days <= horizon_days:
        return ""
    return _("What is planned only later is planned around it.")
