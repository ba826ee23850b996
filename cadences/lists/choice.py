"""What the address of the account list asks for, and the address that asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from accounts.models import Account
from accounts.querysets import known_owner
from cadences.lists.columns import COLUMNS, DEFAULT_COLUMNS
from core.keyset import Cursor, read_cursor
from core.text import whole_number
from users.models import User

DEFAULT_SORT = "name"
MOST_VALUES = 50  # of one filter
MOST_DAYS = 20_000
MOST_NUMBER = 10**15
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """Filters, order and columns; nonsense in the address falls back to the default."""

    q: str = ""
    owner: str = "all"
    tiers: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    tags: tuple[int, ...] = ()
    book: str = ""
    silent: int | None = None
    sold_before: date | None = None
    sold_since: date | None = None
    employees: int | None = None
    sales: int | None = None
    concern: bool = False
    paused: str = ""
    no_next: bool = False
    sort: str = DEFAULT_SORT
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    view: int | None = None
    cursor: Cursor | None = field(default=None, compare=False)

    @classmethod
    def read(cls, params: QueryDict, user: User) -> Choice:
        """Salespeople start with their own accounts, managers with their team's, others with all."""
        sort = params.get("sort", DEFAULT_SORT)
        return cls(
            q=params.get("q", "").replace("\x00", "").strip()[:100],
            owner=known_owner(params.get("owner") or default_owner(user)),
            tiers=_numbers(params, "tier"),
            statuses=_among(params, "status", Account.Status.values),
            countries=tuple(sorted({code.upper()[:2] for code in _values(params, "country")})),
            tags=_numbers(params, "tag"),
            book={"1": "in", "0": "out"}.get(params.get("book", ""), ""),
            silent=_days(params.get("silent", "")),
            sold_before=_day(params.get("sold_before", "")),
            sold_since=_day(params.get("sold_since", "")),
            employees=_at_least(params.get("employees", "")),
            sales=_at_least(params.get("sales", "")),
            concern=params.get("concern") == "1",
            paused={"1": "yes", "0": "no"}.get(params.get("paused", ""), ""),
            no_next=params.get("no_next") == "1",
            sort=sort if sort.removeprefix("-") in COLUMNS else DEFAULT_SORT,
            columns=_among(params, "col", COLUMNS) or DEFAULT_COLUMNS,
            view=whole_number(params.get("view", "")),
            cursor=read_cursor(params.get("at", "")),
        )

    @property
    def key(self) -> str:
        """The column that the list is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def filtered(self) -> bool:
        """Whether anything but whose accounts they are is asked for."""
        return bool(self.filters(owner=False))

    def filters(self, *, owner: bool = True) -> Pairs:
        """The filters as pairs of the address."""
        pairs: list[tuple[str, Any]] = [("q", self.q), ("owner", self.owner if owner else "")]
        pairs += [("tier", one) for one in self.tiers] + [("status", one) for one in self.statuses]
        pairs += [("country", one) for one in self.countries] + [("tag", one) for one in self.tags]
        pairs += [
            ("book", {"in": "1", "out": "0"}.get(self.book)),
            ("silent", self.silent),
            ("sold_before", self.sold_before and self.sold_before.isoformat()),
            ("sold_since", self.sold_since and self.sold_since.isoformat()),
            ("employees", self.employees),
            ("sales", self.sales),
            ("concern", "1" if self.concern else ""),
            ("paused", {"yes": "1", "no": "0"}.get(self.paused)),
            ("no_next", "1" if self.no_next else ""),
        ]
        return [(name, str(value)) for name, value in pairs if value not in (None, "", 0)]

    def pairs(self) -> Pairs:
        """All of it but the page and the name of the view: what a saved view keeps."""
        rest: Pairs = [("sort", self.sort)] if self.sort != DEFAULT_SORT else []
        if self.columns != DEFAULT_COLUMNS:
            rest += [("col", key) for key in self.columns]
        return self.filters() + rest

    def kept_by_search(self) -> Pairs:
        """What the form of text and owner sends along."""
        return self._all_but("q", "owner")

    def kept_by_filters(self) -> Pairs:
        """What the form of the other filters sends along."""
        ours = (
            "owner",
            "tier",
            "status",
            "country",
            "tag",
            "book",
            "silent",
            "sold_before",
            "sold_since",
            "employees",
            "sales",
            "concern",
            "paused",
        )
        return self._all_but(*ours, "no_next")

    def kept_by_columns(self) -> Pairs:
        """What the form of columns and order sends along."""
        return self._all_but("col", "sort")

    def _all_but(self, *names: str) -> Pairs:
        pairs = self.pairs() + ([("view", str(self.view))] if self.view else [])
        return [(name, value) for name, value in pairs if name not in names]

    def query(self) -> str:
        """The address of this state, in one spelling: two states are the same when their queries are."""
        return urlencode(self.pairs())

    def address(self, **changes: Any) -> str:
        """``?…`` of this state, the named view kept, with some fields exchanged."""
        other = replace(self, **changes) if changes else self
        view = [("view", str(other.view))] if other.view else []
        return f"?{urlencode(other.pairs() + view)}"


def default_owner(user: User) -> str:
    if user.has_role(User.Role.SALESPERSON):
        return "me"
    return "team" if user.is_manager else "all"


def _values(params: QueryDict, name: str) -> list[str]:
    return [value for value in params.getlist(name) if value and "\x00" not in value][:MOST_VALUES]


def _numbers(params: QueryDict, name: str) -> tuple[int, ...]:
    found = (whole_number(value) for value in _values(params, name))
    return tuple(dict.fromkeys(number for number in found if number))


def _among(params: QueryDict, name: str, known: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in _values(params, name) if value in known))


def _days(text: str) -> int | None:
    number = whole_number(text)
    return number if number and number <= MOST_DAYS else None


def _at_least(text: str) -> int | None:
    """A round number from 1 on; people write 20,000,000 in several ways."""
    number = whole_number(text.translate(str.maketrans("", "", " ,.'\u00a0\u202f")))
    return number if number and number <= MOST_NUMBER else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
