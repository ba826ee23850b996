"""Who changed what: one decorator for every record that people edit.

A database trigger keeps the row *as it was* before each update or delete, so no door (page, import,
bulk, raw SQL) can forget it. The value after a change is the next event's row, or the live row for
the last one. Inserts leave no event: the live row and ``created_at`` tell of them, and a first
import costs no more than its rows.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.apps import apps
from django.db import connection, models
from django.db.models import Model
from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware as PghistoryMiddleware

M = TypeVar("M", bound=type[models.Model])


def tracked(*, exclude: tuple[str, ...] = ()) -> Callable[[M], M]:
    """Keep the row before each update and delete. ``exclude``: generated columns and bookkeeping."""
    changed = pgtrigger.AnyChange(exclude=list(exclude) or None, exclude_auto=True)
    return pghistory.track(
        pghistory.UpdateEvent(condition=changed, row=pghistory.Old),
        pghistory.DeleteEvent(row=pghistory.Old),
        exclude=list(exclude) or None,
    )


def history_of(model: type[models.Model]) -> Any:
    """The table of the rows as they were; None for a record that is not tracked."""
    try:
        return apps.get_model(model._meta.app_label, f"{model._meta.object_name}Event")
    except LookupError:
        return None


class HistoryMiddleware(PghistoryMiddleware):
    """Who is behind a request that writes. Nothing else is kept: addresses can hold secret links."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        user = getattr(request, "user", None)
        return {"user": user.pk if user is not None else None}


@contextlib.contextmanager
def acting(user: Model | None, reason: str = "") -> Iterator[None]:
    """Name who is behind the writes of a command or task, which have no request.

    ``reason`` is shown instead of a name where there is no user ("nightly run", "import 12").
    Inside a request the middleware has named the user already: do not use it there.
    """
    with pghistory.context(user=user.pk if user is not None else None, reason=reason):
        yield
    if connection.in_atomic_block and not connection.needs_rollback:
        # pghistory leaves the name for the rest of the transaction; what follows is not ours.
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pghistory.context_id', '', true)")


@contextlib.contextmanager
def through(door: str) -> Iterator[None]:
    """Name the door of the writes besides who is behind them, such as "bulk"; it is shown with the name."""
    with pghistory.context(door=door):
        yield
