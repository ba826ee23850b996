"""Who is asked, as a rule: a person cannot be picked, and a salesperson has no say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Rule:
    """All that are named must hold; nothing named = every customer.

    ``tiers`` and ``tags`` are ids, ``countries`` codes; ``bought_since``: the last purchase is not older.
    """

    tiers: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    tags: tuple[int, ...] = ()
    bought_since: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == Rule()

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON column; without what is not said."""
        said = {
            "tiers": list(self.tiers), "countries": list(self.countries), "tags": list(self.tags),
            "bought_since": self.bought_since.isoformat() if self.bought_since else None,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        since = data.get("bought_since")
        return cls(
            tiers=tuple(data.get("tiers") or ()),
            countries=tuple(data.get("countries") or ()),
            tags=tuple(data.get("tags") or ()),
            bought_since=date.fromisoformat(since) if since else None,
        )
