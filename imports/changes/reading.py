"""Pages of the change history: found by moment over all kinds, then read kind by kind.

A page costs the same at its first and its last row: it goes back from a moment in windows that grow until
it is full, and an index by moment gives each window.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.utils.dateparse import parse_datetime

from accounts.models import Account
from core import doors
from core.history_reading import Change, changes_between, door_of
from imports.changes.choice import Choice
from imports.changes.kinds import Kind, kinds
from users.models import User

SIZE = 50
AT_ONCE = 500
"""Changes of a file that are read in one go."""
WINDOWS = (timedelta(days=1), timedelta(days=8), timedelta(days=64), timedelta(days=512))
NAMES = ("name", "display_name", "what", "subject", "recipient", "key", "title")

Place = tuple[datetime, int, int]
"""Where a change stands: its moment, the number of its kind, the number of its event. Newest first."""


@dataclass(frozen=True)
class Save:
    """One record as one save changed it, or its deletion."""

    kind: Kind
    record: Any  # its id
    name: str
    when: datetime
    who: str
    door: str
    is_deletion: bool
    is_there: bool
    account: Account | None
    changes: Sequence[Change]


@dataclass(frozen=True)
class Page:
    """``next``: the cursor of what follows; empty at the end."""

    saves: list[Save]
    next: str


def page(reader: User, choice: Choice, cursor: str = "", size: int = SIZE) -> Page:
    """The changes behind the cursor (or the newest), which this user may read."""
    found = _find(reader, choice, _read_cursor(cursor), size + 1)
    rest = _write_cursor(found[size - 1]) if len(found) > size else ""
    return Page(_read(found[:size]), rest)


def all_saves(reader: User, choice: Choice) -> Iterator[list[Save]]:
    """Every change of the choice, so many at a time."""
    cursor = ""
    while True:
        some = page(reader, choice, cursor, AT_ONCE)
        yield some.saves
        cursor = some.next
        if not cursor:
            return


# -- finding ---------------------------------------------------------------------------------------------


def _find(reader: User, choice: Choice, behind: Place | None, wanted: int) -> list[Place]:
    first, last = choice.moments(reader)
    asked = [(kind, choice.condition(kind, reader)) for kind in choice.kinds(reader)]
    newest = min(behind[0], last) if behind else last
    for window in WINDOWS:
        start = max(newest - window, first)
        found = _in_window(asked, start, last, behind, wanted)
        if len(found) >= wanted or start == first:
            return found
    return _in_window(asked, first, last, behind, wanted)


def _in_window(
    asked: list[tuple[Kind, Q]], start: datetime, end: datetime, behind: Place | None, wanted: int
) -> list[Place]:
    """One query over all kinds."""
    parts = [
        kind.events.objects.filter(condition, _behind(kind, behind), pgh_created_at__gte=start)
        .filter(pgh_created_at__lt=end)
        .order_by("-pgh_created_at", "-pgh_id")
        .annotate(kind_number=Value(kind.number))
        .values_list("pgh_created_at", "kind_number", "pgh_id")[:wanted]
        for kind, condition in asked
    ]
    if not parts:
        return []
    rows: QuerySet[Any, Any] = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return list(rows.order_by("-pgh_created_at", "-kind_number", "-pgh_id")[:wanted] if parts[1:] else rows)


def _behind(kind: Kind, place: Place | None) -> Q:
    if place is None:
        return Q()
    moment, number, event = place
    if kind.number < number:
        return Q(pgh_created_at__lte=moment)
    if kind.number > number:
        return Q(pgh_created_at__lt=moment)
    return Q(pgh_created_at__lt=moment) | Q(pgh_created_at=moment, pgh_id__lt=event)


def _write_cursor(place: Place) -> str:
    text = json.dumps([place[0].isoformat(), place[1], place[2]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> Place | None:
    """None, which is the first page, for nonsense."""
    try:
        raw, number, event = json.loads(base64.urlsafe_b64decode(text[:200] + "=" * (-len(text[:200]) % 4)))
        moment = parse_datetime(raw)
    except (ValueError, TypeError, binascii.Error):
        return None
    numbers = all(type(one) is int and 0 <= one < 2**62 for one in (number, event))
    return (moment, number, event) if numbers and moment is not None and moment.tzinfo else None


# -- reading ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """An event, the row that came of it, and whether its record is there today."""

    kind: Kind
    event: Any
    became: Any
    is_there: bool

    @property
    def account_id(self) -> int | None:
        """Of the account it hangs on, or is."""
        own = self.kind.label == "accounts.account"
        found: int | None = self.event.pgh_obj_id if own else getattr(self.event, "account_id", None)
        return found


def _read(places: Sequence[Place]) -> list[Save]:
    """Three queries for each kind on the page, and those for the names."""
    by_number = {kind.number: kind for kind in kinds().values()}
    wanted: dict[Kind, list[int]] = defaultdict(list)
    for _moment, number, event in places:
        wanted[by_number[number]].append(event)
    rows = [one for kind, ids in wanted.items() for one in _rows(kind, ids)]
    read = {(one.kind.number, one.event.pgh_id): one for one in rows}
    found = [read[number, event] for _moment, number, event in places if (number, event) in read]
    said = changes_between([(one.event, one.became) for one in found])
    accounts = Account.objects.in_bulk({one.account_id for one in found} - {None})
    return [
        _save(one, who, changes, accounts.get(one.account_id or 0))
        for one, (who, changes) in zip(found, said, strict=True)
    ]


def _rows(kind: Kind, ids: list[int]) -> Iterator[_Found]:
    later = kind.events.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__gt=OuterRef("pgh_id"))
    asked = kind.events.objects.filter(pgh_id__in=ids).select_related("pgh_context")
    events = list(asked.annotate(next_id=Subquery(later.order_by("pgh_id").values("pgh_id")[:1])))
    after = kind.events.objects.in_bulk([event.next_id for event in events if event.next_id])
    live = kind.model._base_manager.in_bulk({event.pgh_obj_id for event in events})
    for event in events:
        there = live.get(event.pgh_obj_id)
        became = None if event.pgh_label == "delete" else after.get(event.next_id) or there
        yield _Found(kind, event, became, there is not None)


def _save(found: _Found, who: str, changes: list[Change], account: Account | None) -> Save:
    event = found.event
    return Save(
        kind=found.kind,
        record=event.pgh_obj_id,
        name=_name(found.became or event),
        when=event.pgh_created_at,
        who=who,
        door=str(doors.every()[door_of(event)]),
        is_deletion=event.pgh_label == "delete",
        is_there=found.is_there,
        account=account,
        changes=changes,
    )


def _name(row: Any) -> str:
    """As people know it, from its own columns; its number where it has no name."""
    if hasattr(row, "last_name"):
        return f"{row.first_name} {row.last_name}".strip()
    words = next((str(getattr(row, name)) for name in NAMES if getattr(row, name, "")), "")
    return words[:120] or f"#{getattr(row, 'pgh_obj_id', row.pk)}"
