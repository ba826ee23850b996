"""The list of exceptions: what the address asks for, and what each line says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from cadences.exception_querysets import SOON
from cadences.exceptions import in_words, is_over
from cadences.models import Override
from core.text import whole_number
from users.models import User

STATES = ("soon", "over", "all")


@dataclass(frozen=True)
class Choice:
    """Nonsense falls back to everything that runs."""

    q: str = ""
    slot: int | None = None
    kind: str = ""
    state: str = ""
    owner: str = "all"

    @classmethod
    def read(cls, params: QueryDict) -> Choice:
        owner, state = params.get("owner", ""), params.get("state", "")
        known = owner in {"me", "team", "nobody", "all"} or whole_number(owner) is not None
        return cls(
            q=params.get("q", "").replace("\x00", "").strip()[:100],
            slot=whole_number(params.get("slot", "")),
            kind=params.get("kind", ""),
            state=state if state in STATES else "",
            owner=owner if known else "all",
        )

    @property
    def is_filtered(self) -> bool:
        return self != Choice()


@dataclass(frozen=True)
class Line:
    """One exception as the list shows it."""

    override: Override
    words: str
    is_over: bool
    ends_soon: bool

    @property
    def cells(self) -> list[Any]:
        """For the file; dates as ISO dates."""
        one = self.override
        owner = one.account.owner.display_name if one.account.owner else ""
        return [
            one.account.name,
            one.account.external_id,
            owner,
            one.slot.name,
            self.words,
            one.reason,
            one.since,
            one.until,
        ]


def header() -> list[str]:
    return [
        _("Account"), _("Number"), _("Owner"), _("Touchpoint"), _("What differs"), _("Why"), _("Since"),
        _("Last day"),
    ]  # fmt: skip


def found(user: User, choice: Choice, today: date) -> Any:
    rows = Override.objects.visible_to(user).search(choice.q).at_accounts_of(choice.owner, user)
    rows = rows.of_kind(choice.kind).in_state(choice.state, today)
    if choice.slot:
        rows = rows.filter(slot=choice.slot)
    return rows.for_list()


def line(override: Override, today: date) -> Line:
    over = is_over(override, today)
    soon = override.until is not None and not over and override.until <= today + SOON
    return Line(override, in_words(override), over, soon)
