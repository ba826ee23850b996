"""What all browser tests share."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

# A machine that does several things at once is slow, not wrong: what is waited for comes or never comes.
expect.set_options(timeout=20_000)

BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend' AND state <> 'idle'
"""


@pytest.fixture(autouse=True)
def answered(transactional_db: None, page: Page) -> Iterator[None]:
    """Lets the server finish what the page still asked for: emptying the tables beneath it is a deadlock."""
    yield
    page.goto("about:blank")
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)
