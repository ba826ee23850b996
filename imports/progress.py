"""How far a batch has come, seen by others before its effect is committed."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType
from typing import Any, Protocol, Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone


class StoppedError(Exception):
    """A person paused or cancelled what this worker does: everything is rolled back."""


class Watcher(Protocol):
    """Told how far the work is; may raise :class:`StoppedError`."""

    def __call__(self, done: int, rows: int) -> None: ...

    def step(self, name: str) -> None: ...


class Silent:
    """Nobody watches."""

    def __call__(self, done: int, rows: int) -> None:
        """Rows read, rows in all."""

    def step(self, name: str) -> None:
        """What is done now, see ``ImportBatch.Step``."""


LEASE = timedelta(minutes=10)
"""A worker that has said nothing for so long is dead; another one takes the batch up."""


class Progress:
    """Writes how far it is, renews the lease and hears "stop", through a connection of its own."""

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
        self._say("rows_read = %s, rows_total = %s", done, rows)

    def step(self, name: str) -> None:
        self._say("step = %s", name)

    def _say(self, columns: str, *values: Any) -> None:
        """Raises StoppedError when a person wants it to stop."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE imports_importbatch SET {columns}, lease_until = %s WHERE id = %s "  # noqa: S608
                "RETURNING stop",
                [*values, timezone.now() + LEASE, self.batch_id],
            )
            found = cursor.fetchone()
        if found and found[0]:
            raise StoppedError
