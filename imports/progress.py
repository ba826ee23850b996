"""How far a batch has come, seen by others before its effect is committed."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType
from typing import Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

LEASE = timedelta(minutes=10)
"""A worker that has said nothing for so long is dead; another one takes the batch up."""


class Progress:
    """Writes rows read, and renews the lease, through a connection of its own."""

    def __init__(self, batch_id: int) -> None:
        self.batch_id = batch_id
        self.connection = connections[DEFAULT_DB_ALIAS].copy()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def __call__(self, done: int, rows: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_importbatch SET rows_read = %s, rows_total = %s, lease_until = %s "
                "WHERE id = %s",
                [done, rows, timezone.now() + LEASE, self.batch_id],
            )
