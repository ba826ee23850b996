"""Accounts whose owner a file has changed."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.handing_over import bring_along
from users.models import User

Moved = tuple[int, int | None, int]
"""An account, whose it was, and whose it is."""


def bring_along_what_leavers_noted(moved: Iterable[Moved]) -> None:
    """As every other door does: to-dos, promises and concerns of owners who have left."""
    before: dict[int, dict[int, int | None]] = {}
    for account, whose, now in moved:
        before.setdefault(now, {})[account] = whose
    for pk, owner in User.objects.in_bulk(before).items():
        bring_along(before[pk], owner)
