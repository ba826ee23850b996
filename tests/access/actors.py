"""Who asks, and what a row of the table of ``matrix.py`` says."""

from __future__ import annotations

from dataclasses import dataclass, field

ACTORS = (
    "anonymous",
    "owner",  # salesperson, owns the account
    "colleague",  # salesperson of the same team
    "stranger",  # salesperson of another team
    "manager",  # of the owner's team
    "other_manager",
    "reader",  # another department
    "admin",
    "deactivated",  # was the owner's deputy and an admin; their session is still in the database
)
SIGNED_OUT = frozenset({"anonymous", "deactivated"})
ALL = frozenset(ACTORS) - SIGNED_OUT
PUBLIC = frozenset(ACTORS)
EDITORS = frozenset({"owner", "manager", "admin"})  # of what the owner owns
MANAGERS = frozenset({"manager", "other_manager", "admin"})
SURVEYORS = frozenset({"manager", "other_manager"})  # an admin without that role is none
READERS_OF_RESULTS = SURVEYORS
SELLERS = ALL - {"reader", "admin"}  # who may own accounts
TEAM = frozenset({"owner", "manager"})
TEAM_LEADS = frozenset({"manager", "admin"})  # of the owner's team
ADMIN = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    name: str
    records: tuple[str, ...]
    allowed: dict[str, frozenset[str]]
    data: dict[str, str] = field(default_factory=dict)  # of the POST
    hidden: bool = False


def row(
    name: str,
    records: str = "",
    *,
    get: frozenset[str] | None = None,
    post: frozenset[str] | None = None,
    data: dict[str, str] | None = None,
    hidden: bool = False,
) -> Row:
    allowed = {method: who for method, who in (("GET", get), ("POST", post)) if who is not None}
    return Row(name, tuple(records.split()), allowed, data or {}, hidden)
