"""To send: drafts that wait for somebody's approval, the oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.keyset import KeysetPage, Phases, cut, read_cursor
from core.pagination import COUNT_BOUND
from core.text import whole_number
from correspondence.models import Medium, Piece, Use
from users.access import acts_for
from users.models import User

SIZE = 25
"""On one page: somebody reads all of them before they approve."""

WHOSE = (("mine", _("Mine")), ("all", _("All that I may send")))
MAKERS = (("night", _("the night")), ("others", _("others")), ("me", _("me")))


@dataclass(frozen=True)
class Choice:
    """What the address asks for; nonsense is left out. ``by``: who made it; ``person``: in whose name."""

    whose: str = "mine"
    by: str = ""
    use: str = ""
    medium: str = ""
    person: int | None = None
    at: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Choice:
        def known(name: str, values: Any) -> str:
            return params.get(name, "") if params.get(name, "") in values else ""

        return cls(
            whose=known("whose", dict(WHOSE)) or "mine",
            by=known("by", dict(MAKERS)),
            use=known("use", Use.values),
            medium=known("medium", Medium.values),
            person=whole_number(params.get("person", "")),
            at=params.get("at", ""),
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.by or self.use or self.medium or self.person)

    @property
    def address(self) -> str:
        """The query string of this choice, without the page."""
        given = {name: getattr(self, name) for name in ("whose", "by", "use", "medium", "person")}
        return "?" + urlencode({name: value for name, value in given.items() if value})

    def apply(self, user: User) -> QuerySet[Any]:
        """The drafts that this user may send and wants to see."""
        rows = Piece.objects.editable_by(user).drafts()
        if self.whose == "mine":
            rows = rows.in_the_name_of(user)
        if self.by:
            rows = rows.made_by(self.by, user)
        if self.use:
            rows = rows.filter(use=self.use)
        if self.medium:
            rows = rows.filter(medium=self.medium)
        return rows.filter(sender=self.person) if self.person else rows


def drafts_page(user: User, choice: Choice, size: int = SIZE) -> KeysetPage:
    """Three queries, however many drafts there are."""
    rows = choice.apply(user)
    total = rows.order_by()[: COUNT_BOUND + 1].count()
    part = cut(Phases(rows, None, "id", kind=Decimal), read_cursor(choice.at), size)
    found = Piece.objects.for_drafts().in_bulk([edge.row_id for edge in part.edges])
    return KeysetPage(
        [found[edge.row_id] for edge in part.edges if edge.row_id in found],
        first=part.position + 1,
        total=min(total, COUNT_BOUND),
        more_than=total > COUNT_BOUND,
        previous=part.previous,
        next=part.next,
    )


def sendable(user: User, pieces: Sequence[Piece]) -> set[int]:
    """Those that this user may send as they are; of others they read the words and take them over first."""
    names = {piece.sender_id for piece in pieces}
    here = acts_for(user).filter(pk__in=names, is_active=True)
    mine = set(here.values_list("pk", flat=True))
    return {piece.pk for piece in pieces if piece.sender_id in mine}


def senders(user: User) -> list[tuple[int, str]]:
    """In whose names drafts wait that this user may send."""
    rows = Piece.objects.editable_by(user).drafts().exclude(sender=None).order_by()
    pairs = rows.values_list("sender_id", "sender__display_name").distinct()
    return sorted(pairs, key=lambda pair: str(pair[1]).casefold())
