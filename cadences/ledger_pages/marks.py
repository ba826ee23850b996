"""How each touchpoint counts in the ledger: as exactly one mark. What is late, cadences.lateness says.

Owed = on time + late + skipped + lapsed + overdue. What is to come and what was cancelled stand apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from cadences.late_rows import LateDays
from cadences.models import PlanItem, Touchpoint

ON_TIME, LATE, SKIPPED, LAPSED, OVERDUE = "on_time", "late", "skipped", "lapsed", "overdue"
TO_COME, CANCELLED = "to_come", "cancelled"
OWED = (ON_TIME, LATE, SKIPPED, LAPSED, OVERDUE)
MARKS = (*OWED, TO_COME, CANCELLED)
WORDS: dict[str, Any] = {
    "owed": _("Owed"),
    ON_TIME: _("On time"),
    LATE: _("Late"),
    SKIPPED: _("Skipped"),
    LAPSED: _("Lapsed"),
    OVERDUE: _("Overdue"),
    TO_COME: _("To come"),
    CANCELLED: _("Cancelled"),
}


def with_marks(rows: QuerySet[Touchpoint], today: date) -> QuerySet[Touchpoint]:
    """``is_late`` and ``mark`` of each row: done counts by its own day, open by ``today``.

    Putting off excuses nothing.
    """
    late = ExpressionWrapper(
        GreaterThan(LateDays(Coalesce("closed_on", Cast(Value(today), DateField()))), 0),
        output_field=BooleanField(),
    )
    known = [
        When(state=state, is_late=is_late, then=Value(mark)) for (state, is_late), mark in BY_LATENESS.items()
    ]
    return rows.annotate(is_late=late).annotate(
        mark=Case(*known, default=F("state"), output_field=CharField())
    )


def mark_of(state: str, is_late: bool) -> str:
    """``mark`` of rows that were grouped by ``state`` and ``is_late``."""
    return BY_LATENESS.get((state, is_late), state)


BY_LATENESS = {
    (str(Touchpoint.State.DONE), True): LATE,
    (str(Touchpoint.State.DONE), False): ON_TIME,
    (str(Touchpoint.State.OPEN), True): OVERDUE,
    (str(Touchpoint.State.OPEN), False): TO_COME,
}
"""What a state counts as where it matters whether it is late; the other states are marks themselves."""

IS_SYSTEM = Q(assignee=None) & (Q(kind=Touchpoint.Kind.SURVEY) | Q(item__assignee=PlanItem.Assignee.NOBODY))
"""What the system sends: nobody is to do it."""


@dataclass(frozen=True)
class Figures:
    """How many rows carry each mark."""

    on_time: int = 0
    late: int = 0
    skipped: int = 0
    lapsed: int = 0
    overdue: int = 0
    to_come: int = 0
    cancelled: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Figures:
        """Of the ``count`` of rows that have one ``state`` and are all late or all not."""
        return cls(**{mark_of(row["state"], row["is_late"]): row["count"]})

    def __add__(self, other: Figures) -> Figures:
        return Figures(**{mark: getattr(self, mark) + getattr(other, mark) for mark in MARKS})

    @property
    def owed(self) -> int:
        return sum(getattr(self, mark) for mark in OWED)

    @property
    def delivered(self) -> int:
        return self.on_time + self.late

    @property
    def kept(self) -> int | None:
        """Of 100 owed, those done on time, rounded down, so that 100 means all. None: nothing owed."""
        return 100 * self.on_time // self.owed if self.owed else None

    @property
    def tone(self) -> str:
        """Green from 90 % on, red below 70 %; the number says it, the colour repeats it."""
        if self.kept is None:
            return ""
        return "kept" if self.kept >= 90 else "soon" if self.kept >= 70 else "late"

    @property
    def is_empty(self) -> bool:
        return not (self.owed or self.to_come or self.cancelled)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Mark and number, in the order of the table."""
        return [("owed", self.owed), *((mark, getattr(self, mark)) for mark in MARKS)]
