"""The touchpoints behind a number: page and file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cadences.late_rows import LateDays
from cadences.ledger_pages.choice import Choice
from cadences.ledger_pages.marks import WORDS
from cadences.querysets import TouchpointQuerySet
from cadences.words import short_why
from core.pagination import Page, paginate
from users.models import User

HEADER = (
    lazy("Account"), lazy("Tier"), lazy("Slot"), lazy("Kind"), lazy("Planned on"), lazy("Due on"),
    lazy("Tolerance in days"), lazy("Counts as"), lazy("Done or closed on"), lazy("Days late"),
    lazy("Assigned to"), lazy("Closed by"), lazy("Reason"), lazy("Why"),
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One touchpoint as the list shows it. ``late`` in days; 0 unless it was done late or is overdue."""

    touchpoint: Any
    late: int
    why: str

    @property
    def mark(self) -> str:
        return str(self.touchpoint.mark)

    @property
    def word(self) -> str:
        return str(WORDS[self.mark])

    @property
    def tone(self) -> str:
        tones = {"on_time": "kept", "late": "soon", "skipped": "soon", "lapsed": "late", "overdue": "late"}
        return tones.get(self.mark, "quiet")


def rows_page(user: User, choice: Choice, today: date, number: int) -> Page:
    """Latest first; two queries and one for the exceptions, however many rows there are."""
    page = paginate(_loaded(user, choice, today), number)
    return Page(**{**page.__dict__, "rows": [_shown(row) for row in page.rows]})


def file_rows(user: User, choice: Choice, today: date) -> Iterator[list[Any]]:
    """Every row for the file; dates as they are."""
    for row in _loaded(user, choice, today).iterator(chunk_size=2000):
        shown = _shown(row)
        yield [
            row.account.name,
            row.account.tier.name if row.account.tier else "",
            row.slot.name,
            row.get_kind_display(),
            row.planned_on,
            row.due_on,
            row.tolerance_days,
            shown.word,
            row.closed_on,
            shown.late,
            row.assignee.display_name if row.assignee else "",
            row.closed_by.display_name if row.closed_by else "",
            _(row.reason) if row.reason else "",
            shown.why,
        ]


def _loaded(user: User, choice: Choice, today: date) -> TouchpointQuerySet:
    rows = choice.rows(user, today)
    return (
        rows.with_own_interval(today)
        .annotate(late_then=LateDays(F("closed_on")), late_now=LateDays(today))
        .select_related("account__tier", "slot", "item", "assignee", "closed_by")
        .order_by("-planned_on", "account__name_folded", "id")
    )


def _shown(row: Any) -> Shown:
    late = {"late": row.late_then, "overdue": row.late_now}.get(row.mark, 0)
    return Shown(row, late or 0, short_why(row))
