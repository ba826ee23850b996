"""The five W's of the account page: what the records tell, and what people said about it (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.five_ws import confirmable
from accounts.models import Account, Quiet, W
from cadences.lists.facts import a_year_before


@dataclass(frozen=True)
class Said:
    """A person's answer. ``is_old``: given more than a year ago, and the page says so."""

    by: str
    on: date
    words: str
    reason: str
    is_old: bool


@dataclass(frozen=True)
class Tile:
    """One W. ``said`` is shown also where it is open again: why they bought nothing the last time."""

    w: W
    is_open: bool
    said: Said | None
    is_confirmable: bool = False

    @property
    def template(self) -> str:
        return f"accounts/five_ws/_{self.w.value}.html"


@dataclass(frozen=True)
class FiveWs:
    """All of one account; why is left out where nobody has ever been asked."""

    tiles: list[Tile]

    @property
    def open_count(self) -> int:
        return sum(tile.is_open for tile in self.tiles)

    @property
    def is_confirmable(self) -> bool:
        """Whether one press can say of something that it is right."""
        return any(tile.is_confirmable for tile in self.tiles)


def tiles(
    account: Account, open_ws: list[str], said_ws: list[dict[str, Any]], told: set[W], today: date
) -> FiveWs:
    """The five W's of an account, from what ``standing`` has asked. No query. ``told``: by the records."""
    said = {row["w"]: _said(row, today) for row in said_ws}
    worded = [w for w, one in said.items() if one.words]
    ready = confirmable(account, open_ws, worded, told)
    found = [Tile(w, w.value in open_ws, said.get(w.value), w in ready) for w in W]
    return FiveWs([tile for tile in found if tile.w != W.WHY or tile.is_open or tile.said])


def _said(row: dict[str, Any], today: date) -> Said:
    on = date.fromisoformat(row["on"])
    reason = str(Quiet(row["reason"]).label) if row["reason"] else ""
    return Said(row["by"] or "", on, row["words"], reason, on < a_year_before(today))


def known_since(account: Account) -> date:
    """With us since: their first purchase, else the day from which our facts count."""
    return account.became_customer_on or account.facts_from or account.created_at.date()
