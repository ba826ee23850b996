"""What all browser tests share."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

# A machine that does several things at once is slow, not wrong: what is waited for comes or never comes.
PATIENCE = 20  # seconds
expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(autouse=True)
def answered(transactional_db: None) -> Iterator[None]:
    """Empties no table beneath a request, a deadlock: what the page asked for is answered when it is closed.

    It asks for no page itself, so that those of the test are set up after it and closed before it.
    """
    yield
    until = time.monotonic() + PATIENCE
    while any("process_request_thread" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < until, "The server still answers a page that has been closed."
        time.sleep(0.02)
