"""Who changed what: one decorator for every record that people edit.

A database trigger keeps the row *as it was* before each update or delete, so no door (page, import,
bulk, raw SQL) can forget it. The value after a change is the next event's row, or the live row for
the last one. Inserts leave no event: the live row and ``created_at`` tell of them, and a first
import costs no more than its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

M = TypeVar("M", bound=type[models.Model])


def tracked(*, exclude: tuple[str, ...] = ()) -> Callable[[M], M]:
    """Keep the row before each update and delete. ``exclude``: generated columns and bookkeeping."""
    changed = pgtrigger.AnyChange(exclude=list(exclude) or None, exclude_auto=True)
    return pghistory.track(
        pghistory.UpdateEvent(condition=changed, row=pghistory.Old),
        pghistory.DeleteEvent(row=pghistory.Old),
        exclude=list(exclude) or None,
    )
