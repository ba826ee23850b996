"""The clock of these tests stands still, that of the database with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday morning; these tests pass at any other moment."""

CLOCK = """
CREATE SCHEMA clock;
CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT current_setting('clock.now')::timestamptz $$;
SET LOCAL search_path = clock, pg_catalog, public;
"""
"""Triggers date events by ``now()``; the schema is gone with the transaction of the test."""


@pytest.fixture(autouse=True)
def _now(db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), connection.cursor() as cursor:
        cursor.execute(CLOCK)
        cursor.execute("SELECT set_config('clock.now', %s, true)", [NOW.isoformat()])
        yield
