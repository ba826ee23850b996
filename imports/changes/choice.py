"""What the address asks for: whose changes, through which door, of which records, in which days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date

from core import doors
from core.text import whole_number
from imports.changes.kinds import Kind, kinds, narrowed, read_by, whose
from users.clock import today_for, zone
from users.models import User

DAYS = 30
"""So far back the list goes unless another day is named."""
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)
REASON = "pgh_context__metadata__reason"
DOOR = "pgh_context__metadata__door"


@dataclass(frozen=True)
class Choice:
    """Nonsense is left out. ``record``: the id of one record of ``kind``; ``until`` is included."""

    since: date
    until: date | None = None
    user: int | None = None
    door: str = ""
    kind: str = ""
    record: str = ""
    account: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str], reader: User) -> Choice:
        """A record or an account is shown as far back as anything is known of it."""
        kind, record = params.get("kind", ""), params.get("record", "").replace("\x00", "")[:40]
        kind = kind if kind in kinds() else ""
        account = whole_number(params.get("account", ""))
        first = FIRST if (kind and record) or account else today_for(reader) - timedelta(days=DAYS)
        return cls(
            since=_day(params.get("since", "")) or first,
            until=_day(params.get("until", "")),
            user=whole_number(params.get("user", "")),
            door=params.get("door", "") if params.get("door", "") in doors.every() else "",
            kind=kind,
            record=record if kind else "",
            account=account,
        )

    @property
    def query(self) -> str:
        """The same as an address has it."""
        return urlencode({name: value for name, value in self.__dict__.items() if value})

    def moments(self, reader: User) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the last of the last, at the reader's place."""
        here = zone(reader.time_zone)
        start = datetime.combine(self.since, datetime.min.time(), tzinfo=here)
        if self.until is None:  # the clock of the database may go before ours
            return start, timezone.now() + timedelta(days=1)
        return start, datetime.combine(self.until + timedelta(days=1), datetime.min.time(), tzinfo=here)

    def kinds(self, reader: User) -> list[Kind]:
        found = [kind for kind in read_by(reader) if self.kind in ("", kind.label)]
        return [kind for kind in found if kind.hangs_on_account] if self.account else found

    def condition(self, kind: Kind, reader: User) -> Q:
        """What rows of a kind must meet, besides the days."""
        found = narrowed(kind, reader) & _by(self.user, whose(reader)) & _through(self.door)
        if self.record:
            found &= _of_record(kind, self.record)
        return found & kind.of_account(self.account) if self.account else found


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and FIRST <= day <= LAST else None


def _of_record(kind: Kind, record: str) -> Q:
    try:
        return Q(pgh_obj_id=kind.model._meta.pk.to_python(record))
    except Exception:  # no id of such a record
        return Q(pk__in=[])


def _by(user_id: int | None, allowed: set[int] | None) -> Q:
    """Compared as JSON, as the index has it."""
    if allowed is None:
        return Q(pgh_context__metadata__user=user_id) if user_id else Q()
    wanted = allowed & {user_id} if user_id else allowed
    return Q(pgh_context__metadata__user__in=sorted(wanted))


def _through(door: str) -> Q:
    """The rule of ``core.doors.of``, as a filter."""
    if not door:
        return Q()
    if door == doors.BACKGROUND:
        return Q(pgh_context__isnull=True)
    unnamed, known = Q(**{f"{DOOR}__isnull": True}), Q(pk__in=[])
    begins: dict[str, Q] = {}
    for start, one in doors.reasons():
        begins[one] = begins.get(one, Q(pk__in=[])) | Q(**{f"{REASON}__startswith": start})
    for said in begins.values():
        known |= said
    silent = Q(**{f"{REASON}__isnull": True}) | Q(**{REASON: ""}) | Q(**{REASON: None})
    rules = {one: unnamed & said for one, said in begins.items()} | {
        doors.COMMAND: unnamed & ~silent & ~known,
        doors.PAGE: unnamed & silent & Q(pgh_context__isnull=False),
    }
    return rules.get(door, Q(**{DOOR: door}))
